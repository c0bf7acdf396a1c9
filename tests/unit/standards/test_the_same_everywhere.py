"""Each shipped rule catches its violation wherever an estate is asked, with the same id and words.

On the desk, on the pull request in each of its forms, and at the gate. In a cluster
`tests/cluster/test_shipped_standards.py` holds the words to these, of the same examples.
"""

import contextlib
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.fixtures.shipped_estate import BEFORE_JUDGING, JUDGED, namespace_of, write_broken_estate
from tests.fixtures.shipped_judging import judged
from tests.fixtures.shipped_standards import EXAMPLES, example

from headway.__main__ import LateComposition
from headway.domain.standards.together import judge_together
from headway.domain.standards.words import in_one_line
from headway.interfaces.cli.check_forms import check_markdown, github_lines, sarif, told_json
from headway.interfaces.cli.composition import Checked, CheckSettings
from headway.interfaces.cli.main import run
from headway.standards import SHIPPED


@dataclass(frozen=True, slots=True)
class Asked:
    """What each surface says of the estate that breaks every rule."""

    checked: Checked
    desk: str

    def told(self, rule: str) -> list[dict[str, Any]]:
        """Give what programs read of a rule in its own application."""
        findings = told_json(self.checked)["findings"]
        assert isinstance(findings, list)
        return [one for one in findings if (one["rule"], one["artifact"]) == (rule, f"{rule}/app")]


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory, kustomize_program: Path) -> Asked:
    """Ask once for all rules."""
    folder = tmp_path_factory.mktemp("broken")
    apps = write_broken_estate(folder)
    screen = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with pytest.MonkeyPatch.context() as settings, contextlib.redirect_stdout(screen):
        settings.setenv("HEADWAY_KUSTOMIZE", str(kustomize_program))
        settings.setenv("HEADWAY_CACHE", str(folder / "cache"))
        run(LateComposition(), ["check", str(apps)])
        checked = LateComposition().check(CheckSettings(folders=(apps,)))
    screen.seek(0)
    return Asked(checked, screen.read())


async def words_of(rule: str) -> set[str]:
    """Give what is said of a rule's failing example by itself."""
    objects, namespace = example(rule, "fails"), namespace_of(rule)
    if rule in SHIPPED:
        found = (await judged(objects, namespace)).violations
    else:
        found = judge_together(objects, namespace=namespace)
    return {one.message for one in found if one.rule == rule}


@pytest.mark.parametrize("rule", JUDGED)
async def test_a_rule_says_the_same_on_the_desk_and_on_the_pull_request(rule: str, asked: Asked) -> None:
    words = await words_of(rule)
    assert words
    assert {one["message"] for one in asked.told(rule)} == words
    assert all(one["blocks"] and one["file"].startswith(f"{rule}/app/") for one in asked.told(rule))
    assert f"✗ {rule} · {rule}/app in production: " in asked.desk

    results = [one for one in _results(asked.checked) if one["ruleId"] == rule]
    annotations = [one for one in github_lines(asked.checked) if f"title={rule}::" in one]
    comment = [one for one in check_markdown(asked.checked) if one.startswith(f"- ✗ `{rule}` ")]
    for message in words:
        assert any(message in one["message"]["text"] for one in results)
        assert any(message.replace("%", "%25") in one for one in annotations)
        assert any(_letters(message) in _letters(one) for one in comment)
        assert message in asked.desk


@pytest.mark.parametrize("rule", JUDGED)
async def test_a_rule_says_the_same_at_the_gate(rule: str, asked: Asked) -> None:
    """These are the gate's words, which `why` and the web show; that it is shut is shown by its own tests."""
    objects, namespace = example(rule, "fails"), namespace_of(rule)
    found = [*(await judged(objects, namespace)).violations, *judge_together(objects, namespace=namespace)]
    mine = [in_one_line(one) for one in found if one.rule == rule]
    desk = {one["message"] for one in asked.told(rule)}
    assert mine
    assert all(one.startswith(f"{rule} ") and any(words in one for words in desk) for one in mine), mine
    assert all(any(words in one for one in mine) for words in desk)


@pytest.mark.parametrize(("rule", "code"), BEFORE_JUDGING.items())
def test_what_no_rendering_lets_through_is_refused_before_it_is_judged(
    rule: str, code: str, asked: Asked
) -> None:
    """On every surface alike, and at a promotion too: it does not render."""
    assert {one.code for one in asked.checked.mistakes if one.where.startswith(f"{rule}/app ")} == {code}
    assert [one for one in _results(asked.checked) if one["ruleId"] == code]


def test_every_rule_is_asked_here() -> None:
    assert set(JUDGED) | set(BEFORE_JUDGING) == set(EXAMPLES)


def _results(checked: Checked) -> list[dict[str, Any]]:
    return list(json.loads(json.dumps(sarif(checked)))["runs"][0]["results"])


def _letters(words: str) -> str:
    """Give words without what Markdown puts between them."""
    return "".join(one for one in words if one.isalnum())
