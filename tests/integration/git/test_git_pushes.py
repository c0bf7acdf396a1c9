"""Pushes to real remotes that refuse, vanish and race: what landed is read from the remote."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.fixtures.git_remote import BareRemote, HttpRemote

from headway.adapters.git.manifests import GitManifests
from headway.app.ports import BranchPush, NewCommit, PushResult
from headway.domain.errors import Transient
from headway.domain.names import CommitId, EnvironmentName, RepositoryName

STAGING = "environments/staging"
Clone = Callable[..., GitManifests]


@pytest.fixture
async def clone(tmp_path: Path, bare_remote: BareRemote) -> AsyncIterator[Clone]:
    made: list[GitManifests] = []

    def make(url: str = "", timeout: timedelta = timedelta(seconds=30)) -> GitManifests:
        state = tmp_path / "state" / str(len(made))
        name = RepositoryName("apps")
        made.append(GitManifests(name=name, url=url or bare_remote.url, state=state, timeout=timeout))
        return made[-1]

    yield make
    for manifests in made:
        await manifests.close()


def change(name: str, content: bytes = b"1") -> NewCommit:
    at = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    return NewCommit(edits={name: content}, message=name, author="Headway <h@example.org>", at=at)


def first(branch: str, name: str = "a") -> BranchPush:
    return BranchPush(branch=branch, expected=None, commits=(change(name),))


def files_with(folder: Path, text: bytes) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file() and text in file.read_bytes()]


def wait_until_gone(path: Path) -> None:
    deadline = time.monotonic() + 10
    while path.exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)


async def test_a_hook_that_refuses_one_branch_stops_only_that_one(
    clone: Clone, bare_remote: BareRemote
) -> None:
    bare_remote.hook("update", 'case "$1" in *b) echo "closed for the weekend" >&2; exit 1;; esac')
    pushed = await clone().push([first(f"environments/{name}") for name in "abc"])
    assert [one.result for one in pushed] == [PushResult.LANDED, PushResult.REFUSED, PushResult.LANDED]
    assert "closed for the weekend" in pushed[1].words
    assert pushed[1].tip is None


async def test_a_hook_that_refuses_the_whole_push_sets_aside_only_the_branch_it_means(
    clone: Clone, bare_remote: BareRemote
) -> None:
    bare_remote.hook("pre-receive", "! grep -q environments/b")
    pushed = await clone().push([first(f"environments/{name}") for name in "abc"])
    assert [one.result for one in pushed] == [PushResult.LANDED, PushResult.REFUSED, PushResult.LANDED]


async def test_a_push_that_was_taken_is_found_landed_though_the_answer_was_lost(
    clone: Clone, bare_remote: BareRemote, http_remote: HttpRemote
) -> None:
    http_remote.cut_answers_to = "/git-receive-pack"
    (pushed,) = await clone().push([first(STAGING)])
    assert pushed.result is PushResult.LANDED
    assert bare_remote.tip(STAGING) == pushed.tip == pushed.commits[-1]


async def test_a_remote_that_does_not_let_us_write_refuses_with_its_words_and_no_credentials(
    clone: Clone, http_remote: HttpRemote
) -> None:
    http_remote.status_for["git-receive-pack"] = 403
    (pushed,) = await clone(http_remote.url("manifests.git", "robot:geheim@")).push([first(STAGING)])
    assert pushed.result is PushResult.REFUSED
    assert "403" in pushed.words
    assert "geheim" not in pushed.words


async def test_a_remote_that_is_away_says_so_without_credentials(
    clone: Clone, http_remote: HttpRemote
) -> None:
    manifests = clone(http_remote.url("manifests.git", "robot:geheim@"))
    http_remote.status_for["git-upload-pack"] = 503
    for asked in (manifests.fetch(), manifests.push([first(STAGING)])):
        with pytest.raises(Transient) as away:
            await asked
        assert away.value.code == "git-remote-away"
        assert "geheim" not in str(away.value)
    http_remote.status_for.clear()
    (pushed,) = await manifests.push([first(STAGING)])
    assert pushed.result is PushResult.LANDED


async def test_credentials_in_the_url_work_and_stand_in_no_argument_and_in_no_open_file(
    clone: Clone, http_remote: HttpRemote, tmp_path: Path
) -> None:
    http_remote.password = "geheim"
    (pushed,) = await clone(http_remote.url("manifests.git", "robot:geheim@")).push([first(STAGING)])
    assert pushed.result is PushResult.LANDED
    holding = files_with(tmp_path, b"geheim")
    assert [file.name for file in holding] == ["config"]
    assert holding[0].stat().st_mode & 0o077 == 0
    with pytest.raises(Transient):
        await clone(http_remote.url("manifests.git")).fetch()


async def test_a_remote_that_hangs_is_given_up_and_nothing_of_it_goes_on(
    clone: Clone, bare_remote: BareRemote, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    gate.mkdir()
    bare_remote.hook("pre-receive", f"echo $$ > {gate}/pid; while [ -d {gate} ]; do sleep 0.1; done; exit 1")
    manifests = clone(timeout=timedelta(seconds=1))
    with pytest.raises(Transient):
        await manifests.push([first(STAGING)])
    hook = int((gate / "pid").read_text())
    await asyncio.to_thread(wait_until_gone, Path(f"/proc/{hook}"))


async def test_reads_go_on_while_the_remote_hangs(
    clone: Clone, bare_remote: BareRemote, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    tip = CommitId(bare_remote.commit("main", {"a": b"1"}))
    manifests = clone()
    await manifests.fetch()
    gate.mkdir()
    bare_remote.hook("pre-receive", f"while [ -d {gate} ]; do sleep 0.02; done")
    pushing = asyncio.create_task(manifests.push([first(STAGING)]))
    assert await manifests.read_files(tip, ["a"]) == {"a": b"1"}
    assert not pushing.done()
    gate.rmdir()
    assert (await pushing)[0].result is PushResult.LANDED


async def test_fifty_promoters_on_one_branch_lose_and_double_nothing(
    clone: Clone, bare_remote: BareRemote
) -> None:
    clones = [clone() for _ in range(5)]

    async def promote(number: int) -> None:
        manifests = clones[number % 5]
        tip = (await manifests.fetch()).environments.get(EnvironmentName("staging"))
        while True:
            push = BranchPush(branch=STAGING, expected=tip, commits=(change(f"p{number}"),))
            (pushed,) = await manifests.push([push])
            if pushed.result is PushResult.LANDED:
                return
            tip = pushed.tip

    async with asyncio.TaskGroup() as group:
        for number in range(50):
            group.create_task(promote(number))
            if number % 10 == 0:
                bare_remote.commit("main", {f"m{number}": b"x"})
    messages = bare_remote.git("log", "--format=%s", STAGING).splitlines()
    assert sorted(messages) == sorted(f"p{number}" for number in range(50))


async def test_the_users_hooks_and_settings_stay_out_and_are_not_written(
    clone: Clone, http_remote: HttpRemote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for name in ("pre-push", "reference-transaction", "post-checkout"):
        (hooks / name).write_text("#!/bin/sh\nexit 1\n")
        (hooks / name).chmod(0o755)
    settings = tmp_path / "gitconfig"
    text = f"[core]\n\thooksPath = {hooks}\n[push]\n\tfollowTags = true\n\tdefault = nothing\n"
    settings.write_text(text)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere.git"))
    (pushed,) = await clone(http_remote.url("manifests.git")).push([first(STAGING)])
    assert settings.read_text() == text
    assert pushed.result is PushResult.LANDED
    assert not (tmp_path / "elsewhere.git").exists()
