"""Standards at the gate: what would run is judged, and nothing that is not known to meet them goes in."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import pytest
from tests.fixtures.branches import commits_of
from tests.fixtures.standards_world import BROKEN, ENOUGH, PROGRESS, StandardsWorld, waiver

from headway.app.commands.accept import accept
from headway.app.commands.promote import promote
from headway.app.commands.roll_back import roll_back
from headway.app.queries.status import status
from headway.domain.errors import Refused, UsageError
from headway.domain.facts import PromotionKind, StandardsJudged, StandardsTaken
from headway.domain.names import ArtifactName, Cell, CommitId, InstanceName
from headway.testing.manifests import InMemoryManifests

APP1 = ArtifactName("oc", "app1")
DEV, STAGING = InstanceName("oc", "dev"), InstanceName("oc", "staging")
ENDS = date(2026, 3, 20)
OVER = datetime(2026, 3, 21, tzinfo=UTC)


async def test_a_version_that_breaks_a_rule_is_kept_out_until_it_is_mended() -> None:
    """The gate names the rule, the object and what to do; a mend on main opens it everywhere."""
    world = StandardsWorld(standards={"enough": ENOUGH})
    async with world.running():
        await world.go()
        (good,) = world.commits()
        world.write_spec(replicas=1)
        await world.go()
        assert world.commits() == {good}
        (words,) = world.says("dev")
        assert words.endswith(
            "does not meet a standard: enough · Deployment app1: Write two replicas at least"
        )
        mended = world.write_spec(replicas=3)
        await world.go()
        assert world.commits() == {mended}
        assert world.says("dev") == []
        await world.hold_increments()


async def test_a_commit_that_breaks_a_rule_stops_no_image() -> None:
    """New images go out with the last commit that meets the standards."""
    world = StandardsWorld(standards={"enough": ENOUGH})
    async with world.running():
        await world.go()
        (good,) = world.commits()
        world.write_spec(replicas=1)
        await world.go()
        for number in range(1, 4):
            world.publish("app1", f"1.{number}.0")
            await world.go()
            assert world.tags() == [f"1.{number}.0"] * 4
            assert world.commits() == {good}
        mended = world.write_spec(replicas=2, paused=False)
        await world.go()
        assert world.commits() == {mended}
        await world.hold_increments()


async def test_a_rule_that_one_instance_breaks_stops_it_there() -> None:
    """What is rendered for an instance is judged, not what is written in the base."""
    world = StandardsWorld(standards={"enough": ENOUGH})
    async with world.running():
        await world.go()
        (good,) = world.commits()
        wrong = world.write_spec(overlay="prod1", replicas=1)
        await world.go()
        assert world.says("prod1")
        assert world.commits() == {good}
        standing = [world.desk.situation.cell(Cell(APP1, one)).standing for one in (DEV, STAGING)]
        assert [one.commit for one in standing if one] == [wrong, wrong]


async def test_a_change_of_standards_shuts_at_once_what_was_open() -> None:
    """It needs no new version: what waits behind a hold is kept out as soon as the rule is seen."""
    world = StandardsWorld(standards={"enough": ENOUGH})
    async with world.running():
        await world.go()
        await world.hold_all("staging")
        world.publish("app1", "1.1.0")
        await world.go()
        assert world.says("staging") == []
        world.write_standard("progress", PROGRESS.replace("<= 60", "== 30"))
        await world.look()
        assert ["progress" in one for one in world.says("staging")] == [True]
        await world.lift_all("staging")
        await world.go()
        assert world.tags() == ["1.1.0", "1.0.0", "1.0.0", "1.0.0"]
        world.write_standard("progress", None)
        await world.go()
        assert world.tags() == ["1.1.0"] * 4
        await world.hold_increments()


async def test_a_rule_and_what_breaks_it_in_one_push_are_seen_together() -> None:
    """No commit slips through between the rule on main and its force."""
    world = StandardsWorld()
    async with world.running():
        await world.go()
        (good,) = world.commits()
        edits = {"standards/enough.yaml": ENOUGH.encode(), "oc/app1/base/spec": b'{"replicas": 1}'}
        world.commit("Both", edits)
        await world.go()
        assert world.commits() == {good}


async def test_a_waiver_lets_a_violation_through_until_its_instant() -> None:
    """It ends by itself, without anybody's look, and what it let through blocks again."""
    world = StandardsWorld(standards={"enough": ENOUGH}, waivers=waiver("enough", ENDS))
    async with world.running():
        await world.go()
        await world.hold_all("staging")
        waived = world.write_spec(replicas=1)
        await world.go()
        cell = world.desk.situation.cell(Cell(APP1, DEV))
        assert cell.locked is not None
        assert cell.locked.commit == waived
        await world.pass_at_once(OVER - timedelta(seconds=1) - world.clock.now())
        assert world.says("staging") == []
        sequence = world.desk.situation.sequence
        await world.pass_time(timedelta(seconds=1))
        (words,) = world.says("staging")
        assert "(the waiver of pat ended with 2026-03-20: the next version mends it)" in words
        assert world.desk.situation.sequence == sequence
        await world.lift_all("staging")
        await world.pass_time(timedelta(seconds=20))
        assert waived not in {cell.commit for cell in _locked(world, "staging", "prod1", "prod2")}
        await world.hold_increments()


