"""What runs is looked at with today's standards: where it no longer meets them is said, and not touched."""

import json
from datetime import date, timedelta

from tests.fixtures.branches import commits_of
from tests.fixtures.standards_world import BROKEN, ENOUGH, StandardsWorld, waiver

from headway.app.queries.attention import attention
from headway.app.queries.status import CellStatus, status
from headway.app.queries.why import why
from headway.domain.facts import RunningJudged
from headway.domain.names import ArtifactName, Cell, InstanceName
from headway.testing.simulated_engine import crashes
from headway.testing.verdicts import MemoryVerdicts

APP1 = ArtifactName("oc", "app1")
DEV, STAGING = InstanceName("oc", "dev"), InstanceName("oc", "staging")
THREE = ENOUGH.replace(">= 2", ">= 3").replace("two", "three")


def _shown(world: StandardsWorld, instance: InstanceName = DEV) -> CellStatus:
    (there,) = [one for one in status(world.desk).instances if one.name == instance]
    return next(one for one in there.cells if one.artifact == APP1)


async def test_a_new_rule_finds_what_runs_and_touches_nothing() -> None:
    """It stands on the board, in `why` and among what needs somebody; no commit is made for it."""
    world = StandardsWorld(standards={"enough": ENOUGH})
    async with world.running():
        await world.go()
        assert _shown(world).unmet == ()
        before = [one.id for name in ("development", "staging") for one in commits_of(world, name)]
        world.write_standard("enough", THREE)
        await world.go(600)
        (found,) = _shown(world).unmet
        assert (found.rule, found.object, found.blocks) == ("enough", "Deployment app1", True)
        assert found.message == "Write three replicas at least"
        assert why(world.desk, Cell(APP1, STAGING)).running == (found,)
        told = attention(status(world.desk))
        assert (
            "oc/app1 in oc/dev runs and does not meet today's standards: "
            "enough · Deployment app1: Write three replicas at least"
        ) in told
        assert [one.id for name in ("development", "staging") for one in commits_of(world, name)] == before
        assert world.tags() == ["1.0.0"] * 4
        await world.hold_increments()


async def test_what_meets_them_again_is_no_longer_told() -> None:
    """By a mend that is promoted, or by the rule that is taken back."""
    world = StandardsWorld(standards={"enough": ENOUGH})
    async with world.running():
        await world.go()
        world.write_standard("enough", THREE)
        await world.go()
        world.write_spec(replicas=3)
        await world.go()
        assert _shown(world).unmet == ()
        assert [one.artifact.artifact for one in world.desk.situation.running] == ["app2"] * 4
        world.write_standard("enough", ENOUGH)
        await world.go()
        assert not world.desk.situation.running
        assert not any("today's standards" in line for line in attention(status(world.desk)))


async def test_a_rule_that_is_gone_takes_its_findings_along() -> None:
    """Where nothing judges any more, nothing is told."""
    world = StandardsWorld(standards={"enough": THREE}, waivers=waiver("enough", date(2026, 3, 30)))
    async with world.running():
        await world.go()
        assert world.tags() == ["1.0.0"] * 4
        assert _shown(world).unmet
        world.write_standard("enough", None)
        await world.go()
        assert _shown(world).unmet == ()


async def test_a_waiver_is_shown_and_its_end_a_week_ahead() -> None:
    """What is waived blocks nobody; a week before its end that is said, and after it what runs is told."""
    ends = date(2026, 3, 20)
    world = StandardsWorld(standards={"enough": THREE}, waivers=waiver("enough", ends))
    async with world.running():
        await world.go()
        (found,) = _shown(world).unmet
        assert not found.blocks
        assert found.waiver == "waived by pat until 2026-03-20: the next version mends it"
        assert attention(status(world.desk)) == ()
        await world.pass_at_once(timedelta(days=12))
        (found,) = _shown(world).unmet
        assert found.waiver is not None
        assert "which is soon" in found.waiver
        (line,) = attention(status(world.desk))
        assert line.startswith("a waiver ends: enough for application oc: waived by pat until 2026-03-20, ")
        await world.pass_at_once(timedelta(days=8))
        (found,) = _shown(world).unmet
        assert found.blocks
        assert any("runs and does not meet" in line for line in attention(status(world.desk)))


