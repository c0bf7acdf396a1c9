"""Whatever is published, broken, killed or decided by people, in any order: the rules hold, and it lives."""

import asyncio
import os
from collections.abc import Coroutine
from datetime import timedelta
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.fixtures.chaos_world import ARTIFACTS, INSTANCES, WAVES, ChaosWorld, Fate, artifact_name, instance
from tests.fixtures.delivery_oracle import DeliveryOracle
from tests.fixtures.increments import compare_plans, replay

from headway.app.commands.approve import approve
from headway.app.commands.hold import hold
from headway.app.commands.promote import promote
from headway.app.commands.quarantine import lift_quarantine, quarantine
from headway.app.commands.resume import resume
from headway.app.commands.roll_back import roll_back
from headway.app.ports import NewCommit
from headway.app.queries.why import why
from headway.domain.deployment import ArtifactHealth, Cause, DeploymentState
from headway.domain.facts import Fact
from headway.domain.gates.quarantine import standing_quarantine
from headway.domain.names import Cell, Version
from headway.testing.simulated_engine import READY

settings.register_profile(
    "quick",
    max_examples=25,
    stateful_step_count=25,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),  # a failure is told as it came; `deep` makes it small
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
settings.register_profile(
    "deep", max_examples=1000, stateful_step_count=60, deadline=None, suppress_health_check=list(HealthCheck)
)

artifacts = st.sampled_from(ARTIFACTS)
places = st.sampled_from(INSTANCES)
FATES: list[Fate] = [
    "good",
    "good",
    "good",
    "crashes",
    "crashes-later",
    "never-ready",
    "unpullable",
    "fails-check",
]
SPANS = [timedelta(seconds=s) for s in (1, 4, 15, 60, 150, 700, 4000)]
BRANCHES = ["development", "staging-1", "staging-2", "production"]


