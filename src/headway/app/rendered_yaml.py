"""Reads what Headway itself rendered, some fifty times as fast as YAML is read.

Renderings are written in one plain form (`adapters/kustomize/yaml_text.py`), a small part of YAML. What is of
that form to the last byte is read here; anything else, which other hands may have put there, by the reader of
all YAML, so both say the same of every file. Pure.
"""

import json
import re
from collections.abc import Mapping
from typing import cast

from headway.app.bounded_yaml import read_documents

_LARGEST = 256 << 10
"""Bytes. What is larger may hold more values than are taken, which the other reader counts."""
_DEEPEST = 40
_PLAIN = r"[A-Za-z_/][A-Za-z0-9_./@-]*(?::[A-Za-z0-9_./@-]+)*"
_QUOTED = r'"(?:[^"\\]|\\[^U])*"'
_ENTRY = re.compile(rf"({_PLAIN}|{_QUOTED}):(?: (.+))?")
_TEXT = re.compile(_PLAIN)
_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})
_KNOWN = {"true": True, "false": False, "null": None}
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,60})")
_FLOAT = re.compile(r"-?(?:0|[1-9][0-9]{0,20})\.[0-9]{1,20}")
_ODD = re.compile("[\x00-\x09\x0b-\x1f\x7f-\xa0\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_BLOCKS = frozenset({"|-", "|", "|+"})


def read_rendered(data: bytes, file: str) -> tuple[object, ...]:
    """Read the documents of a rendered file.

    Raises:
        UsageError: `yaml-malformed`, `manifests-too-large`, with file and line.
    """
    found = read_plain(data)
    return (found,) if found is not None else tuple(one.value for one in read_documents(data, file))


def read_plain(data: bytes) -> Mapping[str, object] | None:
    """Read one document of the form in which Headway writes; None: it is of another form."""
    if len(data) > _LARGEST or not data.endswith(b"\n"):
        return None
    try:
        text = data.decode()
        if _ODD.search(text):
            return None
        reader = _Reader(text)
        found = reader.mapping(0, 0)
        return found if reader.is_done else None
    except (_OtherForm, ValueError):
        return None


class _OtherForm(Exception):
    """It may be YAML, and is not what Headway writes."""


class _Reader:
    """The lines of a document, and how far it was read."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")[:-1]
        self._at = 0

    @property
    def is_done(self) -> bool:
        """Say whether nothing is left."""
        return self._at == len(self._lines)

    def mapping(self, indent: int, depth: int) -> dict[str, object]:
        """Read the entries that begin at an indent, which is at least one."""
        if depth > _DEEPEST:
            raise _OtherForm
        found: dict[str, object] = {}
        while self._at < len(self._lines):
            line = self._lines[self._at]
            content = line.lstrip(" ")
            begins = len(line) - len(content)
            if begins < indent and content:
                break
            entry = _ENTRY.fullmatch(content) if begins == indent else None
            if entry is None:
                raise _OtherForm
            key, value = entry.groups()
            name = _quoted(key) if key[0] == '"' else key
            if name in found or name == "<<":
                raise _OtherForm
            self._at += 1
            found[name] = self._below(indent, depth) if value is None else self._value(value, indent + 2)
        if not found:
            raise _OtherForm
        return found

    def _below(self, indent: int, depth: int) -> object:
        """Read what stands on the lines after a key: a list at its indent, or a mapping deeper."""
        if self._at == len(self._lines):
            raise _OtherForm
        if self._lines[self._at].startswith("- ", indent):
            return self._list(indent, depth + 1)
        return self.mapping(indent + 2, depth + 1)

    def _list(self, indent: int, depth: int) -> list[object]:
        if depth > _DEEPEST:
            raise _OtherForm
        found: list[object] = []
        dashed = " " * indent + "- "
        while self._at < len(self._lines) and self._lines[self._at].startswith(dashed):
            item = self._lines[self._at][indent + 2 :]
            if item.startswith("- "):
                self._lines[self._at] = " " * (indent + 2) + item
                found.append(self._list(indent + 2, depth + 1))
            elif _ENTRY.fullmatch(item):
                self._lines[self._at] = " " * (indent + 2) + item
                found.append(self.mapping(indent + 2, depth + 1))
            else:
                self._at += 1
                found.append(self._value(item, indent + 2))
        return found

    def _value(self, text: str, deeper: int) -> object:
        if text in _BLOCKS:
            return self._block(text, deeper)
        if text in {"{}", "[]"}:
            return {} if text == "{}" else []
        return _quoted(text) if text.startswith('"') else _plain(text)

    def _block(self, head: str, deeper: int) -> str:
        margin = " " * deeper
        lines: list[str] = []
        while self._at < len(self._lines):
            line = self._lines[self._at]
            if line and (not line.startswith(margin) or line == margin):
                break
            lines.append(line[deeper:])
            self._at += 1
        if not lines or not lines[0] or lines[0][0] == " ":
            raise _OtherForm
        kept = len(lines)
        while not lines[kept - 1]:
            kept -= 1
        after = len(lines) - kept
        if (head == "|+") != (after > 0):
            raise _OtherForm
        return "\n".join(lines[:kept]) + "\n" * (0 if head == "|-" else after + 1)


def _plain(text: str) -> object:
    if text in _KNOWN:
        return _KNOWN[text]
    if _TEXT.fullmatch(text) and text.lower() not in _WORDS:
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    raise _OtherForm


def _quoted(text: str) -> str:
    if not text.isprintable() or _SURROGATE.search(text):
        raise _OtherForm
    return cast("str", json.loads(text))
