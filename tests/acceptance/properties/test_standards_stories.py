"""Whatever happens in whatever order, nothing goes in that does not meet the standards then in force."""

import asyncio
import json
from contextlib import AsyncExitStack, suppress
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.fixtures.policy_documents import policy, says
from tests.fixtures.standards_world import StandardsWorld

from headway.app.commands.roll_back import roll_back
from headway.domain.errors import HeadwayError
from headway.domain.facts import Fact, PromotionDecided, PromotionKind, StandardsTaken
from headway.domain.names import ArtifactName, CommitId, InstanceName

ARTIFACTS = ("app1", "app2")
_ENTERS = (PromotionKind.PROMOTION, PromotionKind.FIRST_LOCK)


class Told(StandardsWorld):
    """A world that remembers of each commit of main the replicas by artifact, and how many are required."""

    def __init__(self) -> None:
        self.replicas = dict.fromkeys(ARTIFACTS, 2)
        self.required = 0
        self.held: dict[CommitId, tuple[dict[str, int], int]] = {}
        self.number = 0
        super().__init__()
        self.note(self.remote.branches["main"])

    def note(self, commit: CommitId) -> None:
        """Remember what a commit holds."""
        self.held[commit] = (dict(self.replicas), self.required)

    def scale(self, artifact: str, replicas: int) -> None:
        """Commit another number of replicas."""
        self.replicas[artifact] = replicas
        self.number += 1
        self.note(self.write_spec(artifact, replicas=replicas, minReadySeconds=self.number))

    def require(self, replicas: int) -> None:
        """Commit another standard, or none."""
        self.required = replicas
        rule = policy("enough", says(f"object.spec.replicas >= {replicas}", "Write more replicas"))
        self.note(self.write_standard("enough", json.dumps(rule) if replicas else None))

    def hold_to(self, facts: list[Fact]) -> None:
        """Hold each decision to the standards that were taken before it."""
        required = 0
        for fact in facts:
            if isinstance(fact.body, StandardsTaken) and fact.body.commit is not None:
                required = self.held[fact.body.commit][1]
            elif isinstance(fact.body, PromotionDecided) and fact.body.kind in _ENTERS:
                for change in fact.body.changes:
                    assert change.after is not None
                    replicas = self.held[change.after.commit][0][change.artifact.artifact]
                    assert replicas >= required, f"{change} has {replicas}, {required} are required"
            elif isinstance(fact.body, PromotionDecided) and fact.body.changes[0].after is not None:
                change = fact.body.changes[0]
                assert change.after is not None
                replicas = self.held[change.after.commit][0][change.artifact.artifact]
                assert bool(fact.body.unmet) == (replicas < required), f"{change}: {fact.body.unmet}"


_artifacts = st.sampled_from(ARTIFACTS)
_counts = st.integers(1, 3)
STEPS = st.one_of(
    st.tuples(st.just("publish"), _artifacts),
    st.tuples(st.just("scale"), _artifacts, _counts),
    st.tuples(st.just("require"), st.integers(0, 3)),
    st.tuples(st.just("hold"), st.sampled_from(("staging", "prod1"))),
    st.tuples(st.just("lift"), st.sampled_from(("staging", "prod1"))),
    st.tuples(st.just("pass"), st.sampled_from((1, 10, 100))),
    st.tuples(st.just("back"), _artifacts, st.sampled_from(("dev", "staging"))),
    st.tuples(st.just("die")),
)


async def _step(world: Told, name: str, *given: object) -> None:
    match name, given:
        case "publish", (str(artifact),):
            world.number += 1
            world.publish(artifact, f"1.{world.number}.0")
        case "scale", (str(artifact), int(replicas)):
            world.scale(artifact, replicas)
        case "require", (int(replicas),):
            world.require(replicas)
        case "hold", (str(instance),):
            await world.hold_all(instance)
        case "lift", (str(instance),):
            await world.lift_all(instance)
        case "pass", (int(seconds),):
            await world.pass_time(timedelta(seconds=seconds))
        case "back", (str(artifact), str(instance)):
            with suppress(HeadwayError):
                cell = (ArtifactName("oc", artifact), [InstanceName("oc", instance)])
                await roll_back(world.desk, "sue", *cell, reason="see")
    if name != "pass":
        # A hint that comes late, or at once.
        await world.look()


async def _tell(steps: list[tuple[object, ...]]) -> None:
    world = Told()
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(world.running())
        for name, *given in steps:
            if name == "die":
                await stack.aclose()
                await stack.enter_async_context(world.running())
                continue
            await _step(world, str(name), *given)
        was_taken_back = any(name == "back" for name, *_ in steps)
        world.require(0)
        for instance in ("staging", "prod1"):
            await world.lift_all(instance)
        for _ in range(4):
            await world.look()
            await world.pass_time(timedelta(seconds=60))
        world.hold_to([fact async for fact in world.ledger.read()])
        await world.hold_increments()
        if not was_taken_back:
            for artifact in ARTIFACTS:
                assert len(set(world.tags(artifact))) == 1, "the newest did not arrive everywhere"


@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.lists(STEPS, min_size=4, max_size=14))
def test_no_order_of_events_lets_in_what_does_not_meet_them(steps: list[tuple[object, ...]]) -> None:
    """Standards, versions, holds, rollbacks and deaths; at the end plans equal those from nothing."""
    asyncio.run(_tell(steps))
