"""The pages of the project hold together: links lead somewhere, and what they tell to run exists."""

import re
from pathlib import Path

import pytest
from tools.links import anchors_of, find_broken, find_pages

ROOT = Path(__file__).parents[2]
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def test_every_link_between_pages_leads_somewhere() -> None:
    assert list(find_broken(ROOT)) == []


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_every_make_target_that_a_page_names_exists(page: str) -> None:
    text = (ROOT / page).read_text()
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", text, re.MULTILINE))
    assert named
    assert named <= TARGETS


def test_ci_runs_targets_that_exist() -> None:
    (listed,) = re.findall(r"for target in ([a-z -]+);", (ROOT / ".ci/run").read_text())
    assert listed.split() == ["check", "test", "test-cluster", "demo"]
    assert set(listed.split()) <= TARGETS


def test_every_target_says_what_it_does() -> None:
    makefile = (ROOT / "Makefile").read_text()
    said = set(re.findall(r"^([a-z-]+):[^#\n]*## \S", makefile, re.MULTILINE))
    assert said == TARGETS


def test_every_word_that_binds_stands_in_the_glossary() -> None:
    glossary = (ROOT / "docs/glossary.md").read_text()
    words = (
        "application artifact version environment instance lane wave lock_file promotion deployment check"
        " verification evidence gate override slot soak freeze admitted superseded standard violation waiver"
        " hold quarantine rollback restore withdrawn taken_over orphaned retired drift fact observation"
        " ledger situation engine digest action command pair"
    )
    missing = [
        word for word in words.replace("_", "-").split() if f"**{word.replace('-', ' ')}**" not in glossary
    ]
    assert missing == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[x](gone.md)", "no such file"),
        ("[x](page.md#nowhere)", "no such heading"),
        ("[x](#nowhere)", "no such heading"),
        ("[x](../../../../etc/passwd)", "leads out of the project"),
        ("[x]: gone.md", "no such file"),
    ],
)
def test_a_link_that_leads_nowhere_is_found(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "page.md").write_text(f"# Page\n\n{text}\n")
    (broken,) = find_broken(tmp_path)
    assert problem in broken


def test_links_that_lead_somewhere_and_links_in_code_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/other.md").write_text("# Other\n\n## A `word` of its own\n")
    (tmp_path / "page.md").write_text(
        "[a](docs/other.md#a-word-of-its-own) [b](docs/) [c](https://example.org/x) `[d](gone.md)`\n"
        "```\n[e](gone.md)\n```\n"
    )
    assert list(find_broken(tmp_path)) == []


def test_a_heading_that_stands_twice_has_two_anchors() -> None:
    assert anchors_of("# One\n# One\n# Two, and [three](x)!\n") == {"one", "one-1", "two-and-three"}


def test_pages_in_hidden_folders_are_not_ours(tmp_path: Path) -> None:
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv/README.md").touch()
    assert find_pages(tmp_path) == []
