"""Rollbacks, by rules and by people: one commit, verified, never in a loop, blame only where it was seen."""

from datetime import timedelta

import pytest
from tests.fixtures.branches import assert_all_agree, commits_of, file_of, lock_of, subjects, tag_in_git
from tests.fixtures.world import APPLICATION, ESTATE, World

from headway.app.commands.quarantine import quarantine
from headway.app.commands.roll_back import roll_back
from headway.app.ports import CheckRequest
from headway.domain.checks import Verdict
from headway.domain.errors import Refused
from headway.domain.facts import Outcome, PromotionDecided, PromotionEnded, PromotionKind
from headway.domain.lock import LockFile
from headway.domain.names import ArtifactName, Cell, InstanceName
from headway.testing.simulated_engine import crashes, never_ready

APP1 = ArtifactName("oc", "app1")
DEV, STAGING = InstanceName("oc", "dev"), InstanceName("oc", "staging")
RETRY = ESTATE.replace("{staging: staging}}", "{staging: staging}, afterRollback: {retry: 2}}")
CHECKED = (
    APPLICATION
    + "checks:\n- {name: answers, artifacts: [app1], http: {service: app1, path: /, expect: 200}}\n"
)
ONE = "\n".join(line for line in APPLICATION.splitlines() if "app2" not in line) + "\n"


def _world(estate: str = ESTATE, application: str = APPLICATION) -> World:
    world = World(estate=estate, application=application)
    world.publish("app1", "1.0.0")
    world.publish("app2", "1.0.0")
    return world


async def _next(world: World, tag: str, seconds: float = 10) -> None:
    world.publish("app1", tag)
    await world.look()
    await world.pass_time(timedelta(seconds=seconds))


def _fails_in(world: World, instance: str, *tags: str) -> None:
    def answer(request: CheckRequest, lock: LockFile) -> Verdict:
        known = world.registry._repositories["registry.example/oc/app1"].tags
        bad = {known.get(tag) for tag in tags}
        entry = lock.entries.get("app1")
        here = request.instance.instance == instance
        return Verdict.FAILED if here and entry and entry.digest in bad else Verdict.PASSED

    world.engine.answers = answer


async def _kinds(world: World, kind: PromotionKind) -> list[PromotionDecided]:
    return [one for one in await world.promotions() if one.kind is kind]


async def test_the_hold_and_the_quarantine_are_in_the_rollbacks_own_commit() -> None:
    """A check says no in staging: one commit takes it back, holds and quarantines it."""
    world = _world(application=CHECKED)
    _fails_in(world, "staging", "1.1.0")
    async with world.running():
        await world.pass_time(timedelta(seconds=5))
        await _next(world, "1.1.0")
        promoted, taken_back = commits_of(world, "staging")[-2:]
        assert promoted.message.startswith("Promote oc/app1 1.1.0")
        assert taken_back.message.startswith("Roll back oc/app1 in oc/staging to 1.0.0")
        assert taken_back.trailers["Rolls-Back"][0].endswith(" headway")
        assert 'owner: "headway"' in (file_of(world, "staging", "oc/staging/holds.yaml") or "")
        assert "answers" in (file_of(world, "staging", "quarantines.yaml") or "")
        assert len(subjects(world, "production-1")) == 1
        ended = [one for one in await world.facts(PromotionEnded) if isinstance(one, PromotionEnded)]
        assert [one.outcome for one in ended if one.instance == STAGING] == [
            Outcome.VERIFIED, Outcome.FAILED, Outcome.VERIFIED,
        ]  # fmt: skip
        assert_all_agree(world)


