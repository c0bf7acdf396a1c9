"""Two renderings of one artifact, object by object. Pure."""

import difflib
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ruamel.yaml import YAML
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.representer import SafeRepresenter

from headway.app.rendered_diff.hiding import Hider
from headway.domain.standards.neutral import without_hash

Objects = Sequence[Mapping[str, object]]
_CONTEXT = 3
_HUNK = re.compile(r"^@@ .* @@$")


class Change(StrEnum):
    """What becomes of an object."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectChange:
    """What becomes of one object."""

    kind: str
    name: str
    change: Change
    lines: tuple[str, ...]
    """A unified difference without its head: each line begins with ``+``, ``-``, a blank, or is ``@@``."""

    @property
    def substance(self) -> tuple[str, str, Change, tuple[str, ...]]:
        """Give what changes, without what stands around it: the same in two instances is one change."""
        changed = tuple(one for one in self.lines if one.startswith(("+", "-")))
        return (self.kind, without_hash(self.kind, self.name), self.change, changed)


def compare(before: Objects, after: Objects) -> tuple[ObjectChange, ...]:
    """Say which objects come, go or change, by kind and name.

    A ConfigMap or Secret that Kustomize named by its content is the same object under its next name.
    """
    old, new = _by_key(before), _by_key(after)
    found = []
    for key in sorted({*old, *new}):
        was, now = old.get(key), new.get(key)
        if was == now:
            continue
        lines = tuple(_difference(was, now))
        if lines:
            found.append(
                ObjectChange(
                    kind=key[1], name=name_of(now or was or {}), change=_change(was, now), lines=lines
                )
            )
    return tuple(found)


_Key = tuple[str, str, str, str]


def _by_key(objects: Objects) -> dict[_Key, Mapping[str, object]]:
    """Key objects by group, kind, namespace and name, without a hash where that stays unambiguous."""
    found: dict[_Key, Mapping[str, object]] = {}
    for one in objects:
        metadata = one.get("metadata")
        about = metadata if isinstance(metadata, Mapping) else {}
        kind, name, namespace = str(one.get("kind")), name_of(one), str(about.get("namespace") or "")
        group = str(one.get("apiVersion") or "").rpartition("/")[0]
        plain = (group, kind, namespace, without_hash(kind, name))
        found[plain if plain not in found else (group, kind, namespace, name)] = one
    return found


def name_of(one: Mapping[str, object]) -> str:
    """Give an object's name; empty: it has none."""
    metadata = one.get("metadata")
    return str(metadata.get("name") or "") if isinstance(metadata, Mapping) else ""


def _change(was: object, now: object) -> Change:
    if was is None:
        return Change.ADDED
    return Change.REMOVED if now is None else Change.CHANGED


def _difference(was: Mapping[str, object] | None, now: Mapping[str, object] | None) -> Iterator[str]:
    hider = Hider()
    before, after = (_lines(hider.hide(one)) if one is not None else [] for one in (was, now))
    for line in list(difflib.unified_diff(before, after, n=_CONTEXT, lineterm=""))[2:]:
        yield "@@" if _HUNK.match(line) else line


def _lines(manifest: Mapping[str, object]) -> list[str]:
    written = io.StringIO()
    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style = False
    writer.width = 1 << 16
    writer.sort_base_mapping_type_on_output = False  # type: ignore[assignment]  # typed as None there
    writer.Representer = _Representer
    writer.dump(manifest, written)
    return written.getvalue().splitlines()


class _Representer(SafeRepresenter):
    """Writes texts of several lines line by line, or a change of one would show the whole."""


def _text(representer: SafeRepresenter, value: str) -> ScalarNode:
    style = "|" if "\n" in value else None
    node: ScalarNode = representer.represent_scalar("tag:yaml.org,2002:str", value, style=style)
    return node


_Representer.add_representer(str, _text)
