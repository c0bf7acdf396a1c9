"""What `headway check` found, for programs: JSON, SARIF for code hosts, lines that GitHub Actions shows."""

from enum import StrEnum
from typing import TYPE_CHECKING

from headway.interfaces.cli.composition import Checked
from headway.interfaces.cli.markdown import code, text

if TYPE_CHECKING:
    from headway.app.standards.telling import Mistake, Place, Told

_ESTATE = "estate-invalid"
_SARIF = "https://json.schemastore.org/sarif-2.1.0.json"


class CheckForm(StrEnum):
    """How it is printed."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"
    MARKDOWN = "markdown"


def summary(found: Checked) -> str:
    """Say in a line whether all is in order, and how much was looked at."""
    counted = f"{found.applications} application(s), {found.artifacts} artifact(s)"
    rendered = f"; {found.rendered} overlay(s) render" if found.rendered is not None else ""
    judged = f"; {len(found.rules)} standard(s) asked" if found.rules else ""
    if found.is_in_order:
        return f"In order: {counted}, {found.instances} instance(s){rendered}{judged}."
    counts = [
        f"{count} {what}"
        for count, what in (
            (len(found.problems), "mistake(s) in the estate's files"),
            (len(found.mistakes), "mistake(s)"),
            (len(found.broken), "unusable standard(s)"),
            (sum(one.blocks for one in found.told), "violation(s)"),
        )
        if count
    ]
    return f"Not in order: {', '.join(counts)}{rendered}{judged}."


def told_json(found: Checked) -> dict[str, object]:
    """Give all of it as plain values."""
    return {
        "in_order": found.is_in_order,
        "applications": found.applications,
        "artifacts": found.artifacts,
        "instances": found.instances,
        "rendered": found.rendered,
        "rules": list(found.rules),
        "remarks": list(found.remarks),
        "stood_before": list(found.stood_before),
        "problems": [
            {"file": one.file, "line": one.line, "field": one.field, "why": one.why, "next": one.suggestion}
            for one in found.problems
        ],
        "mistakes": [
            {
                "code": one.code,
                "what": one.what,
                "why": one.why,
                "next": one.next_step,
                "where": one.where or None,
                "file": one.place.file if one.place else None,
                "line": one.place.line if one.place else None,
            }
            for one in found.mistakes
        ],
        "broken": [
            {"code": one.code, "file": one.file, "line": one.line, "field": one.field, "why": one.why}
            for one in found.broken
        ],
        "findings": [
            {
                "rule": one.rule,
                "artifact": str(one.artifact),
                "instances": list(one.instances),
                "object": f"{one.kind} {one.name}",
                "path": one.path,
                "message": one.message,
                "blocks": one.blocks,
                "waiver": one.waiver or None,
                "stood_before": one.stood_before,
                "file": one.place.file if one.place else None,
                "line": one.place.line if one.place else None,
            }
            for one in found.told
        ],
    }


def sarif(found: Checked) -> dict[str, object]:
    """Give it in the Static Analysis Results Interchange Format, version 2.1.0."""
    results = [_result(one) for one in found.told]
    results += [
        _at(
            {"ruleId": one.code, "level": "error", "message": {"text": f"{one.why}. {one.suggestion}"}},
            one.file,
            one.line,
        )
        for one in found.broken
    ]
    for problem in found.problems:
        words = {"text": f"{problem.field}: {problem.why}. {problem.suggestion}"}
        told: dict[str, object] = {"ruleId": _ESTATE, "level": "error", "message": words}
        results.append(_at(told, problem.file, problem.line))
    for one in found.mistakes:
        result: dict[str, object] = {"ruleId": one.code, "level": "error", "message": {"text": _said(one)}}
        results.append(_at(result, one.place.file, one.place.line) if one.place else result)
    rules = sorted({str(one["ruleId"]) for one in results})
    driver = {"name": "headway", "rules": [{"id": one} for one in rules]}
    return {"$schema": _SARIF, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}


def github_lines(found: Checked) -> list[str]:
    """Give workflow commands: an annotation for each finding, at its line where that is known."""
    lines = [
        _annotation("error" if one.blocks else "warning", one.rule, f"{one.where}: {one.message}", one.place)
        for one in found.told
    ]
    lines += [
        f"::error file={_property(one.file)},line={one.line},title={one.code}::"
        f"{_data(f'{one.why}. {one.suggestion}')}"
        for one in found.broken
    ]
    lines += [
        f"::error file={_property(one.file)},line={one.line},title={_ESTATE}::"
        f"{_data(f'{one.field}: {one.why}. {one.suggestion}')}"
        for one in found.problems
    ]
    lines += [_annotation("error", one.code, _said(one), one.place) for one in found.mistakes]
    return lines


def check_markdown(found: Checked) -> list[str]:
    """Give it as Markdown for a pull request: what blocks, then what is let stand."""
    lines = [f"**headway check**: {summary(found)}", ""]
    lines += [
        f"- ✗ {code(f'{one.file}:{one.line}')}: {text(f'{one.field}: {one.why}. {one.suggestion}')}"
        for one in found.problems
    ]
    lines += [_item("✗", one.code, _said(one), one.place) for one in found.mistakes]
    lines += [
        f"- ✗ {code(one.code)} {code(f'{one.file}:{one.line}')}: {text(f'{one.why}. {one.suggestion}')}"
        for one in found.broken
    ]
    for one in found.told:
        note = f" ({one.waiver})" if one.waiver else ""
        note += " (it stood before this change)" if one.stood_before else ""
        mark = "✗" if one.blocks else "▲"
        lines.append(_item(mark, one.rule, f"{one.where}: {one.message}{note}", one.place))
    return lines


def _item(mark: str, title: str, words: str, place: "Place | None") -> str:
    where = f" {code(str(place))}" if place else ""
    return f"- {mark} {code(title)}{where}: {text(words)}"


def _said(one: "Mistake") -> str:
    where = f"{one.where}: " if one.where else ""
    return f"{where}{one.what}: {one.why}"


def _result(one: "Told") -> dict[str, object]:
    level = "error" if one.blocks else "note"
    result: dict[str, object] = {
        "ruleId": one.rule,
        "level": level,
        "message": {"text": f"{one.where}: {one.message}"},
    }
    if one.waiver and not one.blocks:
        result["suppressions"] = [{"kind": "external", "justification": one.waiver}]
    return _at(result, one.place.file, one.place.line) if one.place else result


def _at(result: dict[str, object], file: str, line: int) -> dict[str, object]:
    location = {"artifactLocation": {"uri": file}, "region": {"startLine": line}}
    return {**result, "locations": [{"physicalLocation": location}]}


def _annotation(level: str, title: str, text: str, place: "Place | None") -> str:
    at = f"file={_property(place.file)},line={place.line}," if place else ""
    return f"::{level} {at}title={_property(title)}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
