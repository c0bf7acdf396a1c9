"""Whatever is published, broken, touched, killed or decided by people, in any order: the rules hold.

The rules of the machine stand in `tests/fixtures/machine_*.py`, what it is held to beside them, in
`delivery_oracle.py`, `gate_oracle.py` and `judgement_oracle.py`. `HYPOTHESIS_PROFILE=deep` runs it for long.
"""

import os
from datetime import timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, settings
from tests.fixtures.chaos_truth import ARTIFACTS, ENVIRONMENTS, FREEZABLE, INSTANCES, WALKED
from tests.fixtures.chaos_world import artifact_name, instance
from tests.fixtures.increments import replay
from tests.fixtures.machine_flows import Flows
from tests.fixtures.machine_nature import Nature

from headway.app.queries.why import why
from headway.domain.gates.quarantine import standing_quarantine
from headway.domain.names import Cell, Version

settings.register_profile(
    "quick",
    max_examples=40,
    stateful_step_count=25,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),  # a failure is told as it came; `deep` makes it small
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "quick")
pytestmark = pytest.mark.timeout(600 if PROFILE == "quick" else 0)
settings.register_profile(
    "deep", max_examples=1000, stateful_step_count=60, deadline=None, suppress_health_check=list(HealthCheck)
)


class DeliveryMachine(Flows, Nature):
    """One estate of two artifacts in five instances, and everything that can happen to it."""

    def teardown(self) -> None:
        """When all is well again ledger, Git and engine agree, and the newest version arrives."""
        try:
            if self.process is not None:
                self.come_back()
                self.the_untouched_go_on()
                self.hands.mend_all()
                self.heal()
                self.touched_is_said()
                self.the_rules_hold()
                self.oracle.agree(set())
                self.everything_agrees()
                self.what_does_not_arrive_is_explained()
                self.a_fresh_version_arrives()
                self.the_rules_hold()
                replay(self.facts, Random(len(self.facts)))  # noqa: S311  # batch sizes
        finally:
            self.stop()
            self.runner.close()

    def come_back(self) -> None:
        """Bring every source back, and end every freeze."""
        self.world.remote.is_away = self.world.registry.away = False
        self.come_and_go("engine", away=False)
        for wave in FREEZABLE:
            self.unfreeze(wave)
            self.accept()
        self.do(self.world.hint())

    def heal(self) -> None:
        """Let time pass, while support resumes and approves all that waits, until nothing happens."""
        for _ in range(12):
            known = self.world.desk.situation.sequence
            self.do(self.world.hint())
            self.do(self.world.pass_time(timedelta(minutes=12)))
            for name in INSTANCES:
                self.resume(name)
            for artifact in (None, *ARTIFACTS):
                self.approve(artifact, "sue")
                self.approve(artifact, "sam")
            if self.world.desk.situation.sequence == known:
                break
        self.do(self.world.pass_time(timedelta(minutes=12)))

    def everything_agrees(self) -> None:
        """Ledger, Git and engine hold the same locks."""
        for name, branch in ENVIRONMENTS.items():
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

    def the_untouched_go_on(self) -> None:
        """While one region of the last wave is touched, a good version still reaches all others."""
        if len(self.hands.touched) == 1 and self.hands.touched.keys() <= {"prod1", "prod2"}:
            self.a_fresh_version_arrives()

    def a_fresh_version_arrives(self) -> None:
        """A good image with a good configuration reaches every folder that nobody touched (rule 12)."""
        fresh = {}
        for artifact in ARTIFACTS:
            self.world.configure(artifact, "good")
            fresh[artifact] = Version(
                self.world.publish_fated(artifact, "good"), self.world.truth.commits[-1]
            )
            # What somebody asked for keeps everything else out until they drop it (limits.md).
            for name in INSTANCES:
                self.cancel(artifact, name)
        self.heal()
        fresh[WALKED] = self.the_team_parts_images(fresh[WALKED])
        for artifact, version in fresh.items():
            for name in [name for name in INSTANCES if name not in self.hands.touched]:
                lock = self.world.desk.situation.instance(instance(name)).lock or {}
                assert lock.get(artifact) == version, (
                    f"{artifact} {version} is not in {name}: {self.world.tags(artifact, INSTANCES)} "
                    f"{self.world.why(name, artifact)} {self.world.desk.planner.wanted(instance(name))}"
                )

    def the_team_parts_images(self, version: Version) -> Version:
        """Where two images and nothing good lie between, one is taken back, as `why` asks."""
        for name in [name for name in INSTANCES if name not in self.hands.touched]:
            locked = (self.world.desk.situation.instance(instance(name)).lock or {}).get(WALKED)
            if locked is None or locked == version:
                continue
            answers = why(self.world.desk, Cell(artifact_name(WALKED), instance(name)), version).answers
            if any(shut.gate == "images" for answer in answers for shut in answer.blocked):
                beside = self.world.truth.beside[locked.commit]
                version = Version(version.digest, self.world.configure(WALKED, "good", beside))
                self.heal()
        return version


TestDelivery = DeliveryMachine.TestCase
TestDelivery.settings = settings.get_profile(PROFILE)
