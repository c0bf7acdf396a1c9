"""`headway check --watch` beside an editor: checked again at each save, whatever was saved."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from headway.__main__ import LateComposition
from headway.interfaces.cli.main import run

WITHIN_S = 120.0
PROBE = """\
    - op: add
      path: /spec/template/spec/containers/0/readinessProbe
      value: {httpGet: {path: /healthz, port: http}, periodSeconds: 2}
"""
WAITS = "It is checked again when a file changes; Ctrl-C ends it."


class Watched:
    """The running program, and what it said so far."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.said = ""

    async def until(self, words: str) -> str:
        """Wait for words that were not taken before; give all up to them."""
        assert self.process.stdout is not None
        async with asyncio.timeout(WITHIN_S):
            while words not in self.said:
                data = await self.process.stdout.read(65_536)
                assert data, f"it ended before it said {words!r}: {self.said}"
                self.said += data.decode()
        before, _, self.said = self.said.partition(words)
        return before + words


@asynccontextmanager
async def watched(folder: Path) -> AsyncIterator[Watched]:
    """Run it, with both streams in one."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "headway", "check", "--watch", str(folder)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, "PYTHONUNBUFFERED": "1", "NO_COLOR": "1"},
    )
    try:
        yield Watched(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@pytest.fixture
def apps(tmp_path: Path, kustomize_program: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give an estate to begin with, which meets all standards."""
    monkeypatch.setenv("HEADWAY_KUSTOMIZE", str(kustomize_program))
    assert run(LateComposition(), ["init", str(tmp_path / "estate"), "--person", "ann"]) == 0
    return tmp_path / "estate/argocd-oc-apps"


async def test_each_save_is_answered_until_somebody_ends_it(apps: Path) -> None:
    serving, estate = apps / "components/serving/kustomization.yaml", apps / "estate.yaml"
    good, named = serving.read_text(), estate.read_text()
    assert PROBE in good
    async with watched(apps) as desk:
        assert "\nIn order: " in await desk.until(WAITS)
        serving.write_text(good.replace(PROBE, ""))
        await desk.until("── kustomization.yaml changed")
        await desk.until("✗ readiness · oneconnect/app1 everywhere: Deployment app1")
        await desk.until("Not in order: ")
        await desk.until(WAITS)
        estate.write_text("kind: [\n")
        await desk.until("── estate.yaml changed")
        await desk.until("estate.yaml:2: the file")
        await desk.until(WAITS)
        estate.write_text(named)
        serving.write_text(good)
        await desk.until("\nIn order: ")
        desk.process.send_signal(signal.SIGINT)
        assert await asyncio.wait_for(desk.process.wait(), WITHIN_S) == 130
        assert desk.process.stdout is not None
        assert "Traceback" not in desk.said + (await desk.process.stdout.read()).decode()


async def test_what_git_keeps_for_itself_is_no_change(apps: Path) -> None:
    async with watched(apps) as desk:
        await desk.until(WAITS)
        (apps / ".git").mkdir(exist_ok=True)
        (apps / ".git/index.lock").write_text("")
        (apps / "estate.yaml").touch()
        assert ".git" not in await desk.until("── estate.yaml changed")


@pytest.mark.parametrize("other", [["--impact"], ["--commit", "HEAD"], ["-o", "json"]])
def test_programs_and_commits_are_not_watched(
    other: list[str], apps: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(LateComposition(), ["check", "--watch", *other, str(apps)]) == 2
    assert "--watch goes with neither" in capsys.readouterr().err


def test_a_folder_that_is_not_there_ends_it_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(LateComposition(), ["check", "--watch", str(tmp_path / "nowhere")]) == 2
    assert "nowhere" in capsys.readouterr().err