async def test_after_rollback_retry_lets_so_many_versions_try_a_day() -> None:
    """Two may fail in staging today; the third that fails is held until a person resumes."""
    world = _world(RETRY, CHECKED)
    _fails_in(world, "staging", "1.1.0", "1.2.0", "1.3.0")
    async with world.running():
        await world.pass_time(timedelta(seconds=5))
        for tag in ("1.1.0", "1.2.0"):
            await _next(world, tag)
            assert not world.desk.situation.instance(STAGING).holds
        await _next(world, "1.3.0")
        assert len(world.desk.situation.instance(STAGING).holds) == 1
        await _next(world, "1.4.0")
        assert tag_in_git(world, "staging", "staging") == "1.0.0"
        await world.lift_all("staging")
        await world.pass_time(timedelta(seconds=10))
        assert world.tags() == ["1.4.0"] * 4
        assert_all_agree(world)


async def test_the_first_version_ever_is_taken_out_by_hand_and_the_next_comes_in() -> None:
    """One artifact alone: its lock file stays, empty, and that emptiness is verified too."""
    world = World(application=ONE, artifacts=("app1",))
    world.publish("app1", "1.0.0")
    async with world.running():
        await world.pass_time(timedelta(seconds=5))
        (done,) = await roll_back(world.desk, "sue", APP1, [DEV], reason="out")
        assert done.after is None
        await world.pass_time(timedelta(minutes=30))
        lock = lock_of(world, "development", "dev")
        assert lock is not None
        assert not lock.entries
        assert file_of(world, "development", "oc/dev/manifests/app1/deployment-app1.yaml") is None
        assert not world.desk.situation.instance(DEV).underway
        assert {one.owner for one in world.desk.situation.instance(DEV).holds.values()} == {"sue"}
        await world.lift_all("dev")
        await world.pass_time(timedelta(minutes=1))
        assert tag_in_git(world, "development", "dev") is None, "what was taken back does not come by itself"
        await _next(world, "1.1.0")
        assert world.tags() == ["1.1.0"] * 4
        assert_all_agree(world)


async def test_a_rollback_that_fails_its_verification_is_left_and_the_instance_held() -> None:
    """Everything fails its check by now: one rollback, no second, and a person is asked for."""
    world = _world(application=CHECKED)
    async with world.running():
        await world.pass_time(timedelta(seconds=5))
        world.engine.answers = lambda _request, _lock: Verdict.FAILED
        await _next(world, "1.1.0", 3600)
        assert [one.kind for one in await world.promotions() if one.instance == DEV] == [
            PromotionKind.FIRST_LOCK, PromotionKind.PROMOTION, PromotionKind.ROLLBACK,
        ]  # fmt: skip
        assert [one.artifact for one in world.desk.situation.instance(DEV).holds.values()] == [None]
        assert len(world.desk.situation.quarantines[APP1]) == 1, (
            "the version that was good before is not blamed"
        )
        await _next(world, "1.2.0")
        assert tag_in_git(world, "development", "dev") == "1.0.0"
        assert_all_agree(world)


async def test_two_rollbacks_in_a_row_go_two_versions_back() -> None:
    """And the third takes back the rollback's own version; each is one commit with a hold of its own."""
    world = _world()
    async with world.running():
        await world.pass_time(timedelta(seconds=5))
        for tag in ("1.1.0", "1.2.0", "1.3.0"):
            await _next(world, tag)
        for expected in ("1.2.0", "1.1.0", "1.0.0"):
            await roll_back(world.desk, "sue", APP1, [STAGING], reason="further back")
            await world.pass_time(timedelta(seconds=10))
            assert tag_in_git(world, "staging", "staging") == expected
        await world.lift_all("staging")
        await world.pass_time(timedelta(minutes=5))
        assert tag_in_git(world, "staging", "staging") == "1.0.0"
        assert tag_in_git(world, "development", "dev") == "1.3.0"
        await _next(world, "1.4.0")
        assert world.tags() == ["1.4.0"] * 4
        assert_all_agree(world)


