"""`headway check` at a commit of a repository, bare or not, and what a change adds to what stood."""

import json

import pytest
from tests.fixtures.desk_estate import DeskEstate, headway
from tests.fixtures.desk_files import PROBE

DEPLOYMENT = "oneconnect/app1/base/deployment.yaml"
SECOND = "oneconnect/app2/base/deployment.yaml"


@pytest.fixture
def probes(desk_estate: DeskEstate) -> DeskEstate:
    """Give an estate that asks for readiness probes, where app2 lacks one since the beginning."""
    desk_estate.replace("estate.yaml", "kind: Estate\n", "kind: Estate\nstandards: {use: [readiness]}\n")
    desk_estate.replace(SECOND, PROBE, "")
    desk_estate.commit("Ask for probes")
    return desk_estate


def test_a_commit_is_checked_in_a_bare_repository_and_in_a_work_tree_that_stands_elsewhere(
    probes: DeskEstate, capsys: pytest.CaptureFixture[str]
) -> None:
    probes.git("push", "--quiet", "origin", "main")
    probes.replace(DEPLOYMENT, PROBE, "")
    for folder in (probes.folder, probes.remote.folder):
        code, told, _ = headway(capsys, "check", "--commit", "main", str(folder))
        assert (code, told.count("✗ readiness")) == (1, 1)
        assert f"{SECOND}:1" in told
        assert headway(capsys, "check", "--commit", "main~1", str(folder))[0] == 0
    assert probes.git("status", "--porcelain") == f"M {DEPLOYMENT}"


def test_what_stood_before_is_shown_and_blocks_nothing(
    probes: DeskEstate, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ("check", "--new-since", "HEAD", str(probes.folder))
    code, told, _ = headway(capsys, *arguments)
    assert (code, "▲ readiness · oneconnect/app2 everywhere" in told) == (0, True)
    assert "it stood before this change, and does not block it" in told
    probes.replace(DEPLOYMENT, PROBE, "")
    code, told, _ = headway(capsys, *arguments)
    assert (code, "✗ readiness · oneconnect/app1 everywhere" in told) == (1, True)
    assert "Not in order: 1 violation(s)" in told
    findings = json.loads(headway(capsys, *arguments, "-o", "json")[1])["findings"]
    assert {(one["artifact"], one["blocks"], one["stood_before"]) for one in findings} == {
        ("oneconnect/app1", True, False),
        ("oneconnect/app2", False, True),
    }


def test_a_standard_that_is_asked_anew_is_the_changes_own(
    probes: DeskEstate, capsys: pytest.CaptureFixture[str]
) -> None:
    assert headway(capsys, "check", "--new-since", "HEAD~1", str(probes.folder))[0] == 1


def test_one_broken_base_is_one_mistake_with_its_line_on_every_surface(
    desk_estate: DeskEstate, capsys: pytest.CaptureFixture[str]
) -> None:
    (desk_estate.folder / DEPLOYMENT).write_text("apiVersion: apps/v1\nkind: [\n")
    folder = str(desk_estate.folder)
    code, told, said = headway(capsys, "check", folder)
    assert (code, said.count("Error: Kustomize")) == (1, 1)
    assert "Where: oneconnect/app1 everywhere" in said
    assert "1 mistake(s); 6 overlay(s) render" in told
    (mistake,) = json.loads(headway(capsys, "check", "-o", "json", folder)[1])["mistakes"]
    assert (mistake["file"], mistake["line"]) == (DEPLOYMENT, 3)
    (result,) = json.loads(headway(capsys, "check", "-o", "sarif", folder)[1])["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == DEPLOYMENT
    told = headway(capsys, "check", "-o", "github", folder)[1]
    assert told.startswith(
        f"::error file={DEPLOYMENT},line=3,title=kustomize-failed::oneconnect/app1 everywhere"
    )
    assert told.count("::error") == 1


def test_what_did_not_render_before_blocks_nobody_elses_change(
    desk_estate: DeskEstate, capsys: pytest.CaptureFixture[str]
) -> None:
    (desk_estate.folder / DEPLOYMENT).write_text("apiVersion: apps/v1\nkind: [\n")
    desk_estate.commit("Break it")
    desk_estate.replace(SECOND, "replicas: 1", "replicas: 2")
    code, told, said = headway(capsys, "check", "--new-since", "HEAD", str(desk_estate.folder))
    assert (code, "Error:" in said) == (0, False)
    assert "▲ as before this change: Kustomize cannot render" in told


def test_a_standard_that_is_a_link_is_a_mistake_and_never_passed_over(
    desk_estate: DeskEstate, capsys: pytest.CaptureFixture[str]
) -> None:
    standards = desk_estate.folder / "standards"
    standards.mkdir()
    (standards / "own.yaml").symlink_to("/etc/hostname")
    for arguments in ((), ("--commit", desk_estate.commit())):
        code, _, said = headway(capsys, "check", *arguments, str(desk_estate.folder))
        assert (code, "standards/own.yaml" in said) == (1, True)


def test_markdown_says_what_blocks(probes: DeskEstate, capsys: pytest.CaptureFixture[str]) -> None:
    code, told, _ = headway(capsys, "check", "-o", "markdown", str(probes.folder))
    assert code == 1
    assert told.startswith("**headway check**: Not in order: 1 violation(s)")
    assert f"- ✗ `readiness` `{SECOND}:1`: oneconnect/app2 everywhere: Deployment app2" in told


def test_a_mistake_is_told_in_the_same_words_each_time(
    desk_estate: DeskEstate, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It names the first instance of the lane, whichever overlay failed first."""
    monkeypatch.setenv("HEADWAY_CACHE", "")
    (desk_estate.folder / DEPLOYMENT).write_text("apiVersion: apps/v1\nkind: [\n")
    for _ in range(5):
        _, _, said = headway(capsys, "check", str(desk_estate.folder))
        assert "Error: Kustomize cannot render oneconnect/app1/overlays/dev\n" in said
