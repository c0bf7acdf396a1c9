"""Objects of rendered trees, parsed once: a tree's id says all that is in it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from headway.app.ports import Manifests
from headway.app.rendered_yaml import read_rendered
from headway.app.standards.judging import DEFINES
from headway.domain.gates.judged import standing_tree
from headway.domain.names import ArtifactName, Cell, InstanceName, TreeId
from headway.domain.situation import Situation

if TYPE_CHECKING:
    from headway.app.desk import Desk

Objects = tuple[Mapping[str, object], ...]

_TREES_KEPT = 512


class Trees:
    """Parses trees, the last few hundred of which it keeps; of definitions of custom resources all."""

    def __init__(self) -> None:
        self._objects: dict[TreeId, Objects] = {}
        self._definitions: dict[TreeId, Objects] = {}

    async def objects(self, manifests: Manifests, tree: TreeId) -> Objects:
        """Give the objects of a tree, by the names of their files.

        Raises:
            UsageError: `tree-unknown`: the clone was made anew; `yaml-…`: somebody else wrote it.
        """
        found = self._objects.pop(tree, None)
        if found is None:
            found = parse(await manifests.read_tree(tree))
        # Put in at the end: what was asked for longest ago is forgotten first.
        self._objects[tree] = found
        while len(self._objects) > _TREES_KEPT:
            del self._objects[next(iter(self._objects))]
        return found

    async def definitions(self, manifests: Manifests, tree: TreeId) -> Objects:
        """Give the definitions of custom resources in a tree."""
        if tree not in self._definitions:
            self._definitions[tree] = definitions_in(await self.objects(manifests, tree))
        return self._definitions[tree]

    async def defined_around(
        self, desk: "Desk", cell: Cell, groups: set[str]
    ) -> tuple[tuple[tuple[Cell, TreeId], ...], Objects]:
        """Find who defines custom resources of some groups where a cell runs, by the locks there.

        Returns:
            The cells that do, with the manifests that their lock holds, and the definitions.
        """
        cells: list[tuple[Cell, TreeId]] = []
        found: list[Mapping[str, object]] = []
        for other in _cells_around(desk.situation, cell):
            state = desk.situation.cell(other)
            deployed = state.deployed.get(state.locked) if state.locked else None
            standing = standing_tree(desk.situation, other)
            if deployed is None or standing is None:
                continue
            manifests, _ = desk.repository_of(other.instance)
            there = [
                one
                for one in await self.definitions(manifests, deployed.manifests)
                if group_of(one) in groups
            ]
            if there:
                cells.append((other, standing))
                found += there
        return tuple(cells), tuple(found)


def parse(files: Mapping[str, bytes]) -> Objects:
    """Give the objects that rendered files hold."""
    documents = (one for name in sorted(files) for one in read_rendered(files[name], name))
    return tuple(one for one in documents if isinstance(one, Mapping))


def definitions_in(objects: Sequence[Mapping[str, object]]) -> Objects:
    """Give the definitions of custom resources among objects."""
    return tuple(one for one in objects if one.get("kind") == DEFINES)


def group_of(definition: Mapping[str, object]) -> str:
    """Give the API group that a definition is of; empty: it says none."""
    spec = definition.get("spec")
    return str(spec.get("group", "")) if isinstance(spec, Mapping) else ""


def _cells_around(situation: Situation, cell: Cell) -> Iterator[Cell]:
    """Give all other cells with a lock in the environment that a cell runs in."""
    environment, estate = situation.environment_of(cell.instance), situation.estate
    for application in estate.applications if estate else ():
        for instance in estate.instances(application) if estate else ():
            if situation.environment_of(instance) != environment:
                continue
            for name in situation.instance(instance).lock or {}:
                other = Cell(ArtifactName(application, name), InstanceName(*instance))
                if other != cell:
                    yield other
