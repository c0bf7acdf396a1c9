"""Writes docs/reference/metrics.md from the code that reckons: `python -m tools.metrics_table`.

A test holds the page to it: what a number means stands once, beside what reckons it.
"""

from collections.abc import Sequence
from pathlib import Path

from headway.domain.deployability.definitions import QUESTIONS
from headway.domain.metrics.definitions import DEFINITIONS, Definition
from headway.domain.metrics.distribution import BANDS
from headway.domain.metrics.presets import PRESETS, Level, Preset
from headway.domain.metrics.words import Which

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "metrics.md"


def render_page() -> str:
    """Give the page: its words as people wrote them, between its marks what the code says."""
    page = PAGE.read_text("utf-8")
    texts = {
        "metrics": _metrics(DEFINITIONS),
        "bands": _bands(),
        "which": _which(),
        "dora": _dora(),
        "questions": _metrics(QUESTIONS),
    }
    for mark, text in texts.items():
        start, end = f"<!-- {mark} -->\n", f"<!-- /{mark} -->\n"
        before, _, rest = page.partition(start)
        page = f"{before}{start}{text}{end}{rest.partition(end)[2]}"
    return page


def _metrics(definitions: Sequence[Definition]) -> str:
    return "".join(_metric(one) for one in definitions)


def _metric(one: Definition) -> str:
    return (
        f"\n### {one.name[0].upper()}{one.name[1:]}\n\n"
        f"| `{one.key}` | |\n| --- | --- |\n"
        f"| formula | {one.formula} |\n| its day | {one.when} |\n"
        f"| counted beside it | {one.beside} |\n| source | {one.source} |\n"
    )


def _bands() -> str:
    return "\n" + ", ".join(name for name, _ in BANDS) + ".\n"


def _which() -> str:
    return "\n" + ", ".join(f"`{one.value}`" for one in Which) + ".\n"


def _dora() -> str:
    return "".join(_preset(one) for one in reversed(PRESETS))


def _preset(one: Preset) -> str:
    metrics = (
        ("deployment frequency", one.frequency),
        ("lead time for changes", one.lead_time),
        ("change failure rate", one.failure_rate),
        ("recovery time", one.recovery),
    )
    rows = "".join(f"| {name} | {_levels(levels)} |\n" for name, levels in metrics)
    head = f"\n### {one.year}\n\n[{one.report}]({one.source})\n\n"
    return f"{head}| metric | published, best first |\n| --- | --- |\n{rows}"


def _levels(levels: Sequence[Level]) -> str:
    return "; ".join(f"*{one.name}*: {one.words}" for one in levels) or "not published by level"


if __name__ == "__main__":
    PAGE.write_text(render_page(), "utf-8")
