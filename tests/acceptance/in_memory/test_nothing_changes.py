"""Commits that render what runs pass without a commit of Headway's; other checks are run all the same."""

from datetime import timedelta

from tests.fixtures.branches import assert_all_agree, commits_of, deployed, lock_of
from tests.fixtures.world import APPLICATION, ESTATE, World

from headway.app.ports import CheckRequest
from headway.domain.checks import Verdict
from headway.domain.facts import NoChangePassed
from headway.domain.lock import LockFile
from headway.domain.names import ArtifactName, Cell, InstanceName

SOAK = ESTATE.replace("{prod1: production-1}}", "{prod1: production-1}, gates: {soak: 10m}}")
CHECKED = (
    APPLICATION
    + "checks:\n- {name: answers, artifacts: [app1], http: {service: app1, path: /%s, expect: 200}}\n"
)
APP1 = ArtifactName("oc", "app1")


async def test_an_overlay_commit_for_production_alone_passes_dev_and_staging_without_a_commit() -> None:
    """It keeps its soak there too: what runs has soaked long since."""
    world = World(estate=SOAK)
    world.publish("app1", "1.0.0")
    world.publish("app2", "1.0.0")
    async with world.running():
        await world.pass_time(timedelta(minutes=20))
        before = {name: len(commits_of(world, name)) for name in ("development", "staging")}
        commit = world.commit("More replicas", {"oc/app1/overlays/prod1/kustomization.yaml": b"replicas 3\n"})
        await world.look()
        await world.pass_time(timedelta(seconds=5))
        lock = lock_of(world, "production-1", "prod1")
        assert lock is not None
        assert lock.entries["app1"].commit == commit, "soaked already, so it goes at once"
        assert {name: len(commits_of(world, name)) for name in before} == before
        assert len(deployed(world, "prod2")) == 1, "prod2 renders the same"
        passed = [one for one in await world.facts(NoChangePassed) if isinstance(one, NoChangePassed)]
        assert {one.instance.instance for one in passed} == {"dev", "staging", "prod2"}
        assert {one.version.commit for one in passed} == {commit}
        assert_all_agree(world)


async def test_the_same_rendering_with_other_checks_is_checked_without_a_commit() -> None:
    """Checks that pass let it through; no branch moves."""
    world = World(application=CHECKED % "healthz")
    asked: list[tuple[str, str]] = []

    def answer(request: CheckRequest, _: LockFile) -> Verdict:
        asked.append((request.instance.instance, getattr(request.run, "path", "")))
        return Verdict.PASSED

    world.engine.answers = answer
    world.publish("app1", "1.0.0")
    world.publish("app2", "1.0.0")
    async with world.running():
        await world.pass_time(timedelta(seconds=5))
        tips = dict(world.remote.branches)
        asked.clear()
        commit = world.commit("Ask elsewhere", {"oc/application.yaml": (CHECKED % "ready").encode()})
        await world.look()
        await world.pass_time(timedelta(seconds=5))
        assert asked == [(name, "/ready") for name in ("dev", "staging", "prod1", "prod2")]
        assert {name: tip for name, tip in world.remote.branches.items() if name != "main"} == {
            name: tip for name, tip in tips.items() if name != "main"
        }
        prod2 = world.desk.situation.cell(Cell(APP1, InstanceName("oc", "prod2")))
        assert prod2.standing is not None
        assert prod2.standing.commit == commit


async def test_new_checks_that_fail_stop_there_and_take_nothing_back() -> None:
    """What runs was verified by its own checks and stays; the version with the new ones is quarantined."""
    world = World(application=CHECKED % "healthz")
    world.engine.answers = lambda request, _: (
        Verdict.FAILED if getattr(request.run, "path", "") == "/wrong" else Verdict.PASSED
    )
    world.publish("app1", "1.0.0")
    world.publish("app2", "1.0.0")
    async with world.running():
        await world.pass_time(timedelta(seconds=5))
        count = len(await world.promotions())
        world.commit("Ask wrongly", {"oc/application.yaml": (CHECKED % "wrong").encode()})
        await world.look()
        await world.pass_time(timedelta(minutes=20))
        assert len(await world.promotions()) == count
        assert len(world.desk.situation.quarantines[APP1]) == 1
        world.commit("Ask rightly", {"oc/application.yaml": (CHECKED % "right").encode()})
        world.publish("app1", "1.1.0")
        await world.look()
        await world.pass_time(timedelta(seconds=5))
        assert world.tags() == ["1.1.0"] * 4
        assert_all_agree(world)