def _locked(world: StandardsWorld, *instances: str) -> list[object]:
    cells = [world.desk.situation.cell(Cell(APP1, InstanceName("oc", name))) for name in instances]
    return [cell.locked for cell in cells]


async def test_a_waiver_on_main_opens_the_gate_once_it_is_accepted() -> None:
    """It loosens the estate, so somebody who held the power before says yes; nothing is judged again."""
    world = StandardsWorld(standards={"enough": ENOUGH})
    async with world.running():
        await world.go()
        wrong = world.write_spec(replicas=1)
        await world.go()
        world.commit("Waive", {"standards/waivers.yaml": waiver("enough", ENDS).encode()})
        await world.go()
        assert world.says("dev")
        judged = await _judged(world, wrong)
        assert judged == 1
        await accept(world.desk, "pat", reason="until the next version")
        await world.look()
        assert world.says("dev") == []
        await world.go()
        assert world.commits() == {wrong}
        assert await _judged(world, wrong) == judged


async def _judged(world: StandardsWorld, commit: CommitId) -> int:
    """Count how often a configuration was judged for the first instance."""
    facts = [one for one in await world.facts(StandardsJudged) if isinstance(one, StandardsJudged)]
    return sum(one.instance == DEV and one.version.commit == commit for one in facts)


async def test_a_rollback_to_what_breaks_todays_rules_passes_and_says_so() -> None:
    """What goes back is judged, recorded in the fact and in the commit, and stopped by nothing."""
    world = StandardsWorld()
    async with world.running():
        await world.go()
        (first,) = world.commits()
        world.write_spec(replicas=3)
        await world.go()
        world.write_standard("enough", ENOUGH.replace(">= 2", ">= 3"))
        await world.go()
        (back,) = await roll_back(world.desk, "sue", APP1, [STAGING], reason="it is slow")
        assert back.unmet == ("enough · Deployment app1: Write two replicas at least",)
        await world.go()
        decided = [one for one in await world.promotions() if one.kind is PromotionKind.ROLLBACK]
        assert [one.unmet for one in decided] == [back.unmet]
        assert decided[0].changes[0].after is not None
        assert decided[0].changes[0].after.commit == first
        newest = commits_of(world, "staging")[-1]
        assert newest.trailers["Does-Not-Meet"] == back.unmet
        (locked,) = _locked(world, "staging")
        assert locked == decided[0].changes[0].after


async def test_a_policy_that_does_not_compile_lets_nothing_pass_and_hides_no_other() -> None:
    """The gate names file and line; what the other rules find is said too."""
    world = StandardsWorld(standards={"enough": ENOUGH})
    async with world.running():
        await world.go()
        (good,) = world.commits()
        world.write_standard("broken", BROKEN)
        world.write_spec(replicas=1)
        await world.go()
        (words,) = world.says("dev")
        assert "a standard cannot be asked, and so nothing passes: standards/broken.yaml:1:" in words
        assert "enough · Deployment app1" in words
        mended = world.write_spec(replicas=2)
        await world.go()
        assert world.commits() == {good}
        assert all("cannot be asked" in one for one in world.says("dev"))
        world.write_standard("broken", None)
        await world.go()
        assert world.commits() in ({mended}, {good})
        await world.hold_increments()


