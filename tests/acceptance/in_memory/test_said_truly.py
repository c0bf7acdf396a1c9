"""What is missing is said to be missing for the reason why it is: an empty answer is never a wrong one."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from tests.fixtures.served import delivered, serving
from tests.fixtures.world import World

from headway.domain.facts import Fact, Source, SourceAway, SourceBack
from headway.domain.names import InstanceName
from headway.testing.ledger import MemoryLedger
from headway.testing.simulated_engine import crashes


async def test_an_empty_history_after_a_rebuild_names_git(tmp_path: Path) -> None:
    """A lock stands on the branch: something was promoted, by a ledger that is lost."""
    world = World()
    async with delivered(tmp_path, world=world):
        pass
    world.lose_ledger()
    async with serving(world, tmp_path) as served:
        await world.pass_time(timedelta(seconds=5))
        for arguments in ((), ("--instance", "staging"), ("--artifact", "app1")):
            ran = await served.headway("history", *arguments)
            assert ran.code == 0
            assert "promoted yet" not in ran.out
            assert "git log environments/" in ran.out


async def test_an_empty_history_says_what_was_asked_for(tmp_path: Path) -> None:
    """Nothing into staging, of app2, or before the first is not nothing at all."""
    world = World()
    async with serving(world, tmp_path) as served:
        await world.hold_all("dev")
        nothing = await served.headway("history")
        staging = await served.headway("history", "--instance", "staging", "--artifact", "app1")
    assert nothing.out == "Nothing was promoted yet.\n"
    assert staging.out == "Nothing of app1 was promoted into staging yet.\n"
    async with delivered(tmp_path) as served:
        past = await served.headway("history", "--before", "1")
    assert past.out == "No promotion is recorded before 1.\n"


async def test_an_estate_that_was_never_reached_is_not_an_empty_one(tmp_path: Path) -> None:
    """The board says that it was never read, and why, until it was."""
    world = World()
    world.remote.is_away = True
    async with serving(world, tmp_path) as served:
        await world.pass_time(timedelta(minutes=2))
        ran = await served.headway("status")
        assert "No application" not in ran.out
        assert "argocd-oc-apps was never read: " in ran.out
        world.remote.is_away = False
        await world.look()
        await world.pass_time(timedelta(minutes=2))
        assert "never read" not in (await served.headway("status")).out


async def test_a_bad_version_is_explained_where_it_was_tried(tmp_path: Path) -> None:
    """The plan weighs it no more; who asks why the newest is not there reads what became of it."""
    world = World()
    async with delivered(tmp_path, world=world) as served:
        for tag in ("1.1.0", "1.2.0"):
            world.publish("app1", tag, crashes())
            await world.look()
            await world.pass_time(timedelta(minutes=1))
        ran = await served.headway("why", "app1", "--in", "dev")
    assert world.tags() == ["1.0.0"] * 4
    assert "1.2.0" in ran.out
    assert "is quarantined: " in ran.out
    assert "--lift" in ran.out
    assert "nothing newer" not in ran.out


async def test_what_was_seen_before_the_engine_went_away_is_no_health_now(tmp_path: Path) -> None:
    """Unknown is never healthy (rule 4): a why names who does not answer, for as long as it does not."""
    world = World()
    async with delivered(tmp_path, world=world) as served:
        before = await served.headway("why", "app1", "--in", "dev")
        environment = world.desk.environment_of(InstanceName("oc", "dev"))
        words = "Argo CD refuses Headway: the token is revoked"
        await world.record(SourceAway(source=Source.ENGINE, name=environment, words=words))
        away = await served.headway("why", "app1", "--in", "dev")
        other = await served.headway("why", "app1", "--in", "staging")
        await world.record(SourceBack(source=Source.ENGINE, name=environment))
        after = await served.headway("why", "app1", "--in", "dev")
    assert ", healthy" in before.out
    assert ", unknown since " in away.out
    assert f"Does not answer\n  engine {environment} since " in away.out
    assert words in away.out
    assert "Does not answer" not in other.out, "another environment's engine is not this instance's"
    assert after.out == before.out


async def test_a_rollback_names_the_jobs_that_run_again_before_it_is_done(tmp_path: Path) -> None:
    world = World()
    world.commit("Migrate", {"oc/app1/base/jobs": b"migrate"})
    async with delivered(tmp_path, world=world) as served:
        world.commit("Migrate no more", {"oc/app1/base/jobs": None})
        world.publish("app1", "1.1.0")
        await world.look()
        await world.pass_time(timedelta(seconds=5))
        back = ("rollback", "app1", "--from", "dev", "--reason", "slow")
        shown = await served.headway(*back, "--dry-run")
        done = await served.headway(*back)
    assert "Jobs that would run again: job-migrate" in shown.out
    assert "Jobs that run again: job-migrate" in done.out


class _Poisoned(MemoryLedger):
    """A ledger of which two facts cannot be read."""

    async def read(self, after: int = 0) -> AsyncIterator[Fact]:
        async for fact in super().read(after):
            yield replace(fact, body=None) if fact.sequence in (2, 3) else fact


async def test_facts_that_could_not_be_read_are_on_the_board(tmp_path: Path) -> None:
    """How many, which, and where the reason stands."""
    world = World()
    world.ledger = _Poisoned(world.clock)
    async with delivered(tmp_path, world=world) as served:
        assert "could not be read" not in (await served.headway("status")).out
    async with serving(world, tmp_path) as served:
        ran = await served.headway("status")
    assert "2 fact(s) could not be read and are passed over: number 2, 3" in ran.out
    assert "headway serve" in ran.out
