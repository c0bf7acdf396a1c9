"""`headway diff` shows what would change in each instance, against what runs or since a commit."""

import json
import subprocess
from pathlib import Path

import pytest
from tests.fixtures.desk_estate import DeskEstate, headway

DEPLOYMENT = "oneconnect/app1/base/deployment.yaml"


def test_a_change_of_a_base_is_told_once_for_all_instances(
    desk_estate: DeskEstate, capsys: pytest.CaptureFixture[str]
) -> None:
    desk_estate.replace(DEPLOYMENT, "periodSeconds: 2", "periodSeconds: 7")
    code, told, _ = headway(capsys, "diff", "--base", "origin/main", str(desk_estate.folder))
    assert code == 1
    assert told.startswith("oneconnect/app1 everywhere\n  ~ Deployment app1\n")
    assert told.count("+          periodSeconds: 7") == 1
    assert "1 artifact(s) differ in 3 instance(s): 9 overlay(s) compared with origin/main" in told


def test_nothing_differs_is_exit_code_0(desk_estate: DeskEstate, capsys: pytest.CaptureFixture[str]) -> None:
    code, told, _ = headway(capsys, "diff", "--base", "main", str(desk_estate.folder))
    assert (code, told.startswith("Nothing differs: 9 overlay(s)")) == (0, True)


def test_a_commit_is_compared_with_where_it_parted_and_no_file_is_touched(
    desk_estate: DeskEstate, capsys: pytest.CaptureFixture[str]
) -> None:
    """What `main` got meanwhile is no change of the branch's."""
    folder = str(desk_estate.folder)
    desk_estate.git("checkout", "--quiet", "-b", "change")
    desk_estate.replace(DEPLOYMENT, "replicas: 1", "replicas: 3")
    desk_estate.commit()
    desk_estate.git("checkout", "--quiet", "main")
    desk_estate.replace("oneconnect/app2/base/deployment.yaml", "replicas: 1", "replicas: 5")
    desk_estate.commit()
    code, told, _ = headway(capsys, "diff", folder, "--base", "main", "--commit", "change", "-o", "json")
    found = json.loads(told)
    assert (code, [one["artifact"] for one in found["differences"]]) == (1, ["oneconnect/app1"])
    assert desk_estate.git("status", "--porcelain") == ""


def test_what_runs_is_read_from_the_remote_with_the_image_that_runs(
    desk_estate: DeskEstate, capsys: pytest.CaptureFixture[str]
) -> None:
    desk_estate.deploy("dev", "app1", "app2", "entrance")
    desk_estate.deploy("staging", "app1", "entrance")
    desk_estate.replace(DEPLOYMENT, "replicas: 1", "replicas: 3")
    code, told, _ = headway(capsys, "diff", str(desk_estate.folder), "-o", "json")
    found = {
        (one["artifact"], *one["instances"], one["new"]): one["objects"]
        for one in json.loads(told)["differences"]
    }
    (changed,) = found["oneconnect/app1", "oneconnect/dev", "oneconnect/staging", False]
    assert (code, changed["name"]) == (1, "app1")
    assert {"-  replicas: 1", "+  replicas: 3"} <= set(changed["diff"])
    assert not any("image:" in line for line in changed["diff"] if line[0] in "+-")
    assert not any("oneconnect/dev" in key for key in found if key[0] != "oneconnect/app1")
    assert any("oneconnect/production" in key and key[-1] for key in found)


def test_what_runs_needs_no_service_and_leaves_the_repository_as_it_is(
    desk_estate: DeskEstate, capsys: pytest.CaptureFixture[str]
) -> None:
    desk_estate.deploy("dev", "app1", "app2", "entrance")
    branches = desk_estate.git("branch", "--all")
    assert headway(capsys, "diff", str(desk_estate.folder))[0] == 1
    assert desk_estate.git("branch", "--all") == branches
    assert desk_estate.git("status", "--porcelain") == ""


