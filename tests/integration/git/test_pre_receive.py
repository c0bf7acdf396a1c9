"""The hook that `headway init --ci pre-receive` writes, in a real bare repository that is pushed to."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.fixtures.desk_estate import DeskEstate, headway
from tests.fixtures.desk_files import PROBE

DEPLOYMENT = "oneconnect/app1/base/deployment.yaml"


@pytest.fixture
def guarded(desk_estate: DeskEstate, capsys: pytest.CaptureFixture[str]) -> DeskEstate:
    """Give an estate that asks for probes, whose remote has the hook."""
    desk_estate.replace("estate.yaml", "kind: Estate\n", "kind: Estate\nstandards: {use: [readiness]}\n")
    desk_estate.commit("Ask for probes")
    desk_estate.git("push", "--quiet", "origin", "main")
    code, _, said = headway(capsys, "init", "--ci", "pre-receive", str(desk_estate.remote.folder))
    assert code == 0, said
    return desk_estate


def push(estate: DeskEstate, *refs: str, path: str | None = None) -> tuple[int, str]:
    """Push, and give the exit code and the remote's words."""
    environment = {**os.environ, **({"PATH": path} if path else {})}
    done = subprocess.run(
        ["git", "push", "--quiet", "origin", *refs],
        cwd=estate.folder,
        env=environment,
        capture_output=True,
        timeout=120,
        check=False,
    )
    lines = (line.removeprefix("remote: ").rstrip() for line in done.stderr.decode().splitlines())
    return done.returncode, "\n".join(lines)


def test_a_push_that_meets_the_standards_passes(guarded: DeskEstate) -> None:
    guarded.replace(DEPLOYMENT, "replicas: 1", "replicas: 2")
    commit = guarded.commit()
    code, said = push(guarded, "main")
    assert (code, guarded.remote.tip("main")) == (0, commit), said
    assert "In order" in said


def test_a_push_that_breaks_one_is_refused_with_the_words_of_the_desk(
    guarded: DeskEstate, capsys: pytest.CaptureFixture[str]
) -> None:
    before = guarded.remote.tip("main")
    guarded.replace(DEPLOYMENT, PROBE, "")
    commit = guarded.commit()
    code, said = push(guarded, "main")
    assert (code, guarded.remote.tip("main")) == (1, before)
    _, told, _ = headway(capsys, "check", str(guarded.folder))
    (head, message, *_) = (line for line in told.splitlines() if line)
    assert head.startswith("✗ readiness · oneconnect/app1 everywhere: Deployment app1")
    assert head in said
    assert message in said
    assert f"{DEPLOYMENT}:1" in said
    assert not _has(guarded.remote.folder, commit), "what was refused is kept"
    assert not _work_tree_files(guarded.remote.folder)


def test_another_branch_is_not_looked_at(guarded: DeskEstate) -> None:
    guarded.git("checkout", "--quiet", "-b", "topic")
    guarded.replace(DEPLOYMENT, PROBE, "")
    guarded.commit()
    code, said = push(guarded, "topic")
    assert (code, said) == (0, "")
    assert push(guarded, ":topic")[0] == 0


def test_of_several_branches_in_one_push_a_bad_main_stops_all(guarded: DeskEstate) -> None:
    """Git asks once for the whole push, and takes it whole or not at all."""
    guarded.git("branch", "topic")
    guarded.replace(DEPLOYMENT, PROBE, "")
    guarded.commit()
    assert push(guarded, "main", "topic")[0] == 1
    assert guarded.remote.tip("topic") is None


def test_what_stood_before_blocks_no_push_and_a_mend_passes(guarded: DeskEstate) -> None:
    hook = guarded.remote.folder / "hooks/pre-receive"
    hook.rename(f"{hook}.away")
    guarded.replace(DEPLOYMENT, PROBE, "")
    guarded.commit()
    assert push(guarded, "main")[0] == 0
    Path(f"{hook}.away").rename(hook)
    guarded.replace("oneconnect/app2/base/deployment.yaml", "replicas: 1", "replicas: 2")
    guarded.commit()
    code, said = push(guarded, "main")
    assert code == 0, said
    assert "it stood before this change, and does not block it" in said
    guarded.replace("oneconnect/app2/base/deployment.yaml", PROBE, "")
    guarded.commit()
    assert push(guarded, "main")[0] == 1


def test_the_first_push_of_main_is_judged_whole(guarded: DeskEstate) -> None:
    guarded.remote.delete("main")
    assert push(guarded, "main")[0] == 0
    guarded.remote.delete("main")
    guarded.replace(DEPLOYMENT, PROBE, "")
    guarded.commit()
    assert push(guarded, "main")[0] == 1


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({DEPLOYMENT: "apiVersion: apps/v1\nkind: [\n"}, f"{DEPLOYMENT}:3"),
        ({"estate.yaml": "a: &a [x]\nb: [*a, *a\n"}, "estate.yaml:"),
        (
            {"oneconnect/app1/base/kustomization.yaml": "resources: [https://example.org/x.yaml]\n"},
            "oneconnect/app1/base/kustomization.yaml:1 names something remote",
        ),
        (
            {"oneconnect/app1/base/kustomization.yaml": "resources: ['../../../../../../etc']\n"},
            "names a path outside the repository",
        ),
    ],
    ids=("no YAML", "no estate", "remote", "outside"),
)
def test_hostile_files_are_refused_by_name(guarded: DeskEstate, files: dict[str, str], words: str) -> None:
    for path, text in files.items():
        (guarded.folder / path).write_text(text)
    guarded.commit()
    code, said = push(guarded, "main")
    assert (code, words in said) == (1, True), said


def test_hostile_names_steer_no_shell_and_no_terminal(guarded: DeskEstate) -> None:
    folder = guarded.folder / "oneconnect/app1/base"
    (folder / "\x1b[31m$(touch pwned);`id`.yaml").write_text("a: 1\n")
    guarded.commit("$(touch pwned) \x1b[31m")
    code, said = push(guarded, "main")
    assert (code, "is not a path inside the repository" in said) == (1, True), said
    assert "\x1b" not in said
    assert not list(guarded.remote.folder.glob("**/pwned"))


@pytest.mark.parametrize("lost", ["headway", "kustomize"])
def test_what_cannot_be_judged_is_no_pass(
    guarded: DeskEstate, lost: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if lost == "headway":
        hook = guarded.remote.folder / "hooks/pre-receive"
        lines = hook.read_text().splitlines(keepends=True)
        hook.write_text("".join("headway=/no/where\n" if one[:8] == "headway=" else one for one in lines))
    else:
        monkeypatch.setenv("HEADWAY_KUSTOMIZE", "/no/where")
    guarded.replace(DEPLOYMENT, "replicas: 1", "replicas: 2")
    guarded.commit()
    code, said = push(guarded, "main")
    assert code == 1
    assert "no pass" in said or "nothing can be rendered" in said


def _has(repository: Path, commit: str) -> bool:
    argv: Sequence[str] = ["git", "cat-file", "-e", commit]
    return subprocess.run(argv, cwd=repository, capture_output=True, check=False).returncode == 0


def _work_tree_files(repository: Path) -> list[Path]:
    return [one for one in repository.iterdir() if one.name in {"estate.yaml", "oneconnect", "index"}]
