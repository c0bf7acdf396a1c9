"""Asks the judge in force of manifests as they are rendered: the same manifests are judged once.

What judging gives follows from the contents of trees alone, so it is kept by their ids. Safe to use
concurrently.
"""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from headway.app.standards.in_force import JudgeInForce
from headway.app.standards.judging import Judge, RenderedArtifact, environment_of, joined
from headway.app.standards.trees import Objects, Trees, definitions_in
from headway.domain.errors import Conflict
from headway.domain.names import ArtifactName, Cell, InstanceName, TreeId
from headway.domain.standards import Judgement
from headway.domain.standards.schema_rules import SCHEMA

if TYPE_CHECKING:
    from headway.app.desk import Desk

_JUDGEMENTS_KEPT = 200_000
"""Most are empty, and an estate of 50,000 cells has one or two for each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """What is asked about: a version in a cell, as it is or would be deployed."""

    cell: Cell
    manifests: TreeId
    beside: Mapping[ArtifactName, TreeId]
    """What else the instance holds or would hold."""
    replaces: TreeId | None
    """What the instance holds of the artifact now; None: nothing."""
    enters_together: bool = False
    """Whether what stands beside it enters with it: no lock holds it yet."""
    first: tuple[InstanceName, TreeId] | None = None
    """The first instance of the lane that renders the version, and how; None: this one, or nobody asks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What judging gave, waivers aside."""

    judgement: Judgement
    rests_on: tuple[tuple[Cell, TreeId], ...] = ()
    """Where definitions of custom resources were found, as the lock held it."""


class Asking:
    """Asks about trees, and keeps what was answered."""

    def __init__(self, judges: JudgeInForce) -> None:
        self.judges = judges
        self._trees = Trees()
        self._alone: dict[object, Judgement] = {}

    async def ask(self, desk: "Desk", asked: Rendered) -> Answer:
        """Judge what is rendered by the standards in force.

        Raises:
            UsageError: `tree-unknown`: the clone was made anew.
            Conflict: `standards-moved`.
            Transient: the repository could not be used.
        """
        estate, judge = desk.situation.estate, await self._judge(desk)
        if estate is None:
            raise AssertionError
        one = await self._rendered(desk, asked.cell, asked.manifests)
        alone = await self._judge_alone(desk, judge, one, asked)
        beside = [
            await self._rendered(desk, Cell(artifact, asked.cell.instance), tree)
            for artifact, tree in sorted(asked.beside.items())
            if judge.asks_together
        ]
        first = None
        if asked.first is not None:
            instance, tree = asked.first
            first = await self._rendered(desk, Cell(asked.cell.artifact, instance), tree)
        replaces = None
        if asked.replaces is not None and judge.asks_together:
            replaces = await self._rendered(desk, asked.cell, asked.replaces)
        by_others = judge.judge_beside(estate, one, beside, first, replaces)
        return Answer(judgement=joined(alone.judgement, by_others), rests_on=alone.rests_on)

    async def _judge(self, desk: "Desk") -> Judge:
        in_force = desk.situation.standards
        if in_force is None:
            raise Conflict(
                "standards-moved",
                "no standards are in force",
                why="they were not read yet",
                next_step="Headway reads them",
            )
        home, _ = desk.outside.repository(desk.outside.home)
        return await self.judges.judge(in_force, home)

    async def _rendered(self, desk: "Desk", cell: Cell, tree: TreeId) -> RenderedArtifact:
        manifests, _ = desk.repository_of(cell.instance)
        objects = await self._trees.objects(manifests, tree)
        return RenderedArtifact(artifact=cell.artifact, instance=cell.instance, objects=objects)

    async def _judge_alone(
        self, desk: "Desk", judge: Judge, one: RenderedArtifact, asked: Rendered
    ) -> Answer:
        """Judge it by schemas and policies; with the definitions of others only if it needs them."""
        estate, in_force = desk.situation.estate, desk.situation.standards
        if estate is None or in_force is None:
            raise AssertionError
        kubernetes = estate.environments[environment_of(estate, one.instance)].kubernetes
        namespace = estate.applications[one.artifact.application].namespace(one.instance.instance)
        key = (in_force.fingerprint, kubernetes, namespace, asked.manifests)
        own = definitions_in(one.objects)
        known = await self._once(key, lambda: judge.judge_alone(estate, one, own))
        lacking = {
            each.object.api_version.rpartition("/")[0] for each in known.unjudged if each.rule == SCHEMA
        }
        if not lacking:
            return Answer(judgement=known)
        rests_on, around = await self._trees.defined_around(desk, asked.cell, lacking)
        entering = await self._entering(desk, asked)
        if not (around or entering):
            return Answer(judgement=known)
        defined = (*own, *around, *entering)
        key_there = (*key, rests_on, tuple(sorted(asked.beside.items())) if entering else ())
        again = await self._once(key_there, lambda: judge.judge_alone(estate, one, defined))
        return Answer(judgement=again, rests_on=rests_on)

    async def _entering(self, desk: "Desk", asked: Rendered) -> Objects:
        """Give the definitions of custom resources that enter with it."""
        if not asked.enters_together:
            return ()
        manifests, _ = desk.repository_of(asked.cell.instance)
        found = [await self._trees.definitions(manifests, tree) for _, tree in sorted(asked.beside.items())]
        return tuple(one for each in found for one in each)

    async def _once(self, key: object, judge: Callable[[], Coroutine[Any, Any, Judgement]]) -> Judgement:
        known = self._alone.get(key)
        if known is None:
            known = await judge()
            if len(self._alone) >= _JUDGEMENTS_KEPT:
                self._alone.clear()
            self._alone[key] = known
        return known
