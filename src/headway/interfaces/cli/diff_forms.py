"""What `headway diff` found, for people, for a pull request and for programs."""

from collections.abc import Iterator
from enum import StrEnum
from typing import TYPE_CHECKING

from headway.interfaces.cli.markdown import block, code, text

if TYPE_CHECKING:
    from headway.app.rendered_diff.differences import Difference, Differences
    from headway.app.rendered_diff.objects import ObjectChange

MARKER = "<!-- headway diff -->"
"""Begins the Markdown, so that the comment of before is found and replaced."""
MOST_MARKDOWN = 60_000
"""Characters: GitHub takes comments of up to 65,536."""
_MARKS = {"added": "+", "changed": "~", "removed": "-"}
_ZEROS = "@sha256:" + "0" * 64


class DiffForm(StrEnum):
    """How it is printed."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"


def diff_summary(found: "Differences") -> str:
    """Say in a line how much differs."""
    of = f"{found.compared} overlay(s) compared with {found.base}"
    unknown = f"; {len(found.mistakes)} mistake(s): what they stop was not compared" if found.mistakes else ""
    if not found.found:
        return f"Nothing differs: {of}{unknown}."
    artifacts = len({one.artifact for one in found.found})
    return f"{artifacts} artifact(s) differ in {found.instances} instance(s): {of}{unknown}."


def diff_lines(found: "Differences") -> Iterator[str]:
    """Give it for a terminal."""
    for one in found.found:
        yield f"{one.where}{_new(one)}"
        for each in one.objects:
            yield f"  {_MARKS[each.change]} {each.kind} {each.name}"
            yield from (f"      {line}" for line in _lines(each))
        yield ""
    yield diff_summary(found)


def diff_markdown(found: "Differences") -> Iterator[str]:
    """Give it as Markdown; what is too much for a comment is told by name, and then by number."""
    yield from (MARKER, f"**headway diff**: {text(diff_summary(found))}", "")
    left = MOST_MARKDOWN
    parts = [*_mistakes(found), *([f"- ▲ {text(remark)}"] for remark in found.remarks)]
    parts += [list(_details(one)) for one in found.found]
    short: list[list[str]] = [[] for _ in parts[: len(parts) - len(found.found)]]
    short += [[f"- {text(one.where)}: {text(_named(one))}, too long to be shown here"] for one in found.found]
    for number, (whole, named) in enumerate(zip(parts, short, strict=True)):
        lines = next((one for one in (whole, named) if one and _size(one) <= left), None)
        if lines is None:
            yield f"- … and {len(parts) - number} more: run `headway diff` to see them"
            return
        left -= _size(lines)
        yield from lines


def _mistakes(found: "Differences") -> Iterator[list[str]]:
    for one in found.mistakes:
        where = f"{one.where}: " if one.where else ""
        yield [f"- ✗ {code(one.code)} {text(f'{where}{one.what}: {one.why}')}"]


def _size(lines: list[str]) -> int:
    return sum(len(line) + 1 for line in lines)


def diff_json(found: "Differences") -> dict[str, object]:
    """Give all of it as plain values."""
    return {
        "base": found.base,
        "compared": found.compared,
        "differs": bool(found.found),
        "remarks": list(found.remarks),
        "mistakes": [
            {"code": one.code, "what": one.what, "why": one.why, "where": one.where or None}
            for one in found.mistakes
        ],
        "differences": [
            {
                "artifact": str(one.artifact),
                "instances": [str(each) for each in one.instances],
                "new": one.is_new,
                "objects": [
                    {"kind": each.kind, "name": each.name, "change": each.change, "diff": list(_lines(each))}
                    for each in one.objects
                ],
            }
            for one in found.found
        ],
    }


def _details(one: "Difference") -> Iterator[str]:
    yield f"<details><summary>{_html(one.where)}{_new(one)}: {_html(_named(one))}</summary>"
    yield ""
    lines = []
    for each in one.objects:
        lines += [f"# {each.kind} {each.name} ({each.change})", *_lines(each)]
    yield from block(lines, "diff")
    yield from ("", "</details>", "")


def _named(one: "Difference") -> str:
    return ", ".join(f"{_MARKS[each.change]} {each.kind} {each.name}" for each in one.objects)


def _new(one: "Difference") -> str:
    return " (new there)" if one.is_new else ""


def _lines(one: "ObjectChange") -> list[str]:
    """Give the lines; the digest of a version that is yet to be chosen is said as that."""
    return [line.replace(_ZEROS, "@(the version's digest)") for line in one.lines]


def _html(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
