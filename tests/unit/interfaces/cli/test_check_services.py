"""`headway check` compares the Services that checks ask with what is rendered."""

from pathlib import Path

import pytest

from headway.__main__ import LateComposition
from headway.interfaces.cli.main import run

ASKED = (
    "{name: app1-answers, artifacts: [app1, entrance], http: {service: app1, path: /healthz, expect: 200}}"
)
WIDGET = "apiVersion: widgets.example/v1\nkind: Widget\nmetadata: {name: app1}\n"


@pytest.fixture
def apps(tmp_path: Path, kustomize_program: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give an estate to begin with, which is in order."""
    monkeypatch.setenv("HEADWAY_KUSTOMIZE", str(kustomize_program))
    run(LateComposition(), ["init", str(tmp_path / "estate"), "--person", "ann"])
    return tmp_path / "estate/argocd-oc-apps"


def ask(apps: Path, check: str) -> None:
    """Let the check of app1 be another."""
    file = apps / "oneconnect/application.yaml"
    text = file.read_text()
    assert ASKED in text
    file.write_text(text.replace(ASKED, check))


def checked(apps: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Check it; give the exit code and all that is said."""
    capsys.readouterr()
    code = run(LateComposition(), ["check", str(apps)])
    said = capsys.readouterr()
    return code, said.out + said.err


def test_what_init_writes_asks_what_is_there(apps: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert checked(apps, capsys)[0] == 0


def test_a_service_that_nothing_renders_is_told_with_its_line_and_the_nearest(
    apps: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ask(apps, ASKED.replace("service: app1,", "service: ap1,"))
    code, said = checked(apps, capsys)
    assert code == 1
    lines = (apps / "oneconnect/application.yaml").read_text().splitlines()
    line = 1 + next(at for at, text in enumerate(lines) if "ap1," in text)
    assert (
        f"application.yaml:{line}: checks[0].http.service: the check app1-answers has nothing to ask" in said
    )
    assert "no artifact of oneconnect renders a Service 'ap1' there" in said
    assert "Did you mean app1?" in said
    assert "oneconnect in dev, test, staging" in said


def test_a_port_that_the_service_does_not_have_is_told_with_those_it_has(
    apps: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ask(apps, ASKED.replace("service: app1,", "service: app1, port: 8080,"))
    code, said = checked(apps, capsys)
    assert code == 1
    assert "checks[0].http.port: the check app1-answers has nothing to ask" in said
    assert "the Service app1 has no port 8080 there" in said
    assert "Next: It has 80" in said


def test_a_check_is_compared_only_where_it_is_run(apps: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One wave's instance has the Service, and the check is run in that wave alone."""
    there = ASKED.replace("name: app1-answers,", "name: app1-answers, waves: [dev],")
    ask(apps, there.replace("service: app1,", "service: extra,"))
    extra = "apiVersion: v1\nkind: Service\nmetadata: {name: extra}\nspec: {ports: [{port: 80}]}\n"
    overlay = apps / "oneconnect/app1/overlays/dev"
    (overlay / "extra.yaml").write_text(extra)
    kustomization = overlay / "kustomization.yaml"
    kustomization.write_text(kustomization.read_text().replace("resources: [", "resources: [extra.yaml, "))
    code, said = checked(apps, capsys)
    assert "nothing to ask" not in said, said
    assert code in (0, 1)


def test_where_custom_resources_may_make_it_it_is_a_remark(
    apps: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ask(apps, ASKED.replace("service: app1,", "service: ap1,"))
    base = apps / "oneconnect/app1/base"
    (base / "widget.yaml").write_text(WIDGET)
    kustomization = base / "kustomization.yaml"
    kustomization.write_text(kustomization.read_text().replace("resources: [", "resources: [widget.yaml, "))
    _, said = checked(apps, capsys)
    assert "▲" in said
    assert "unless a custom resource makes it" in said
    assert "Error: " not in said.split("nothing to ask")[0]