async def test_nothing_is_judged_twice() -> None:
    """Not by the gate and then by the look, not for another image, not by a look at nothing new."""
    world = StandardsWorld(standards={"enough": ENOUGH})
    async with world.running():
        await world.go()
        first = len(world.policies.judged)
        assert first == 8, "two artifacts in four instances"
        await world.go(3600)
        assert len(world.policies.judged) == first
        world.publish("app1", "1.1.0")
        await world.go()
        assert len(world.policies.judged) == first + 4
        world.publish("app1", "1.2.0", crashes())
        await world.go()
        assert world.tags() == ["1.1.0"] * 4
        # The last good version came back as it was.
        assert len(world.policies.judged) == first + 5


async def test_a_policy_that_cannot_be_used_needs_somebody() -> None:
    """It is said first, since nothing passes; what runs is judged by the others."""
    world = StandardsWorld(standards={"enough": ENOUGH})
    async with world.running():
        await world.go()
        world.commit("Two", {"standards/odd.yaml": BROKEN.encode(), "standards/enough.yaml": THREE.encode()})
        await world.go()
        told = attention(status(world.desk))
        assert told[0].startswith("a standard cannot be asked, and so nothing passes: standards/odd.yaml:1:")
        assert _shown(world).unmet


async def test_a_definition_that_lands_is_seen_by_what_runs() -> None:
    """A custom resource that nobody defines is told; once its definition is there it is judged by that."""
    world = StandardsWorld(kubernetes="1.34", waivers=waiver("schema", date(2026, 3, 30)))
    widget = {"apiVersion": "example.org/v1", "kind": "Widget", "metadata": {"name": "one"}}
    world.commit("Want", {"oc/app1/base/objects": json.dumps(widget).encode()})
    async with world.running():
        await world.go()
        (found,) = _shown(world).unmet
        assert "no schema for" in found.message
        spec = {
            "group": "example.org",
            "scope": "Namespaced",
            "names": {"kind": "Widget", "plural": "widgets"},
            "versions": [{"name": "v1", "served": True, "storage": True}],
        }
        definition = {
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": {"name": "widgets.example.org"},
            "spec": spec,
        }
        world.commit("Define", {"oc/app2/base/objects": json.dumps(definition).encode()})
        await world.go()
        assert _shown(world).unmet == ()


async def test_it_is_recorded_when_it_changes_and_not_at_each_start() -> None:
    """The ledger says since when it was so."""
    world = StandardsWorld(standards={"enough": ENOUGH})
    async with world.running():
        await world.go()
        assert await world.facts(RunningJudged) == []
        world.write_standard("enough", THREE)
        await world.go()
    told = len(await world.facts(RunningJudged))
    assert told == 8
    async with world.running():
        await world.go(600)
        assert len(await world.facts(RunningJudged)) == told
        assert _shown(world).unmet


async def test_a_start_judges_nothing_again_that_is_as_it_was() -> None:
    """Not what meets the standards, nor what does not; and all that is told of it is told again."""
    world = StandardsWorld(standards={"enough": ENOUGH})
    world.verdicts = MemoryVerdicts()
    async with world.running():
        await world.go()
        world.write_standard("enough", THREE)
        await world.go()
        world.write_spec("app2", replicas=3)
        await world.go()
    judged, told = len(world.policies.judged), len(await world.facts(RunningJudged))
    async with world.running():
        await world.go(600)
        assert len(world.policies.judged) == judged
        assert len(await world.facts(RunningJudged)) == told
        assert sorted({one.artifact for one in world.desk.situation.running}, key=str) == [APP1]


async def test_what_changed_while_the_service_was_down_is_judged() -> None:
    """By a rule that is another now; what it found before is not taken for what it finds."""
    world = StandardsWorld(standards={"enough": ENOUGH})
    world.verdicts = MemoryVerdicts()
    async with world.running():
        await world.go()
    judged = len(world.policies.judged)
    world.write_standard("enough", THREE)
    async with world.running():
        await world.go()
        assert len(world.policies.judged) == judged + 8
        assert _shown(world).unmet