class _Linked(InMemoryManifests):
    """A repository whose `standards/` holds a link once a test says so."""

    is_linked = False

    async def read_folder(self, commit: CommitId, path: str) -> Mapping[str, bytes]:
        """Refuse the folder as the real repository does."""
        if self.is_linked and path == "standards":
            raise UsageError("path-outside", "standards/x is a link", why="it leads out", next_step="Copy it")
        return await super().read_folder(commit, path)


async def test_standards_that_cannot_be_read_let_nothing_pass_and_stop_nothing_else() -> None:
    """A link among them is named; the estate, the branches and rollbacks go on."""
    world = StandardsWorld(standards={"enough": ENOUGH})
    linked = world.manifests = _Linked(world.remote)
    async with world.running():
        await world.go()
        linked.is_linked = True
        world.write_standard("other", ENOUGH.replace("enough", "other"))
        world.publish("app1", "1.1.0")
        await world.go()
        assert world.tags() == ["1.0.0"] * 4
        (words,) = world.says("dev")
        assert "nothing passes: standards:1: the document: standards/x is a link: it leads out" in words
        assert any("standards/x is a link" in one for one in status(world.desk).standards)
        linked.is_linked = False
        world.write_standard("other", None)
        await world.go()
        assert world.tags() == ["1.1.0"] * 4
        await world.hold_increments()


async def test_a_judge_that_fails_is_no_pass_and_is_asked_again() -> None:
    """The gate says that it could not be judged, and opens by itself once the judge answers."""
    world = StandardsWorld(standards={"enough": ENOUGH})
    async with world.running():
        await world.go()
        world.policies.fails = True
        world.publish("app1", "1.1.0")
        await world.go()
        (words,) = world.says("dev")
        assert "could not be judged, which is no pass: RuntimeError" in words
        assert world.tags() == ["1.0.0"] * 4
        facts = len(await world.facts(StandardsJudged))
        await world.go(60)
        assert len(await world.facts(StandardsJudged)) == facts
        world.policies.fails = False
        await world.go(60)
        assert world.tags() == ["1.1.0"] * 4


async def test_nothing_is_judged_where_an_estate_uses_nothing() -> None:
    """An estate without standards and without a version of Kubernetes costs nothing."""
    world = StandardsWorld()
    async with world.running():
        await world.go()
        assert world.tags() == ["1.0.0"] * 4
        assert (world.policies.judged, world.schemas.asked) == ([], 0)
        assert await world.facts(StandardsTaken) == []


async def test_verdicts_outlive_the_service_and_not_another_version_of_headway() -> None:
    """Killed and started again nothing is judged twice; what another Headway judged counts no more."""
    world = StandardsWorld(standards={"enough": ENOUGH})
    async with world.running():
        await world.go()
        world.write_spec(replicas=1)
        await world.go()
    judged = len(await world.facts(StandardsJudged))
    async with world.running():
        await world.go()
        assert world.says("dev")
        assert len(await world.facts(StandardsJudged)) == judged
        known = world.desk.situation.standards
        assert known is not None
        await world.record(
            StandardsTaken(
                commit=known.commit,
                headway="0.0.1",
                fingerprint=known.fingerprint,
                chosen=known.chosen,
                rules=known.rules,
            )
        )
    world.remote.is_away = True
    async with world.running():
        await world.pass_time(timedelta(seconds=30))
        assert any("have not been read yet" in one for one in world.says("dev"))
    world.remote.is_away = False
    async with world.running():
        await world.go()
        assert any("enough ·" in one for one in world.says("dev"))
        assert len(await world.facts(StandardsJudged)) > judged


async def test_asking_for_what_does_not_meet_the_standards_is_refused_at_once() -> None:
    """A request for it would wait for nothing, and keep everything newer waiting."""
    world = StandardsWorld(standards={"enough": ENOUGH})
    async with world.running():
        await world.go()
        world.write_spec(replicas=1)
        await world.go()
        plan = world.desk.planner.cell_plans(DEV)[APP1]
        with pytest.raises(Refused) as refused:
            await promote(world.desk, "pat", APP1, DEV, plan.weighed[0].version, reason="please")
        assert "enough · Deployment app1" in refused.value.why