async def test_a_rollback_works_while_a_promotion_runs_and_while_the_registry_is_away() -> None:
    """1.2.0 never becomes ready in dev; support takes it back at once, with no registry."""
    world = _world()
    async with world.running():
        await world.pass_time(timedelta(seconds=5))
        await _next(world, "1.1.0")
        world.publish("app1", "1.2.0", never_ready())
        await world.look()
        world.registry.away = True
        await world.pass_time(timedelta(seconds=20))
        assert world.desk.situation.instance(DEV).underway
        await roll_back(world.desk, "sue", APP1, [DEV], reason="it hangs")
        await world.pass_time(timedelta(seconds=20))
        assert tag_in_git(world, "development", "dev") == "1.1.0"
        assert not world.desk.situation.instance(DEV).underway
        assert not world.desk.situation.quarantines.get(APP1)
        assert_all_agree(world)


async def test_a_rollback_to_a_digest_that_is_gone_is_refused_by_name() -> None:
    """The registry answers that it has 1.0.0 no more: nothing is pushed."""
    world = _world()
    async with world.running():
        await world.pass_time(timedelta(seconds=5))
        before = world.desk.situation.cell(Cell(APP1, DEV)).locked
        await _next(world, "1.1.0")
        assert before is not None
        assert before.digest is not None
        world.registry.delete("registry.example/oc/app1", before.digest)
        tip = world.remote.branches["environments/development"]
        with pytest.raises(Refused, match="cannot run in oc/dev again"):
            await roll_back(world.desk, "sue", APP1, [DEV], reason="back")
        await world.pass_time(timedelta(seconds=5))
        assert world.remote.branches["environments/development"] == tip


async def test_a_crash_long_after_verification_is_said_and_takes_nothing_back() -> None:
    """Degradation after the verdict is no automatic rollback."""
    world = _world()
    async with world.running():
        await world.pass_time(timedelta(minutes=5))
        await _next(world, "1.1.0")
        world.engine.set_health(DEV, "app1", crashes().health)
        await world.pass_time(timedelta(hours=1))
        assert tag_in_git(world, "development", "dev") == "1.1.0"
        assert not await _kinds(world, PromotionKind.ROLLBACK)
        health = world.desk.situation.instance(DEV).health["app1"]
        assert health.words == "its container ended with exit status 1"


async def test_what_renders_as_it_did_stays_away_with_the_version_that_was_taken_back() -> None:
    """prod1 runs a commit, and stands at the next, which is no change there: it is freed of both."""
    world = _world()
    prod1 = Cell(APP1, InstanceName("oc", "prod1"))
    async with world.running():
        await world.pass_time(timedelta(seconds=5))
        before = world.desk.situation.cell(prod1).locked
        for path in ("base/deployment.yaml", "overlays/prod2/kustomization.yaml"):
            world.commit("change", {f"oc/app1/{path}": b"changed\n"})
            await world.look()
            await world.pass_time(timedelta(seconds=10))
        state = world.desk.situation.cell(prod1)
        assert state.standing != state.locked != before
        await roll_back(world.desk, "sue", APP1, [prod1.instance], reason="it hangs")
        await world.lift_all("prod1")
        await world.pass_time(timedelta(minutes=1))
        assert world.desk.situation.cell(prod1).locked == before
        world.commit("mended", {"oc/app1/base/deployment.yaml": b"mended\n"})
        await world.look()
        await world.pass_time(timedelta(minutes=1))
        assert world.desk.situation.cell(prod1).locked != before
        assert_all_agree(world)


async def test_a_rollback_goes_past_what_was_quarantined_since_it_was_verified() -> None:
    """1.1.0 runs in dev and is quarantined by a person; 1.2.0 replaces it and crashes."""
    world = _world()
    dev = Cell(APP1, DEV)
    async with world.running():
        await world.pass_time(timedelta(seconds=5))
        await _next(world, "1.1.0")
        bad = world.desk.situation.cell(dev).standing
        assert bad is not None
        await quarantine(world.desk, "sue", APP1, bad, whole_digest=False, reason="it leaks")
        world.publish("app1", "1.2.0", crashes())
        await world.look()
        await world.pass_time(timedelta(seconds=30))
        assert tag_in_git(world, "development", "dev") == "1.0.0"
        assert_all_agree(world)
