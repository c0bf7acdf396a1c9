"""The commands on files, as the installed program runs them."""

from pathlib import Path

import pytest

from headway.__main__ import LateComposition
from headway.interfaces.cli.main import run


def test_an_estate_that_was_written_is_in_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = tmp_path / "estate"
    assert run(LateComposition(), ["init", str(where), "--person", "ann"]) == 0
    folders = [str(where / "argocd-oc-apps"), str(where / "argocd-oc-system")]
    assert run(LateComposition(), ["check", *folders]) == 0
    assert "In order: 2 application(s)" in capsys.readouterr().out
    assert run(LateComposition(), ["check", folders[0]]) == 0
    assert "argocd-oc-system" in capsys.readouterr().err
    assert run(LateComposition(), ["init", str(where)]) == 2
    assert "is not empty" in capsys.readouterr().err


def test_every_mistake_is_told_with_its_place_and_a_way_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(LateComposition(), ["init", str(tmp_path / "estate"), "--person", "ann"])
    path = tmp_path / "estate/argocd-oc-apps/oneconnect/application.yaml"
    path.write_text(path.read_text().replace("kind: Application", "kind: application\nlane2: x"))
    assert run(LateComposition(), ["check", str(path.parents[1])]) == 1
    told = capsys.readouterr().err
    assert f"{path}:" in told
    assert "Did you mean Application?" in told
    assert "lane2: unknown field" in told


def test_a_folder_that_is_not_there_is_a_wrong_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(LateComposition(), ["check", str(tmp_path / "nowhere")]) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_what_an_overlay_renders_to_is_printed(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    kustomize_program: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HEADWAY_KUSTOMIZE", str(kustomize_program))
    run(LateComposition(), ["init", str(tmp_path / "estate"), "--person", "ann"])
    capsys.readouterr()
    where = str(tmp_path / "estate/argocd-oc-apps")
    assert run(LateComposition(), ["render", "oneconnect/app1", "--in", "staging", where]) == 0
    assert "kind: Deployment" in capsys.readouterr().out


def test_every_overlay_is_rendered_and_a_mistake_is_one_exit_code_for_both_commands(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    kustomize_program: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Five overlays stand on one broken base: it is told once."""
    monkeypatch.setenv("HEADWAY_KUSTOMIZE", str(kustomize_program))
    run(LateComposition(), ["init", str(tmp_path / "estate"), "--person", "ann"])
    apps, system = str(tmp_path / "estate/argocd-oc-apps"), str(tmp_path / "estate/argocd-oc-system")
    assert run(LateComposition(), ["check", apps, system]) == 0
    assert "20 overlay(s) render" in capsys.readouterr().out
    base = tmp_path / "estate/argocd-oc-apps/oneconnect/app1/base/kustomization.yaml"
    base.write_text(base.read_text().replace("service.yaml", "absent.yaml"))
    assert run(LateComposition(), ["check", apps, system]) == 1
    told = capsys.readouterr()
    assert told.err.count("names what is not there") == 1
    assert "In order" not in told.out
    assert run(LateComposition(), ["render", "oneconnect/app1", "--in", "staging", apps]) == 1
    assert "absent.yaml" in capsys.readouterr().err
    for named in (["oneconnect/app9", "--in", "staging"], ["oneconnect/app1", "--in", "nowhere"]):
        assert run(LateComposition(), ["render", *named, apps]) == 2


@pytest.mark.parametrize(("options", "program"), [((), "no-such-kustomize"), (("--no-render",), "")])
def test_what_was_not_rendered_is_said(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    options: tuple[str, ...],
    program: str,
) -> None:
    monkeypatch.setenv("HEADWAY_KUSTOMIZE", program)
    run(LateComposition(), ["init", str(tmp_path / "estate"), "--person", "ann"])
    assert run(LateComposition(), ["check", *options, str(tmp_path / "estate/argocd-oc-apps")]) == 0
    told = capsys.readouterr()
    assert "manifests were not rendered" in told.err
    assert "render." not in told.out


def test_what_has_to_be_rendered_fails_where_kustomize_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A build server that lost it would judge nothing, and let all pass."""
    monkeypatch.setenv("HEADWAY_KUSTOMIZE", "no-such-kustomize")
    run(LateComposition(), ["init", str(tmp_path / "estate"), "--person", "ann"])
    assert run(LateComposition(), ["check", "--render", str(tmp_path / "estate/argocd-oc-apps")]) == 1
    assert "the Kustomize program is not found" in capsys.readouterr().err
