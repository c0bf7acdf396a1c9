"""Files that ask for standards where changes come in parse, name known commands, and do what they say."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from tests.fixtures.desk_estate import DeskEstate, headway
from tests.fixtures.desk_files import PROBE
from tests.unit.test_docs_commands import problem_of

from headway.adapters.files import ci_files

TEMPLATES = Path(ci_files.__file__).parent / "templates_ci"
COMMAND = re.compile(r"\bheadway (?:check|diff) [^>|&'\n]*")


def workflow() -> dict[str, Any]:
    """Give the workflow for GitHub Actions."""
    found: dict[str, Any] = YAML(typ="safe", pure=True).load((TEMPLATES / "github.yaml").read_text())
    return found


def steps() -> list[dict[str, Any]]:
    return list(workflow()["jobs"]["standards"]["steps"])


def commands_in(text: str) -> list[str]:
    """Give the program's commands, with words in the place of variables."""
    plain = text.replace('${BASE:+--new-since "$BASE"}', "--new-since origin/main")
    found = [one.split(" 2", 1)[0] for one in COMMAND.findall(re.sub(r'"?\$(\w+|@)"?', r"\1", plain))]
    return [one.replace('"$headway"', "headway").replace(" @ ", " ") for one in found]


@pytest.mark.parametrize("name", ["github.yaml", "Jenkinsfile", "pre-receive"])
def test_every_command_in_them_is_understood(name: str) -> None:
    text = (TEMPLATES / name).read_text().replace('"$headway" check', "headway check")
    code = "\n".join(line for line in text.splitlines() if not line.strip().startswith(("#", "//")))
    found = commands_in(code)
    assert found
    assert [problem for one in found if (problem := problem_of(one))] == []


def test_the_workflow_is_one_that_github_takes() -> None:
    """By the fields of its reference; `on` is a plain word in YAML 1.2, which GitHub reads."""
    found = workflow()
    assert set(found) <= {"name", "on", "permissions", "concurrency", "jobs"}
    assert set(found["on"]) == {"pull_request", "push"}
    job = found["jobs"]["standards"]
    assert set(job) <= {"runs-on", "timeout-minutes", "container", "permissions", "env", "defaults", "steps"}
    assert all(("uses" in one) is not ("run" in one) for one in steps())
    assert all(set(one) <= {"name", "if", "uses", "with", "run"} for one in steps())
    for one in steps():
        if "run" in one:
            assert "${{" not in one["run"], "what others wrote would become a part of the script"
            subprocess.run(["bash", "-n"], input=one["run"].encode(), check=True)


def test_the_jenkinsfile_is_balanced_and_the_hook_is_a_script() -> None:
    text = (TEMPLATES / "Jenkinsfile").read_text()
    code = re.sub(r"//.*|'[^'\n]*'|\"[^\"\n]*\"", "", text)
    opened: list[str] = []
    pairs = {")": "(", "]": "[", "}": "{"}
    for character in code:
        if character in pairs.values():
            opened.append(character)
        elif character in pairs:
            assert opened.pop() == pairs[character]
    assert opened == []
    assert not re.search(r"['\"]", code), "a text goes over the end of its line"
    subprocess.run(["sh", "-n", str(TEMPLATES / "pre-receive")], check=True)


def run_steps(estate: DeskEstate, tmp_path: Path, base: str) -> dict[str, int]:
    """Run the workflow's own scripts as a runner does, and give how each ended."""
    summary = tmp_path / "summary.md"
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "BASE": base,
        "GITHUB_STEP_SUMMARY": str(summary),
    }
    ended = {}
    for one in steps():
        if "run" in one and "safe.directory" not in one["run"]:
            argv = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", one["run"]]
            done = subprocess.run(argv, cwd=estate.folder, env=environment, capture_output=True, check=False)
            ended[one["name"].split()[0]] = done.returncode
    return ended


def test_the_workflow_comments_annotates_and_fails_for_what_a_change_breaks(
    desk_estate: DeskEstate, tmp_path: Path
) -> None:
    desk_estate.replace("estate.yaml", "kind: Estate\n", "kind: Estate\nstandards: {use: [readiness]}\n")
    desk_estate.commit("Ask for probes")
    desk_estate.git("push", "--quiet", "origin", "main")
    desk_estate.replace("oneconnect/app1/base/deployment.yaml", PROBE, "")
    desk_estate.commit()
    assert run_steps(desk_estate, tmp_path, "origin/main") == {"What": 0, "All": 0, "Does": 1}
    comment = (desk_estate.folder / "headway-diff.md").read_text()
    assert comment.startswith("<!-- headway diff -->\n")
    assert comment in (tmp_path / "summary.md").read_text()
    (result,) = json.loads((desk_estate.folder / "headway.sarif").read_text())["runs"][0]["results"]
    assert result["ruleId"] == "readiness"


def test_an_estate_that_cannot_be_read_is_told_to_code_scanning_too(
    desk_estate: DeskEstate, capsys: pytest.CaptureFixture[str]
) -> None:
    desk_estate.replace("estate.yaml", "kind: Estate", "kind: Estat")
    folder = str(desk_estate.folder)
    code, told, _ = headway(capsys, "check", "-o", "sarif", folder)
    (result,) = json.loads(told)["runs"][0]["results"]
    place = result["locations"][0]["physicalLocation"]
    assert (code, place["artifactLocation"]["uri"].endswith("estate.yaml")) == (1, True)
    for form, words in (("github", "::error file="), ("markdown", "estate.yaml:"), ("json", "Did you mean")):
        code, told, _ = headway(capsys, "check", "-o", form, folder)
        assert (code, words in told) == (1, True)


@pytest.mark.parametrize(
    ("ci", "path"), [("github", ".github/workflows/headway.yaml"), ("jenkins", "Jenkinsfile")]
)
def test_they_are_written_and_nothing_is_written_over(
    desk_estate: DeskEstate, ci: str, path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(desk_estate.folder)
    assert headway(capsys, "init", "--ci", ci, folder)[0] == 0
    assert (desk_estate.folder / path).stat().st_size > 0
    (desk_estate.folder / path).write_text("mine")
    code, _, said = headway(capsys, "init", "--ci", ci, folder)
    assert (code, "cannot be written" in said) == (2, True)
    assert (desk_estate.folder / path).read_text() == "mine"


def test_the_hook_goes_into_a_bare_repository_and_the_others_into_a_clone(
    desk_estate: DeskEstate, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, said = headway(capsys, "init", "--ci", "pre-receive", str(desk_estate.folder))
    assert (code, "is no bare repository" in said) == (2, True)
    code, _, said = headway(capsys, "init", "--ci", "github", str(desk_estate.remote.folder))
    assert (code, "is a bare repository" in said) == (2, True)
    code, _, said = headway(capsys, "init", "--ci", "github", "--adopt", str(desk_estate.folder))
    assert (code, "leave them out" in said) == (2, True)
