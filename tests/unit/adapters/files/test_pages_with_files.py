"""The pieces of estates that README and how-tos show are read as what they are."""

import re
import textwrap
from pathlib import Path

from headway.adapters.files.application_model import ApplicationFile
from headway.adapters.files.document import load
from headway.adapters.files.estate_model import EstateFile, WaveFile
from headway.adapters.files.validation import validate

ROOT = Path(__file__).parents[4]
FENCED = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"(?:^ {4,}[^\n]+\n)+", re.MULTILINE)
HEAD = "apiVersion: headway.dev/v1\nkind: Application\n"
ESTATE = """\
apiVersion: headway.dev/v1
kind: Estate
environments: {development: {engine: {podman: {}}}}
manifests: [{name: apps, url: /srv/git/apps.git}]
"""


def pieces(page: str, pattern: re.Pattern[str], begins: str) -> list[str]:
    text = (ROOT / page).read_text("utf-8")
    found = [textwrap.dedent(one) for one in pattern.findall(text)]
    return [one for one in found if one.startswith(begins)]


def test_the_readme_s_lane_is_read() -> None:
    (piece,) = pieces("README.md", FENCED, "lanes:")
    estate = validate(load(f"{ESTATE}{piece}".encode(), "estate.yaml"), EstateFile)
    assert [wave.wave for wave in estate.lanes["standard"]] == ["dev", "staging", "production"]


def test_the_readme_s_application_is_read() -> None:
    (piece,) = pieces("README.md", FENCED, "lane:")
    application = validate(load(f"{HEAD}{piece}".encode(), "application.yaml"), ApplicationFile)
    assert list(application.artifacts) == ["app1"]


def test_the_checks_that_are_shown_are_read() -> None:
    (piece,) = pieces("docs/how-to/write-checks.md", INDENTED, "checks:")
    text = f"{HEAD}lane: standard\nartifacts: {{app1: {{}}}}\n{piece}"
    application = validate(load(text.encode(), "application.yaml"), ApplicationFile)
    assert [check.name for check in application.checks] == ["answers", "says-hello", "contract", "steady"]


def test_the_careful_wave_that_is_shown_is_read() -> None:
    (piece,) = pieces("docs/how-to/approve-and-freeze.md", INDENTED, "- wave:")
    wave = validate(load(f"  {piece[2:]}".encode(), "estate.yaml"), WaveFile)
    assert wave.gates.approvals is not None
    assert wave.gates.freeze
