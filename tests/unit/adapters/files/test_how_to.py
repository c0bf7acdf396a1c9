"""The pieces of YAML that the how-to shows are read."""

import re
import textwrap
from pathlib import Path

import pytest

from headway.adapters.files.application_model import ApplicationFile
from headway.adapters.files.document import load
from headway.adapters.files.estate_model import WaveFile
from headway.adapters.files.validation import validate

HOW_TO = (Path(__file__).parents[4] / "docs" / "how-to" / "write-an-estate.md").read_text(encoding="utf-8")
PIECES = [textwrap.dedent(piece) for piece in re.findall(r"(?:^ {4,}[^\n]+\n)+", HOW_TO, re.MULTILINE)]
HEAD = "apiVersion: headway.dev/v1\nkind: Application\nlane: standard\n"


@pytest.mark.parametrize("field", ["artifacts", "gates", "checks"])
def test_a_piece_of_an_application_is_read(field: str) -> None:
    piece = next(one for one in PIECES if one.startswith(f"{field}:"))
    rest = "" if field == "artifacts" else "artifacts: {app1: {}}\n"
    validate(load(f"{HEAD}{rest}{piece}".encode(), "application.yaml"), ApplicationFile)


def test_the_piece_of_a_lane_is_read() -> None:
    piece = next(one for one in PIECES if one.startswith("- wave:"))
    wave = validate(load(f"  {piece[2:]}".encode(), "estate.yaml"), WaveFile)
    assert wave.gates.freeze[0].reason == "the weekend"
