"""Parity: instances of an application render the same, but for differences that it declares. Pure.

What was verified in staging says little of production if production runs something else. So each
difference is declared with a reason, and one that is not is a violation of the rule `parity`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from fnmatch import fnmatchcase

from headway.domain.standards.judgement import ObjectKey, Violation
from headway.domain.standards.manifest import key_of
from headway.domain.standards.neutral import neutral
from headway.domain.standards.place import Place, Step, covers, parse_place, reaches_below, show_place

PARITY = "parity"
"""Two instances of an artifact render differently, and the application does not declare it."""

_MOST_SHOWN = 80
_TELL_APART = ("name", "mountPath", "containerPort", "port", "key", "host", "path", "ip", "topologyKey")
"""What tells the items of a list apart, the first that does; Kubernetes merges such lists by the same."""
_IN_ORDER = frozenset({"initContainers"})
"""Lists whose items are told apart by name, and whose order counts all the same."""


class Absent(Enum):
    """Stands for a value that is not there."""

    ABSENT = "nothing"


ABSENT = Absent.ABSENT


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredDifference:
    """A difference that an application means."""

    path: str = ""
    """The place, ``spec.replicas``; ``*`` stands for any one name. Empty: the object as a whole."""
    kind: str = "*"
    name: str = "*"
    """Of the object, with ``*``; without the hash of what Kustomize generates."""
    artifacts: tuple[str, ...] = ()
    """Empty: all of the application's."""
    reason: str

    def is_about(self, artifact: str, found: ObjectKey) -> bool:
        """Say whether it is about an object of an artifact."""
        return (
            (not self.artifacts or artifact in self.artifacts)
            and fnmatchcase(found.kind, self.kind)
            and fnmatchcase(found.name, self.name)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedInstance:
    """What one instance gets of an artifact."""

    name: str
    """The instance's inside its application."""
    namespace: str
    objects: Sequence[Mapping[str, object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Undeclared:
    """A difference between two instances that is not declared."""

    key: ObjectKey
    """The object's: its name without Kustomize's hash, of its API version the group, no namespace."""
    path: str
    """As it would be declared; empty: the object is in one of them only."""
    here: str
    there: str
    """The instances' names."""
    value_here: object
    value_there: object
    """`ABSENT`: there is none."""

    @property
    def violation(self) -> Violation:
        """Give it as a violation of the rule `parity`."""
        return Violation(
            rule=PARITY,
            object=self.key,
            path=self.path,
            message=f"{self.here} has {self._show(self.value_here)} and {self.there} has "
            f"{self._show(self.value_there)}. Make them the same, or declare it under parity with a reason",
        )

    def _show(self, value: object) -> str:
        if value is ABSENT:
            return "nothing"
        if not self.path:
            return "it"
        if self.key.kind == "Secret":
            return "another value"
        shown = repr(value)
        return shown if len(shown) <= _MOST_SHOWN else f"{shown[:_MOST_SHOWN]}…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parity:
    """What holding instances against each other gave."""

    undeclared: tuple[Undeclared, ...] = ()
    """By instance, object and place."""
    unused: tuple[DeclaredDifference, ...] = ()
    """Declared for this artifact and nowhere there."""


def compare(
    artifact: str, instances: Sequence[RenderedInstance], declared: Sequence[DeclaredDifference]
) -> Parity:
    """Hold what each instance gets of one artifact against what the first of them gets.

    Args:
        artifact: its name inside its application.
        instances: two or more; rendered from the same version, else its digest is a difference.
        declared: all that the application declares.
    """
    met: dict[int, None] = {}
    found: list[Undeclared] = []
    if instances:
        first, *others = instances
        objects = _by_key(first)
        for other in others:
            found += _Comparison(artifact, first.name, other.name, declared, met).run(objects, _by_key(other))
    unused = (
        one
        for index, one in enumerate(declared)
        if index not in met and (not one.artifacts or artifact in one.artifacts)
    )
    return Parity(undeclared=tuple(found), unused=tuple(unused))


def _by_key(instance: RenderedInstance) -> dict[ObjectKey, dict[str, object]]:
    return {_key(one): one for one in neutral(instance.objects, instance.namespace)}


def _key(found: Mapping[str, object]) -> ObjectKey:
    """Name an object so that it is found again in another instance, also under another API version."""
    key = key_of(found)
    group = key.api_version.rpartition("/")[0]
    return ObjectKey(api_version=group, kind=key.kind, namespace="", name=key.name)


@dataclass(frozen=True, slots=True)
class _Comparison:
    artifact: str
    here: str
    there: str
    declared: Sequence[DeclaredDifference]
    met: dict[int, None]
    """The declared differences that were there, by position."""

    def run(
        self, ours: Mapping[ObjectKey, object], theirs: Mapping[ObjectKey, object]
    ) -> Iterator[Undeclared]:
        for key in sorted({*ours, *theirs}):
            about = [
                (index, place)
                for index, one in enumerate(self.declared)
                if one.is_about(self.artifact, key) and (place := parse_place(one.path)) is not None
            ]
            mine, other = ours.get(key, ABSENT), theirs.get(key, ABSENT)
            for place, value, counterpart in self._walk((), mine, other, about):
                yield Undeclared(
                    key=key,
                    path=show_place(place),
                    here=self.here,
                    there=self.there,
                    value_here=value,
                    value_there=counterpart,
                )

    def _walk(
        self, place: Place, ours: object, theirs: object, about: Sequence[tuple[int, Place]]
    ) -> Iterator[tuple[Place, object, object]]:
        if _same(ours, theirs):
            return
        covering = [index for index, pattern in about if covers(pattern, place)]
        if covering:
            self.met.update(dict.fromkeys(covering))
            return
        below = [one for one in about if reaches_below(one[1], place)]
        pairs = _pairs(place, ours, theirs, is_asked_below=bool(below) and bool(place))
        if pairs is None:
            yield place, ours, theirs
            return
        for step, mine, other in pairs:
            yield from self._walk((*place, step), mine, other, below)


def _pairs(
    place: Place, ours: object, theirs: object, *, is_asked_below: bool
) -> list[tuple[Step, object, object]] | None:
    """Give what stands side by side one step deeper; None: these are told as they are.

    What is there on one side alone is taken apart only where something below it is declared.
    """
    if is_asked_below:
        ours, theirs = _or_empty(ours, theirs), _or_empty(theirs, ours)
    if isinstance(ours, dict) and isinstance(theirs, dict):
        keys = sorted({*ours, *theirs})
        return [(Step(key), ours.get(key, ABSENT), theirs.get(key, ABSENT)) for key in keys]
    if not isinstance(ours, list) or not isinstance(theirs, list):
        return None
    mine, other = _items(ours, theirs), _items(theirs, ours)
    if (
        place
        and place[-1].name in _IN_ORDER
        and [one for one in mine if one in other] != [one for one in other if one in mine]
    ):
        return None
    keys = list(dict.fromkeys([*mine, *other]))
    return [(Step(key, is_item=True), mine.get(key, ABSENT), other.get(key, ABSENT)) for key in keys]


def _items(ours: list[object], theirs: list[object]) -> dict[str, object]:
    """Give the items of a list by what tells them apart, in both lists; else by position."""
    for field in _TELL_APART:
        keys, others = _values_of(field, ours), _values_of(field, theirs)
        if keys is not None and others is not None:
            return dict(zip(keys, ours, strict=True))
    return {str(index): one for index, one in enumerate(ours)}


def _values_of(field: str, items: list[object]) -> list[str] | None:
    """Give each item's value of a field; None: not each has one of its own that can stand in brackets."""
    values = [str(one.get(field, "")) if isinstance(one, dict) else "" for one in items]
    told = all(value and not set(value) & set("[]'") for value in values)
    return values if told and len(set(values)) == len(values) else None


def _or_empty(value: object, other: object) -> object:
    """Give a value; where there is none, the empty mapping or list that the other one is."""
    if value is not ABSENT or not isinstance(other, dict | list):
        return value
    return {} if isinstance(other, dict) else []


def _same(ours: object, theirs: object) -> bool:
    """Say whether two values are one; a number is not its truth value, which Python takes for the same."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return ours.keys() == theirs.keys() and all(_same(ours[key], theirs[key]) for key in ours)
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(_same, ours, theirs))
    return isinstance(ours, bool) == isinstance(theirs, bool) and ours == theirs
