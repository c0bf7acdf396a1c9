"""`headway check --impact` shows what a change of standards would block and open before it takes force."""

import json

import pytest
from tests.fixtures.desk_estate import DeskEstate, headway
from tests.fixtures.desk_files import PROBE

SECOND = "oneconnect/app2/base/deployment.yaml"
ASKED = "kind: Estate\nstandards: {use: [readiness]}\n"


def deploy_everywhere(estate: DeskEstate) -> None:
    """Have all artifacts run in dev and staging as they stand."""
    estate.deploy("dev", "app1", "app2", "entrance")
    estate.deploy("staging", "app1", "app2", "entrance")


def test_a_standard_asked_anew_shows_what_waits_and_what_runs(
    desk_estate: DeskEstate, capsys: pytest.CaptureFixture[str]
) -> None:
    """What waits was mended already; what runs was not, and is reported."""
    desk_estate.replace(SECOND, PROBE, "")
    desk_estate.commit("No probe")
    deploy_everywhere(desk_estate)
    desk_estate.replace("oneconnect/app1/base/deployment.yaml", PROBE, "")
    desk_estate.replace("estate.yaml", "kind: Estate\n", ASKED)
    code, told, said = headway(capsys, "check", "--impact", "--base", "main", str(desk_estate.folder))
    waits, _, runs = told.partition("It would be broken by what runs")
    assert code == 1, said
    assert "✗ readiness · oneconnect/app1 everywhere: Deployment app1" in waits
    assert "✗ readiness · oneconnect/app2 everywhere: Deployment app2" in waits
    assert "✗ readiness · oneconnect/app2 in dev, staging: Deployment app2" in runs
    assert "app1" not in runs
    assert "2 would be blocked, 1 that run(s) would not meet it" in told


def test_a_standard_asked_no_longer_opens_and_waits_for_somebody_to_accept_it(
    desk_estate: DeskEstate, capsys: pytest.CaptureFixture[str]
) -> None:
    desk_estate.replace("estate.yaml", "kind: Estate\n", ASKED)
    desk_estate.replace(SECOND, PROBE, "")
    desk_estate.commit()
    desk_estate.git("push", "--quiet", "origin", "main")
    desk_estate.replace("estate.yaml", ASKED, "kind: Estate\n")
    code, told, _ = headway(capsys, "check", "--impact", "-o", "json", str(desk_estate.folder))
    found = json.loads(told)
    assert (code, found["base"], found["blocks"]) == (1, "origin/main", [])
    assert [(one["rule"], one["artifact"]) for one in found["opens"]] == [("readiness", "oneconnect/app2")]
    assert found["loosens"] == ["the standard readiness is no longer asked"]


def test_a_looser_gate_is_said_as_the_service_says_it(
    desk_estate: DeskEstate, capsys: pytest.CaptureFixture[str]
) -> None:
    desk_estate.replace("estate.yaml", "soak: 10m", "soak: 1m")
    code, told, _ = headway(capsys, "check", "--impact", "-o", "markdown", str(desk_estate.folder))
    assert code == 1
    assert "soak 0:10:00 becomes 0:01:00" in told
    assert "`headway accept`" in told.replace("\\", "")


def test_a_change_of_manifests_alone_is_no_change_of_standards(
    desk_estate: DeskEstate, capsys: pytest.CaptureFixture[str]
) -> None:
    desk_estate.replace("estate.yaml", "kind: Estate\n", ASKED)
    desk_estate.commit()
    desk_estate.replace(SECOND, PROBE, "")
    code, told, said = headway(capsys, "check", "--impact", "--base", "HEAD", str(desk_estate.folder))
    assert (code, "no standard blocks or opens anything else" in told) == (0, True), said


def test_what_runs_is_unknown_while_the_remote_is_away(
    desk_estate: DeskEstate, capsys: pytest.CaptureFixture[str]
) -> None:
    desk_estate.git("remote", "set-url", "origin", f"{desk_estate.remote.folder}-away")
    code, told, said = headway(capsys, "check", "--impact", str(desk_estate.folder))
    assert (code, told, "cannot be reached" in said) == (1, "", True)


def test_a_standard_that_cannot_be_used_is_said(
    desk_estate: DeskEstate, capsys: pytest.CaptureFixture[str]
) -> None:
    (desk_estate.folder / "standards").mkdir()
    (desk_estate.folder / "standards/own.yaml").write_text("kind: ValidatingAdmissionPolicy\n")
    code, told, _ = headway(capsys, "check", "--impact", str(desk_estate.folder))
    assert (code, "✗ standards/own.yaml:1" in told) == (1, True)


def test_it_stands_at_no_line(desk_estate: DeskEstate, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, said = headway(capsys, "check", "--impact", "-o", "sarif", str(desk_estate.folder))
    assert (code, "take text, markdown or json" in said) == (2, True)