class DeliveryMachine(RuleBasedStateMachine):
    """One estate of two artifacts in four instances, and everything that can happen to it."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.world = ChaosWorld()
        self.oracle = DeliveryOracle(self.world.remote, self.world.truth)
        self.facts: list[Fact] = []
        self.process: Any = None

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Do something on the world's loop, then start the controller anew if it died of it."""
        result = self.runner.run(work)
        if self.world.life.is_dead:
            self.restart()
        assert self.process is None or not self.world.task.done(), "the controller ended by itself"
        return result

    def restart(self) -> None:
        """End the controller, if there is one, and start another on what is left: ledger and Git."""

        async def again() -> None:
            if self.process is not None:
                await self.process.__aexit__(None, None, None)
            self.process = self.world.running()
            await self.process.__aenter__()

        self.runner.run(again())

    # ── what is published and committed ───────────────────────────────────────────────────────────────────

    @initialize(late=st.booleans(), fates=st.tuples(st.sampled_from(FATES), st.sampled_from(FATES)))
    def begin(self, late: bool, fates: tuple[Fate, Fate]) -> None:
        """Begin with a version of each artifact, published before or after the controller came up."""
        if late:
            self.restart()
        for artifact, fate in zip(ARTIFACTS, fates, strict=True):
            self.world.publish_fated(artifact, fate, "dev")
        if not late:
            self.restart()
        self.do(self.world.hint())

    @rule(artifact=artifacts, fate=st.sampled_from(FATES), where=places)
    def publish(self, artifact: str, fate: Fate, where: str) -> None:
        """Publish an image."""
        self.world.publish_fated(artifact, fate, where)

    @rule(artifact=artifacts, content=st.sampled_from(["good", "good", "bad", "broken"]))
    def configure(self, artifact: str, content: Any) -> None:
        """Commit a change of an artifact's base."""
        self.world.configure(artifact, content)

    @rule(artifact=artifacts, where=places)
    def configure_one_instance(self, artifact: str, where: str) -> None:
        """Commit what one instance alone renders: in all others it is no change."""
        self.world.configure_overlay(artifact, where)

    @rule(artifact=artifacts, data=st.data())
    def move_tag(self, artifact: str, data: st.DataObject) -> None:
        """Let a tag point at another image."""
        tags = self.world.truth.tags[artifact]
        tag, _ = data.draw(st.sampled_from(tags))
        _, digest = data.draw(st.sampled_from(tags))
        self.world.registry.move_tag(f"registry.example/oc/{artifact}", tag, digest)

    @rule(branch=st.sampled_from(BRANCHES), number=st.integers(0, 3))
    def commit_elsewhere(self, branch: str, number: int) -> None:
        """Somebody else changes a folder that is not ours on an environment branch."""
        if f"environments/{branch}" in self.world.remote.branches:
            new = NewCommit(
                edits={f"elsewhere/file-{number}": str(self.world.clock.now()).encode()},
                message="Something else",
                author="Other <other@example>",
                at=self.world.clock.now(),
            )
            self.world.remote.commit(f"environments/{branch}", new)

    # ── time, hints, and the death of the process ─────────────────────────────────────────────────────────

    @rule()
    def hint(self) -> None:
        """Notifications arrive."""
        self.do(self.world.hint())

    @rule(span=st.sampled_from(SPANS))
    def pass_time(self, span: timedelta) -> None:
        """Time passes."""
        self.do(self.world.pass_time(span))
        self.do(self.world.look_of_engine())

    @rule(fuse=st.integers(0, 40), span=st.sampled_from(SPANS[:4]))
    def die_soon(self, fuse: int, span: timedelta) -> None:
        """The process dies after so many more calls to the outside, and comes up again."""
        self.world.life.fuse = fuse
        self.do(self.world.hint())
        self.do(self.world.pass_time(span))
        self.world.life.fuse = None

    @rule()
    def die_now(self) -> None:
        """The process dies where it stands."""
        self.restart()

    @rule(back=st.integers(1, 30))
    def set_clock_back(self, back: int) -> None:
        """Somebody sets the clock back a little."""
        self.world.clock.move_by(-timedelta(seconds=back))

    @rule(source=st.sampled_from(["git", "registry", "engine"]), away=st.booleans())
    def come_and_go(self, source: str, away: bool) -> None:
        """An outside system goes away, or comes back."""
        if source == "git":
            self.world.remote.is_away = away
        elif source == "registry":
            self.world.registry.away = away
        elif away:
            self.world.engine.go_away()
        else:
            self.world.engine.is_away = False
            self.do(self.world.look_of_engine())

    @rule(where=places, artifact=artifacts, is_well=st.booleans())
    def falter(self, where: str, artifact: str, is_well: bool) -> None:
        """What runs degrades, or recovers, by no fault of its version."""
        ill = ArtifactHealth(state=DeploymentState.DEGRADED, cause=Cause.SURROUNDINGS, words="node is gone")
        self.do(self.world.falter(where, artifact, READY if is_well else ill))

    # ── people ────────────────────────────────────────────────────────────────────────────────────────────

    @rule(where=places, artifact=st.sampled_from([None, *ARTIFACTS]), minutes=st.sampled_from([None, 1, 20]))
    def hold(self, where: str, artifact: str | None, minutes: int | None) -> None:
        """Support holds an instance, or one artifact in it."""
        until = self.world.clock.now() + timedelta(minutes=minutes) if minutes else None
        desk = self.world.desk
        self.do(
            self.world.person(hold(desk, "sue", instance(where), artifact=artifact, until=until, reason="x"))
        )

    @rule(where=places)
    def resume(self, where: str) -> None:
        """Support resumes an instance."""
        self.do(self.world.person(resume(self.world.desk, "sue", instance(where), reason="x")))

    @rule(artifact=st.sampled_from([None, *ARTIFACTS]))
    def approve(self, artifact: str | None) -> None:
        """Support approves what waits for production."""
        name = artifact_name(artifact) if artifact else None
        command = approve(self.world.desk, "sue", "oc", "production", artifact=name, reason="x")
        self.do(self.world.person(command))

    def draw_version(self, artifact: str, data: st.DataObject) -> Version | None:
        """Draw one of the versions that Headway knows the halves of."""
        shelf = self.world.desk.situation.shelf(artifact_name(artifact))
        if not shelf.newest_images or not shelf.newest_configurations:
            return None
        digest = data.draw(st.sampled_from(shelf.newest_images))
        return Version(digest, data.draw(st.sampled_from(shelf.newest_configurations)))

    @rule(artifact=artifacts, where=places, now=st.booleans(), data=st.data())
    def ask(self, artifact: str, where: str, now: bool, data: st.DataObject) -> None:
        """Support asks for a version."""
        version = self.draw_version(artifact, data)
        if version is not None:
            name, place = artifact_name(artifact), instance(where)
            self.do(
                self.world.person(promote(self.world.desk, "sue", name, place, version, now=now, reason="x"))
            )

    @rule(artifact=artifacts, whole=st.booleans(), data=st.data())
    def quarantine(self, artifact: str, whole: bool, data: st.DataObject) -> None:
        """Support quarantines a version."""
        version = self.draw_version(artifact, data)
        if version is not None:
            name = artifact_name(artifact)
            self.do(
                self.world.person(
                    quarantine(self.world.desk, "sue", name, version, whole_digest=whole, reason="x")
                )
            )

    @rule(artifact=artifacts, data=st.data())
    def lift(self, artifact: str, data: st.DataObject) -> None:
        """Support lifts a quarantine."""
        placed = sorted(self.world.desk.situation.quarantines.get(artifact_name(artifact), {}), key=str)
        if placed:
            version = data.draw(st.sampled_from(placed))
            name = artifact_name(artifact)
            self.do(self.world.person(lift_quarantine(self.world.desk, "sue", name, version, reason="x")))

    @rule(artifact=artifacts, where=places)
    def roll_back(self, artifact: str, where: str) -> None:
        """Support takes an artifact of an instance back."""
        command = roll_back(self.world.desk, "sue", artifact_name(artifact), [instance(where)], reason="x")
        self.do(self.world.person(command))

    # ── what must hold ────────────────────────────────────────────────────────────────────────────────────

    @invariant()
    @precondition(lambda self: self.process is not None)
    def the_rules_hold(self) -> None:
        """Rules 1, 2, 3, 4 and 7, after each step."""
        self.facts = self.runner.run(self.world.recorded())
        self.oracle.take(self.facts)
        self.oracle.look_at_branches()

    @invariant()
    @precondition(lambda self: self.process is not None)
    def increments_equal_planning_from_nothing(self) -> None:
        """What the running planner wants is what a new one would want."""
        compare_plans(self.world.desk.planner, self.world.desk.situation, self.world.desk.now)
        self.world.controller.wake()

    def teardown(self) -> None:
        """When all is well again ledger, Git and engine agree, and the newest version arrives."""
        try:
            if self.process is not None:
                self.heal()
                self.the_rules_hold()
                self.oracle.agree(set())
                self.everything_agrees()
                self.what_does_not_arrive_is_explained()
                self.a_fresh_version_arrives()
                self.the_rules_hold()
                replay(self.facts, Random(len(self.facts)))  # noqa: S311  # batch sizes
        finally:
            if self.process is not None:
                self.runner.run(self.process.__aexit__(None, None, None))
            self.runner.close()

    def heal(self) -> None:
        """Bring every source back and let time pass, while support resumes and approves all that waits."""
        self.world.remote.is_away = self.world.registry.away = False
        self.come_and_go("engine", away=False)
        for _ in range(12):
            self.do(self.world.hint())
            self.do(self.world.pass_time(timedelta(minutes=12)))
            for name in INSTANCES:
                self.resume(name)
            for artifact in (None, *ARTIFACTS):
                self.approve(artifact)
        self.do(self.world.pass_time(timedelta(minutes=12)))

    def everything_agrees(self) -> None:
        """Ledger, Git and engine hold the same locks."""
        for name, branch in zip(INSTANCES, BRANCHES, strict=True):
            in_git = self.oracle.lock(self.world.remote.branches.get(f"environments/{branch}"), name)
            state = self.world.desk.situation.instance(instance(name))
            assert (in_git is None) == (state.lock is None), name
            if in_git is None:
                continue
            locked = {key: Version(entry.digest, entry.commit) for key, entry in in_git.entries.items()}
            assert locked == state.lock, f"{name}: Git and ledger differ"
            assert self.world.engine.lock_of(instance(name)) == in_git, f"{name}: Git and engine differ"
            assert state.touched is None, f"{name} counts as touched by others"

    def what_does_not_arrive_is_explained(self) -> None:
        """The newest version that is not quarantined runs everywhere, or `why` has words."""
        situation = self.world.desk.situation
        for artifact in ARTIFACTS:
            name = artifact_name(artifact)
            shelf = situation.shelf(name)
            newest = Version(shelf.newest_images[0], shelf.newest_configurations[0])
            if standing_quarantine(situation, name, newest, instance(INSTANCES[0])) is not None:
                continue
            cells = [Cell(name, instance(where)) for where in INSTANCES]
            if any(situation.cell(cell).standing != newest for cell in cells):
                answers = [answer for cell in cells for answer in why(self.world.desk, cell, newest).answers]
                assert any(answer.blocked for answer in answers), f"{name} {newest}: nobody says why"

    def a_fresh_version_arrives(self) -> None:
        """A good image with a good configuration reaches the last wave, whatever was before."""
        fresh = {}
        for artifact in ARTIFACTS:
            self.world.configure(artifact, "good")
            fresh[artifact] = Version(
                self.world.publish_fated(artifact, "good"), self.world.truth.commits[-1]
            )
        self.heal()
        for artifact, version in fresh.items():
            for name in [name for wave in WAVES for name in wave]:
                lock = self.world.desk.situation.instance(instance(name)).lock or {}
                assert lock.get(artifact) == version, (
                    f"{artifact} {version} is not in {name}: {self.world.tags(artifact, INSTANCES)} "
                    f"{self.world.why(name, artifact)} {self.world.desk.planner.wanted(instance(name))}"
                )


TestDelivery = DeliveryMachine.TestCase
TestDelivery.settings = settings.get_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))
