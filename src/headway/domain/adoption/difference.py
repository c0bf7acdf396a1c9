"""What a rendering would change in what runs, field by field.

The engine's own comparison says that the cluster is as its rendering of Git; so what differs between that
rendering and ours is what would change, and an object that it finds to differ already is said as that.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from headway.domain.adoption.live import KubernetesObject, LiveObject
from headway.domain.adoption.parts import key_of

_TRACKING = ("argocd.argoproj.io/tracking-id", "argocd.argoproj.io/installation-id")
_TRACKING_LABEL = "app.kubernetes.io/instance"
_HOOKS = ("argocd.argoproj.io/hook", "helm.sh/hook")
_TEXT_LIMIT = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One field that would change, or an object that would come or go."""

    object: str
    """``Deployment app1``."""
    field: str
    """Empty: the object as a whole."""
    words: str
    replaces_pods: bool = False
    """Whether pods are replaced for it."""

    def __str__(self) -> str:
        where = f"{self.object} {self.field}".rstrip()
        return f"{where}: {self.words}" + (" (its pods are replaced once)" if self.replaces_pods else "")


def differences(
    live: Sequence[LiveObject], rendered: Sequence[KubernetesObject], namespace: str, tracked_as: str
) -> tuple[Difference, ...]:
    """Compare what an Application keeps with what was rendered for it.

    Args:
        live: the objects that it keeps now.
        rendered: those that the first commit would hold.
        namespace: where objects are that name none.
        tracked_as: the Application's name, which the engine may write into a label of each object.
    """
    kept = {(one.group, one.kind, one.name): one for one in live if not _is_hook(one.wanted or {})}
    made = {key_of(one): one for one in rendered if not _is_hook(one)}
    found: list[Difference] = []
    for key, one in sorted(kept.items()):
        named = f"{one.kind} {one.name}"
        if one.wanted is None or not one.is_there or not one.is_synced:
            found.append(Difference(object=named, field="", words=_already(one)))
        if key not in made:
            found.append(Difference(object=named, field="", words="it would be removed"))
        elif one.wanted is not None:
            before = _plain(one.wanted, namespace, tracked_as, is_wide=not one.namespace)
            after = _plain(made[key], namespace, tracked_as, is_wide=not one.namespace)
            found += [_field(named, *change) for change in _changes(before, after, "")]
    found += [
        Difference(object=f"{key[1]} {key[2]}", field="", words="it would be created")
        for key in sorted(set(made) - set(kept))
    ]
    return tuple(found)


def _already(one: LiveObject) -> str:
    if one.wanted is None:
        return "it is no longer in Git, and waits to be pruned"
    if not one.is_there:
        return "it is in Git, and not in the cluster"
    return "it differs from Git already: the engine calls it out of sync"


def _is_hook(one: KubernetesObject) -> bool:
    notes = _inner(_inner(one, "metadata"), "annotations")
    return any(name in notes for name in _HOOKS)


def _inner(one: object, key: str) -> Mapping[str, object]:
    found = one.get(key) if isinstance(one, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _plain(one: KubernetesObject, namespace: str, tracked_as: str, *, is_wide: bool) -> dict[str, object]:
    """Give an object without what the engine adds to follow it, and with the namespace said."""
    about = dict(_inner(one, "metadata"))
    notes = {key: value for key, value in _inner(about, "annotations").items() if key not in _TRACKING}
    labels = {
        key: value
        for key, value in _inner(about, "labels").items()
        if (key, value) != (_TRACKING_LABEL, tracked_as)
    }
    about |= {"annotations": notes, "labels": labels}
    if is_wide:
        about.pop("namespace", None)
    else:
        about.setdefault("namespace", namespace)
    return {**{key: value for key, value in one.items() if key != "status"}, "metadata": about}


_Change = tuple[str, object, object]


class _Absent:
    """Stands for a field that is not there; null is there."""


_ABSENT = _Absent()


def _changes(before: object, after: object, path: str) -> Iterator[_Change]:
    """Give each smallest field that differs; an empty mapping or list is as good as none."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in dict.fromkeys((*before, *after)):
            inner = f"{path}.{key}" if path else str(key)
            yield from _changes(before.get(key, _ABSENT), after.get(key, _ABSENT), inner)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from _changes(old, new, f"{path}[{number}]")
    elif not (_is_nothing(before) and _is_nothing(after)) and before != after:
        yield path, before, after


def _is_nothing(value: object) -> bool:
    return value is _ABSENT or value is None or value in ({}, [])


def _field(named: str, path: str, before: object, after: object) -> Difference:
    return Difference(
        object=named,
        field=path,
        words=f"{_shown(before)} → {_shown(after)}",
        replaces_pods=path.startswith("spec.template.") and not named.startswith(("CronJob ", "Job ")),
    )


def _shown(value: object) -> str:
    text = "nothing" if value is _ABSENT else str(value)
    return text if len(text) <= _TEXT_LIMIT else f"{text[:_TEXT_LIMIT]} …"
