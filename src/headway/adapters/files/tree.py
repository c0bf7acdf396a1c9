"""Builds a tree of nodes from a YAML parser's events, and refuses what is too much or not needed.

Every limit is checked before memory is spent: an alias is a reference to a node that is there already, and
is charged with all that it stands for. Invariant: a finished tree, aliases expanded, has at most MAX_NODES
nodes and is at most MAX_DEPTH deep.
"""

import re
from dataclasses import dataclass

from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

MAX_NODES = 20_000
"""With aliases expanded; more than the largest file of MAX_BYTES that says anything has."""
MAX_DEPTH = 32
"""The deepest field of an estate is at 8."""
MAX_ALIASES = 200

Scalar = str | int | float | bool | None

_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]{1,18}|[0-9]{1,18}(\.[0-9]{0,18})?)([eE][-+]?[0-9]{1,3})?")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""What would act on a terminal, reorder its text, or not be text at all; an escape can write them."""
_WORDS: dict[str, Scalar] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}


class Refused(Exception):
    """A place in a text that is not read, and why; its reader gives it the file's name."""

    def __init__(self, line: int, why: str, suggestion: str) -> None:
        super().__init__(why)
        self.line = line
        self.why = why
        self.suggestion = suggestion


@dataclass(slots=True, kw_only=True)
class Node:
    """A value and its line; a mapping and a sequence are None unless the node is one."""

    line: int
    scalar: Scalar = None
    mapping: dict[str, tuple[int, "Node"]] | None = None
    sequence: list["Node"] | None = None
    size: int = 1
    """Nodes in it, itself included, aliases expanded."""
    height: int = 1
    """Levels in it, itself included, aliases expanded."""


@dataclass(slots=True)
class _Open:
    """A mapping or sequence whose end has not come."""

    node: Node
    anchor: str | None
    key: tuple[str, int] | None = None


class TreeBuilder:
    """Takes events in order; one for each text."""

    def __init__(self) -> None:
        self._open: list[_Open] = []
        self._anchors: dict[str, Node] = {}
        self._root: Node | None = None
        self._documents = 0
        self._nodes = 0
        self._aliases = 0

    def take(self, event: Event) -> None:
        """Add an event.

        Raises:
            Refused: it is beyond a limit, or a part of YAML that an estate does not need.
        """
        line = event.start_mark.line + 1 if event.start_mark else 1
        match event:
            case DocumentStartEvent():
                self._document(event, line)
            case AliasEvent():
                self._alias(event, line)
            case ScalarEvent():
                self._start(event, line)
                self._scalar(event, line)
            case MappingStartEvent():
                self._start(event, line)
                self._open.append(_Open(Node(line=line, mapping={}), event.anchor))
            case SequenceStartEvent():
                self._start(event, line)
                self._open.append(_Open(Node(line=line, sequence=[]), event.anchor))
            case MappingEndEvent() | SequenceEndEvent():
                closed = self._open.pop()
                self._add(closed.node, closed.anchor)
            case _:
                pass

    def finish(self) -> Node:
        """Give the root.

        Raises:
            Refused: the text is empty.
        """
        if self._root is None:
            raise Refused(1, "it is empty", "Write it, or take it away; `headway init` shows an example")
        return self._root

    def _document(self, event: DocumentStartEvent, line: int) -> None:
        self._documents += 1
        if self._documents > 1:
            raise Refused(line, "a second document begins here", "Keep one document in a file")
        if event.version or event.tags:
            raise Refused(line, "a directive (%) stands before the document", "Take it out")

    def _start(self, event: ScalarEvent | MappingStartEvent | SequenceStartEvent, line: int) -> None:
        if event.tag is not None:
            raise Refused(line, f"the tag {str(event.tag)[:80]} is not read", "Take the tag out")
        self._charge(1, 1, line)

    def _alias(self, event: AliasEvent, line: int) -> None:
        self._aliases += 1
        if self._aliases > MAX_ALIASES:
            raise Refused(line, f"it has more than {MAX_ALIASES} aliases", "Write the values out")
        target = self._anchors.get(str(event.anchor))
        if target is None:
            inside = any(one.anchor == event.anchor for one in self._open)
            why = "stands inside what it names" if inside else "names nothing before it"
            raise Refused(line, f"*{str(event.anchor)[:80]} {why}", "Write the values out")
        self._charge(target.size, target.height, line)
        self._add(target, None)

    def _charge(self, size: int, height: int, line: int) -> None:
        self._nodes += size
        if self._nodes > MAX_NODES:
            raise Refused(
                line, f"it has more than {MAX_NODES} values, aliases expanded", "Split or shorten the file"
            )
        if len(self._open) + height > MAX_DEPTH:
            raise Refused(line, f"it is nested more than {MAX_DEPTH} deep", "Nothing in an estate is so deep")

    def _scalar(self, event: ScalarEvent, line: int) -> None:
        text = str(event.value)
        if _CONTROL.search(text):
            raise Refused(line, "it holds a control character", "Take it out")
        top = self._open[-1] if self._open else None
        if top is not None and top.node.mapping is not None and top.key is None:
            self._key(top, text, plain=event.style is None, line=line)
            return
        value = _resolve(text) if event.style is None else text
        self._add(Node(line=line, scalar=value), event.anchor)

    def _key(self, top: _Open, text: str, *, plain: bool, line: int) -> None:
        mapping = top.node.mapping
        if text == "<<" and plain:
            raise Refused(line, "a merge key (<<) is not read", "Write the fields out")
        if mapping is not None and text in mapping:
            first = mapping[text][0]
            raise Refused(
                line, f"{text[:80]!r} stands here a second time, after line {first}", "Keep one of them"
            )
        top.key = (text, line)

    def _add(self, node: Node, anchor: str | None) -> None:
        if anchor is not None:
            self._anchors[anchor] = node
        if not self._open:
            self._root = node
            return
        top = self._open[-1]
        if top.node.mapping is not None:
            if top.key is None:
                raise Refused(node.line, "a key is no plain word", "Write keys as words")
            key, line = top.key
            top.node.mapping[key] = (line, node)
            top.key = None
        elif top.node.sequence is not None:
            top.node.sequence.append(node)
        top.node.size += node.size
        top.node.height = max(top.node.height, node.height + 1)


def _resolve(text: str) -> Scalar:
    """Say what a plain word means, by the core schema of YAML 1.2; dates, octals and yes/no stay text."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text
