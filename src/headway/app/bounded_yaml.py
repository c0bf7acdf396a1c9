"""Reads YAML that strangers wrote: bounded, plain, and with lines.

Invariants: no more than the limits is ever built, aliases counted as often as they are used, so a bomb stops
at its fuse; keys are texts and stand once; nothing but texts, numbers, truth values, None, lists and mappings
comes out; a tag that asks for anything else is refused. Scalars are read as Kubernetes reads them (YAML 1.2's
core schema and 1.1's words for truth); dates stay texts. Safe to call concurrently.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    ScalarEvent,
    SequenceStartEvent,
)

from headway.domain.errors import UsageError

_TRUE = frozenset({"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"})
_FALSE = frozenset({"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"})
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9_]*)|0o?[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:[0-9][0-9_]*)?\.?[0-9]+(?:[eE][-+]?[0-9]+)?|[-+]?[0-9]+\.(?:[eE][-+]?[0-9]+)?")
_ODD_FLOATS = {".inf": math.inf, "+.inf": math.inf, "-.inf": -math.inf, ".nan": math.nan}
_PLAIN_TAGS = {"str", "int", "float", "bool", "null", "map", "seq"}
_TAG = "tag:yaml.org,2002:"

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much YAML may hold."""

    size: int = 16 << 20
    """Bytes."""
    nodes: int = 200_000
    """Values, each as often as an alias repeats it."""
    depth: int = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One document of a file."""

    value: object
    lines: dict[Path, int]
    """The line, from 1, of each value by its keys and positions; for messages."""


@dataclass(slots=True)
class _Builder:
    file: str
    limits: Limits
    events: Iterator[Event]
    nodes: int = 0
    anchors: dict[str, tuple[object, int]] = field(default_factory=dict)
    lines: dict[Path, int] = field(default_factory=dict)

    def build(self, event: Event, path: Path) -> object:
        line = event.start_mark.line + 1
        self.lines[path] = line
        self._count(1, line)
        if isinstance(event, AliasEvent):
            return self._alias(event, line)
        if len(path) > self.limits.depth:
            raise _too_large(self.file, line, f"it nests deeper than {self.limits.depth} levels")
        before = self.nodes
        value = self._value(event, path)
        if anchor := getattr(event, "anchor", None):
            self.anchors[anchor] = (value, self.nodes - before + 1)
        return value

    def _value(self, event: Event, path: Path) -> object:
        self._refuse_tag(event)
        if isinstance(event, ScalarEvent):
            is_text = event.tag == f"{_TAG}str" or (not event.implicit[0] and event.tag is None)
            text = cast(str, event.value)
            return text if is_text or event.style in {"'", '"', "|", ">"} else read_scalar(text)
        if isinstance(event, SequenceStartEvent):
            items: list[object] = []
            while not _is_end(following := next(self.events)):
                items.append(self.build(following, (*path, len(items))))
            return items
        mapping: dict[str, object] = {}
        while not _is_end(key := next(self.events)):
            name = self._key(key, mapping)
            mapping[name] = self.build(next(self.events), (*path, name))
        return mapping

    def _key(self, event: Event, mapping: dict[str, object]) -> str:
        line = event.start_mark.line + 1
        self._count(1, line)
        if not isinstance(event, ScalarEvent) or event.value == "<<":
            raise malformed(self.file, line, "a key is a plain text; merge keys are not taken")
        name = cast(str, event.value)
        if name in mapping:
            raise malformed(self.file, line, f"{name!r} stands there twice")
        return name

    def _alias(self, event: AliasEvent, line: int) -> object:
        if event.anchor not in self.anchors:
            raise malformed(self.file, line, f"*{event.anchor} names nothing that ended before it")
        value, nodes = self.anchors[event.anchor]
        self._count(nodes, line)
        return value

    def _count(self, nodes: int, line: int) -> None:
        self.nodes += nodes
        if self.nodes > self.limits.nodes:
            raise _too_large(self.file, line, f"it holds more than {self.limits.nodes} values")

    def _refuse_tag(self, event: Event) -> None:
        tag = str(getattr(event, "tag", None) or "")
        if tag and tag != "!" and tag.removeprefix(_TAG) not in _PLAIN_TAGS:
            raise malformed(self.file, event.start_mark.line + 1, f"the tag {tag} is not taken")


def read_documents(data: bytes, file: str, limits: Limits | None = None) -> list[Document]:
    """Read every document of a file; empty ones are left out.

    Args:
        data: the file.
        file: its name for messages.
        limits: how much it may hold; None: what manifests may.

    Raises:
        UsageError: `yaml-malformed` or `manifests-too-large`, with file and line.
    """
    limits = limits or Limits()
    if len(data) > limits.size:
        raise _too_large(file, 1, f"it is larger than {limits.size} bytes")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise malformed(file, data.count(b"\n", 0, error.start) + 1, "it is not UTF-8") from None
    try:
        return list(_documents(text, file, limits))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        words = " ".join(part for part in (error.context, error.problem) if part)
        raise malformed(file, mark.line + 1 if mark else 1, words) from error
    except (YAMLError, ValueError, RecursionError) as error:
        raise malformed(file, 1, str(error).split("\n", 1)[0]) from error


def _documents(text: str, file: str, limits: Limits) -> Iterator[Document]:
    events = iter(YAML(typ="safe", pure=True).parse(text))
    nodes = 0
    for event in events:
        if not isinstance(event, DocumentStartEvent):
            continue
        builder = _Builder(file, limits, events, nodes)
        first = next(events)
        if isinstance(first, DocumentEndEvent):
            continue
        value = builder.build(first, ())
        nodes = builder.nodes
        if value is not None:
            yield Document(value=value, lines=builder.lines)


def read_scalar(text: str) -> object:
    """Read a plain scalar: what it stands for, or the text itself."""
    first = text[:1]
    if first.isalpha() or first in {"", "~"}:
        if text in _NULL:
            return None
        return True if text in _TRUE else False if text in _FALSE else text
    if _INTEGER.fullmatch(text):
        return _integer(text.replace("_", ""))
    if _FLOAT.fullmatch(text) and len(text) < 64:
        return float(text.replace("_", ""))
    return _ODD_FLOATS.get(text.lower(), text)


def _integer(text: str) -> int | str:
    if len(text) > 64:
        return text
    if text.startswith("0x"):
        return int(text, 16)
    if text.startswith("0") and len(text) > 1:
        return int(text.removeprefix("0o"), 8)
    return int(text)


def _is_end(event: Event) -> bool:
    return type(event).__name__ in {"MappingEndEvent", "SequenceEndEvent"}


def malformed(file: str, line: int, why: str) -> UsageError:
    """Make the error for a file that is no YAML, or not the YAML that it should be."""
    return UsageError(
        "yaml-malformed",
        f"{file}:{line} cannot be read",
        why=why,
        next_step="mend the file there",
    )


def _too_large(file: str, line: int, why: str) -> UsageError:
    return UsageError(
        "manifests-too-large",
        f"{file}:{line} holds more than manifests may",
        why=why,
        next_step="make it smaller; aliases count as often as they are used",
    )
