"""What a change of standards would do, for people, for a pull request and for programs."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from headway.interfaces.cli.composition import Impact
from headway.interfaces.cli.markdown import code, text

if TYPE_CHECKING:
    from headway.app.standards.telling import Told

_WAITS = "It would block what waits to be promoted:"
_RUNS = "It would be broken by what runs, which is reported and never touched:"
_OPENS = "It would no longer block:"
_LOOSENS = "It loosens, and waits for `headway accept` until somebody who held that power agrees:"


def impact_summary(found: Impact) -> str:
    """Say in a line what the change does."""
    counts = (
        (len(found.blocks), "would be blocked"),
        (len(found.blocks_running), "that run(s) would not meet it"),
        (len(found.opens), "would be opened"),
        (len(found.loosens), "loosened"),
        (len(found.broken), "unusable standard(s)"),
    )
    said = ", ".join(f"{count} {what}" for count, what in counts if count)
    unknown = f"; {len(found.mistakes)} mistake(s): what they stop was not judged" if found.mistakes else ""
    return f"Compared with {found.base}: {said or 'no standard blocks or opens anything else'}{unknown}."


def impact_lines(found: Impact) -> Iterator[str]:
    """Give it for a terminal."""
    for problem in found.broken:
        yield f"✗ {problem}"
    for title, mark, several in _parts(found):
        yield title
        for one in several:
            yield f"{mark} {one.rule} · {one.where}"
            yield f"    {one.message}"
            if one.place is not None:
                yield f"    {one.place}"
    if found.loosens:
        yield _LOOSENS
        yield from (f"▲ {one}" for one in found.loosens)
    yield impact_summary(found)


def impact_markdown(found: Impact) -> Iterator[str]:
    """Give it as Markdown."""
    yield f"**headway check --impact**: {text(impact_summary(found))}"
    yield from (f"- ✗ {text(str(problem))}" for problem in found.broken)
    for title, mark, several in _parts(found):
        yield from ("", text(title), "")
        yield from (f"- {mark} {code(one.rule)} {text(f'{one.where}: {one.message}')}" for one in several)
    if found.loosens:
        yield from ("", text(_LOOSENS), "")
        yield from (f"- ▲ {text(one)}" for one in found.loosens)


def impact_json(found: Impact) -> dict[str, object]:
    """Give all of it as plain values."""
    return {
        "base": found.base,
        "blocks": [_plain(one) for one in found.blocks],
        "blocks_running": [_plain(one) for one in found.blocks_running],
        "opens": [_plain(one) for one in found.opens],
        "loosens": list(found.loosens),
        "broken": [str(one) for one in found.broken],
        "mistakes": [
            {"code": one.code, "what": one.what, "why": one.why, "where": one.where or None}
            for one in found.mistakes
        ],
    }


def _parts(found: Impact) -> Iterator[tuple[str, str, "Sequence[Told]"]]:
    for title, mark, several in (
        (_WAITS, "✗", found.blocks),
        (_RUNS, "✗", found.blocks_running),
        (_OPENS, "○", found.opens),
    ):
        if several:
            yield title, mark, several


def _plain(one: "Told") -> dict[str, object]:
    return {
        "rule": one.rule,
        "artifact": str(one.artifact),
        "instances": list(one.instances),
        "object": f"{one.kind} {one.name}",
        "path": one.path,
        "message": one.message,
    }
