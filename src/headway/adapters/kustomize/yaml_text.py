"""Writes objects as YAML that people review: the same object gives the same bytes.

Invariant: every YAML reader, of version 1.1 or 1.2, reads back what was written: a text that could be taken
for anything else stands in double quotes as JSON, which is YAML. Keys keep their order.
"""

import json
import math
import re
from collections.abc import Iterator, Mapping

_PLAIN = re.compile(r"[A-Za-z_/][A-Za-z0-9_./@-]*(?::[A-Za-z0-9_./@-]+)*")
_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})
_BLOCK_LINE = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]*")


def write_object(value: Mapping[str, object]) -> bytes:
    """Give one document's text."""
    return ("\n".join(_mapping(value, "")) + "\n").encode()


def _mapping(value: Mapping[str, object], indent: str) -> Iterator[str]:
    for key, below in value.items():
        yield from _entry(f"{indent}{_text(key)}:", below, indent, indent + "  ")


def _entry(head: str, value: object, list_indent: str, deeper: str) -> Iterator[str]:
    if isinstance(value, dict) and value:
        yield head
        yield from _mapping(value, deeper)
    elif isinstance(value, list) and value:
        yield head
        yield from _list(value, list_indent)
    elif isinstance(value, str) and (block := _block(value, deeper)):
        yield f"{head} {block[0]}"
        yield from block[1:]
    else:
        yield f"{head} {_scalar(value)}"


def _list(value: list[object], indent: str) -> Iterator[str]:
    deeper = indent + "  "
    for item in value:
        if isinstance(item, dict) and item:
            lines = _mapping(item, deeper)
        elif isinstance(item, list) and item:
            lines = _list(item, deeper)
        else:
            yield from _entry(f"{indent}-", item, deeper, deeper)
            continue
        yield f"{indent}- {next(lines).removeprefix(deeper)}"
        yield from lines


def _block(text: str, indent: str) -> list[str]:
    """Give a text of several lines as a literal block; nothing where quotes are safer."""
    lines = text.split("\n")
    if len(lines) < 2 or not lines[0] or lines[0][0] in " \t" or len(text) == text.count("\n"):
        return []
    if not all(_BLOCK_LINE.fullmatch(line) for line in lines) or "\t" in text[:1]:
        return []
    kept = text.rstrip("\n")
    ends = len(text) - len(kept)
    head = {0: "|-", 1: "|"}.get(ends, "|+")
    shown = kept.split("\n") + [""] * max(0, ends - 1)
    return [head, *(indent + line if line else "" for line in shown)]


def _scalar(value: object) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dict):
        return "{}"
    if isinstance(value, list):
        return "[]"
    if isinstance(value, float):
        return json.dumps(value) if math.isfinite(value) else _odd(value)
    return json.dumps(value)


def _odd(value: float) -> str:
    return ".nan" if math.isnan(value) else ".inf" if value > 0 else "-.inf"


def _text(text: str) -> str:
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(c if c.isprintable() or c == " " else _escape(c) for c in quoted)


def _escape(character: str) -> str:
    number = ord(character)
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"
