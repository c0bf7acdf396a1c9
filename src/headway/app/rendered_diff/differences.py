"""What would change in each instance of an estate, the same change in several of them told once. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from headway.app.rendered_diff.objects import ObjectChange, Objects, compare, name_of
from headway.app.standards.telling import Mistake, is_everywhere
from headway.domain.estate import Estate
from headway.domain.names import ArtifactName, InstanceName
from headway.domain.standards.neutral import without_hash

Place = tuple[ArtifactName, InstanceName]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What changes of one artifact, in all instances that it is the same in."""

    artifact: ArtifactName
    instances: tuple[InstanceName, ...]
    """In lane order; the lines are those of the first."""
    everywhere: bool
    """Whether these are all that the application has."""
    is_new: bool
    """Nothing of it runs there, or stood there before."""
    objects: tuple[ObjectChange, ...]

    @property
    def where(self) -> str:
        """Say in which instances of which artifact."""
        names = ", ".join(one.instance for one in self.instances)
        return f"{self.artifact} {'everywhere' if self.everywhere else f'in {names}'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """All that differs between two states of an estate."""

    base: str
    """What it is compared with, for people."""
    found: tuple[Difference, ...]
    compared: int
    """How many overlays were compared."""
    mistakes: tuple[Mistake, ...] = ()
    """What could not be told: overlays that do not render, branches that cannot be read."""
    remarks: tuple[str, ...] = ()
    """What is odd and no difference."""

    @property
    def instances(self) -> int:
        """Count the instances in which something differs."""
        return len({one for each in self.found for one in each.instances})


def differences(
    before: Mapping[Place, Objects], after: Mapping[Place, Objects], places: Iterable[Place], estate: Estate
) -> tuple[Difference, ...]:
    """Compare two renderings.

    Args:
        before: what stands or runs; a place that is not in it had nothing.
        after: what would.
        places: which are to be compared, in the order of the estate.
        estate: what `places` are named by.
    """
    alike: dict[tuple[object, ...], _Alike] = {}
    for artifact, instance in places:
        was, now = before.get((artifact, instance)), after.get((artifact, instance), ())
        changed = compare(was or (), now)
        plain = _plain_in(instance, [*(was or ()), *now], estate)
        for one in changed:
            kind, name, change, lines = one.substance
            key = (artifact, was is None, kind, name, change, tuple(plain(line) for line in lines))
            alike.setdefault(key, _Alike(artifact, one, is_new=was is None)).instances.append(instance)
    together: dict[tuple[object, ...], list[_Alike]] = {}
    for each in alike.values():
        together.setdefault((each.artifact, each.is_new, *each.instances), []).append(each)
    return tuple(_difference(several, estate) for several in together.values())


@dataclass(slots=True)
class _Alike:
    """One change of one object, in all instances that it is the same in."""

    artifact: ArtifactName
    change: ObjectChange
    is_new: bool = field(kw_only=True)
    instances: list[InstanceName] = field(default_factory=list)


def _difference(several: Sequence[_Alike], estate: Estate) -> Difference:
    first = several[0]
    names = [one.instance for one in first.instances]
    return Difference(
        artifact=first.artifact,
        instances=tuple(first.instances),
        everywhere=is_everywhere(names, first.artifact, estate),
        is_new=first.is_new,
        objects=tuple(one.change for one in several),
    )


_REGISTRY = re.compile(r"[^\s\"'@]+(?=@sha256:[0-9a-f]{64})")


def _plain_in(instance: InstanceName, objects: Objects, estate: Estate) -> Callable[[str], str]:
    """Give what makes lines alike that differ in every instance: namespace, registry, Kustomize's hash."""
    namespace = estate.applications[instance.application].namespace(instance.instance)
    own = re.compile(rf"(?<![a-z0-9-]){re.escape(namespace)}(?![a-z0-9-])")
    hashed = {
        name: stem
        for one in objects
        if (stem := without_hash(str(one.get("kind")), name := name_of(one))) != name
    }
    generated = re.compile("|".join(re.escape(name) for name in sorted(hashed))) if hashed else None

    def plain(line: str) -> str:
        if generated is not None:
            line = generated.sub(lambda found: hashed[found[0]], line)
        return _REGISTRY.sub("<registry>", own.sub("<namespace>", line))

    return plain
