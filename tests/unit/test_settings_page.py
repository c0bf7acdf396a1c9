"""The page of settings names every variable and pace of the code, and no other."""

import re
from dataclasses import fields
from pathlib import Path

from headway.app.outside import Pace
from headway.interfaces.cli.spans import parse_span

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/reference/settings.md").read_text("utf-8")
READ = re.compile(r"""(?:environ\.get\(|environ\[|envvar=)"(HEADWAY_[A-Z_]+)""")


def test_every_variable_that_the_code_reads_is_on_the_page() -> None:
    read = {name for path in (ROOT / "src").rglob("*.py") for name in READ.findall(path.read_text("utf-8"))}
    assert read == set(re.findall(r"^\| `(HEADWAY_[A-Z_]+)`", PAGE, re.MULTILINE))


def test_every_pace_is_on_the_page_with_its_span() -> None:
    pace = Pace()
    said = dict(re.findall(r"^\| `([a-z_]+)` \| `(\d+[hms])` \|", PAGE, re.MULTILINE))
    assert {name: parse_span(span) for name, span in said.items()} == {
        one.name: getattr(pace, one.name) for one in fields(Pace)
    }
