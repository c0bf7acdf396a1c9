"""What is named wrongly is answered with what there is: in one form, the closest first."""

import shlex
from itertools import pairwise
from pathlib import Path

import pytest

from headway.adapters.files import read_estate, tree_from_directory
from headway.adapters.files.init import REPOSITORIES, write_estate
from headway.app.naming import find_artifact, find_instance
from headway.domain.errors import UsageError
from headway.domain.situation import Situation
from headway.interfaces.cli.main import COMMANDS

HOW_TO = Path(__file__).parents[3] / "docs" / "how-to"


@pytest.fixture
def begun(tmp_path: Path) -> Situation:
    """Give what is known of the estate that `headway init` writes."""
    write_estate(tmp_path / "estate", person="ann")
    trees = [tree_from_directory(tmp_path / "estate" / name) for name in REPOSITORIES]
    return Situation(estate=read_estate({one.repository: one for one in trees}).estate)


@pytest.mark.parametrize(
    ("text", "first", "next_step"),
    [
        ("ap1", "oneconnect/app1, oneconnect/app2, ", "did you mean 'oneconnect/app1'?"),
        ("app9", "oneconnect/app1, oneconnect/app2, ", "choose one of them"),
        ("nats/nat", "nats/nats, ", "did you mean 'nats/nats'?"),
        ("entrence", "oneconnect/entrance, ", "did you mean 'oneconnect/entrance'?"),
    ],
)
def test_an_unknown_artifact(begun: Situation, text: str, first: str, next_step: str) -> None:
    with pytest.raises(UsageError) as unknown:
        find_artifact(begun, text)
    assert unknown.value.code == "artifact-unknown"
    assert all("/" in one for one in unknown.value.why.removeprefix("known are ").split(", "))
    assert unknown.value.why.startswith(f"known are {first}")
    assert unknown.value.next_step.startswith(next_step)


def test_an_unknown_instance_is_one_of_the_application_that_was_named(begun: Situation) -> None:
    with pytest.raises(UsageError) as unknown:
        find_instance(begun, "stagin", "oneconnect")
    assert unknown.value.why.startswith("known are oneconnect/staging, ")
    assert "nats/" not in unknown.value.why
    assert unknown.value.next_step == "did you mean 'oneconnect/staging'?"
    with pytest.raises(UsageError) as unclear:
        find_instance(begun, "stagin")
    assert {"oneconnect/staging", "nats/staging"} == set(
        unclear.value.why.removeprefix("known are ").split(", ")[:2]
    )
    assert unclear.value.next_step.startswith("choose one of them")


def commands() -> list[str]:
    """Give each example of the help, and each command that a how-to shows."""
    shown = [example for one in COMMANDS for example in one.examples]
    for page in sorted(HOW_TO.glob("*.md")):
        lines = page.read_text(encoding="utf-8").splitlines()
        shown += [line.strip() for line in lines if line.startswith("    headway ")]
    return shown


def test_instances_in_examples_are_clear_in_the_estate_that_init_writes(begun: Situation) -> None:
    seen = 0
    for command in commands():
        words = shlex.split(command, comments=True)
        verb = words[1]
        options = _OPTIONS | ({"--to"} if verb == "promote" else set())
        named = [after for word, after in pairwise(words) if word in options]
        application = None
        if verb in _WITH_ARTIFACT:
            application = find_artifact(begun, words[2]).application
        elif verb in ("hold", "resume"):
            named.append(words[2])
        for name in named:
            find_instance(begun, name, application)
            seen += 1
    assert seen > 10


_OPTIONS = {"--in", "--from", "--instance", "-i"}
_WITH_ARTIFACT = ("why", "wait", "promote", "rollback", "render")