def test_a_shallow_clone_under_another_name_knows_what_runs(
    desk_estate: DeskEstate, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """So it is on build servers."""
    for instance in ("dev", "staging", "production"):
        desk_estate.deploy(instance, "app1", "app2", "entrance")
    where = tmp_path / "workspace"
    subprocess.run(
        ["git", "clone", "-q", "--depth=1", desk_estate.remote.folder.as_uri(), str(where)], check=True
    )
    assert headway(capsys, "diff", str(where))[0] == 0
    code, _, said = headway(capsys, "diff", "--base", "HEAD~1", str(where))
    assert code == 2
    assert "no commit 'HEAD~1'" in said


def test_what_does_not_render_is_told_once_with_file_and_line_and_the_rest_is_compared(
    desk_estate: DeskEstate, capsys: pytest.CaptureFixture[str]
) -> None:
    desk_estate.replace(DEPLOYMENT, "replicas: 1", "replicas: 1\n  replicas: 2")
    desk_estate.replace("oneconnect/app2/base/deployment.yaml", "replicas: 1", "replicas: 4")
    code, told, said = headway(capsys, "diff", "--base", "main", str(desk_estate.folder))
    assert code == 2
    assert said.count("Error:") == 1
    assert f"{DEPLOYMENT}:" in said
    assert "Where: oneconnect/app1 everywhere" in said
    assert told.startswith("oneconnect/app2 everywhere")
    assert "what they stop was not compared" in told


def test_what_no_file_names_any_more_stays_and_is_said(
    desk_estate: DeskEstate, capsys: pytest.CaptureFixture[str]
) -> None:
    application = "oneconnect/application.yaml"
    desk_estate.replace(application, "  entrance: {}\n", "")
    code, told, said = headway(capsys, "diff", "--base", "main", str(desk_estate.folder))
    assert (code, told.startswith("Nothing differs")) == (0, True)
    assert "oneconnect/entrance in dev: no file names it any more; what runs there stays" in said


def test_markdown_is_a_comment_that_nothing_in_manifests_breaks_out_of(
    desk_estate: DeskEstate, capsys: pytest.CaptureFixture[str]
) -> None:
    hostile = "x\n    ```\n    </details> @everybody **bold**"
    overlay = desk_estate.folder / "oneconnect/app1/overlays/staging/kustomization.yaml"
    assert "literals:" in overlay.read_text()
    overlay.write_text(overlay.read_text() + f"  - |-\n    HOSTILE={hostile}\n")
    code, told, said = headway(capsys, "diff", "--base", "main", "-o", "markdown", str(desk_estate.folder))
    assert code == 1, said
    lines = told.splitlines()
    assert lines[0] == "<!-- headway diff -->"
    assert told.count("````diff") == 1, told
    assert lines.index("</details>") > lines.index("````")


def test_a_comment_is_never_too_long_for_its_host(
    desk_estate: DeskEstate, capsys: pytest.CaptureFixture[str]
) -> None:
    values = "".join(f"  - KEY_{number}={'x' * 500}\n" for number in range(150))
    overlay = desk_estate.folder / "oneconnect/app1/overlays/staging/kustomization.yaml"
    overlay.write_text(overlay.read_text() + values)
    _, told, said = headway(capsys, "diff", "--base", "main", "-o", "markdown", str(desk_estate.folder))
    assert len(told) < 65_536, said
    assert "too long to be shown here" in told


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--base", "no-such"), "has no commit 'no-such'"),
        (("--commit", "no-such"), "has no commit 'no-such'"),
    ],
)
def test_a_revision_that_is_not_there_is_a_wrong_command(
    desk_estate: DeskEstate, arguments: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, said = headway(capsys, "diff", *arguments, str(desk_estate.folder))
    assert (code, words in said) == (2, True)


def test_what_runs_is_unknown_without_a_remote_and_while_it_is_away(
    desk_estate: DeskEstate, capsys: pytest.CaptureFixture[str]
) -> None:
    """Unknown is never taken for "nothing differs", nor for "something does"."""
    folder = str(desk_estate.folder)
    desk_estate.git("remote", "set-url", "origin", f"{desk_estate.remote.folder}-away")
    code, _, said = headway(capsys, "diff", folder)
    assert (code, "cannot be reached" in said) == (2, True)
    desk_estate.git("remote", "remove", "origin")
    code, _, said = headway(capsys, "diff", folder)
    assert (code, "no remote named origin" in said) == (2, True)


def test_a_folder_outside_of_git_has_no_commits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, said = headway(capsys, "diff", "--commit", "main", str(tmp_path))
    assert (code, "is no Git repository" in said) == (2, True)
