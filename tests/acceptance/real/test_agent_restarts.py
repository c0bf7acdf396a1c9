"""The podman agent alone: it goes on without the server, and after a kill it takes up where it was."""

from tests.fixtures.real_delivery import RealDelivery
from tests.fixtures.tiny_estate import TinyApplication, application_files

from headway.domain.deployment import DeploymentState
from headway.domain.facts import DeploymentSeen, Outcome, PromotionEnded
from headway.domain.names import InstanceName

BRANCH = "environments/development"
DEV = InstanceName("shop", "dev")
JOB = """\
---
apiVersion: batch/v1
kind: Job
metadata: {name: prepare}
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
      - name: prepare
        image: IMAGE
        args: [append, /data/runs, ran]
        volumeMounts: [{name: data, mountPath: /data}]
      volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteMany], resources: {requests: {storage: 1Mi}}}
"""
MOUNTED = """\
      volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
      containers:
      - name: app
        volumeMounts: [{name: data, mountPath: /data}]
"""


async def test_an_agent_follows_a_revert_by_hand_while_the_server_is_down(delivery: RealDelivery) -> None:
    """People may revert on the branch itself; the server says so when it is back, and undoes nothing."""
    delivery.begin([TinyApplication(name="shop")])
    await delivery.agent.start()
    delivery.publish("shop", "1.0.0")
    async with delivery.running():
        await delivery.until_verified(["shop"], "1.0.0")
        before = delivery.remote.tip(BRANCH)
        await delivery.deliver("shop", "1.1.0")
        await delivery.until_verified(["shop"], "1.1.0")
        assert await delivery.answer("shop") == "shop 1.1.0"
    after = delivery.remote.tip(BRANCH)
    tree = delivery.remote.git("rev-parse", f"{before}^{{tree}}")
    delivery.remote.commit_tree(BRANCH, tree, "Revert by hand", after)
    await delivery.until_answer("shop", "shop 1.0.0")
    async with delivery.running():
        await delivery.until(
            "told", lambda: delivery.board().instances and delivery.board().instances[0].touched
        )
        assert "Somebody" in str(delivery.board().instances[0].touched)
        assert await delivery.answer("shop") == "shop 1.0.0"
        undone = delivery.remote.git("rev-parse", f"{after}^{{tree}}")
        delivery.remote.commit_tree(BRANCH, undone, "Revert the revert", delivery.remote.tip(BRANCH))
        delivery.controller.git_moved()
        await delivery.until("told", lambda: not delivery.board().instances[0].touched)


async def test_an_agent_killed_in_mid_rollout_goes_on_and_runs_a_job_once(delivery: RealDelivery) -> None:
    """Neither the agent's death nor the server's makes a Job run again or a version fail."""
    delivery.begin([TinyApplication(name="shop")])
    _with_job(delivery)
    await delivery.agent.start()
    delivery.publish("shop", "1.0.0")
    async with delivery.running():
        await delivery.until_verified(["shop"], "1.0.0", within_s=90)
        assert (await delivery.answer("shop", path="/file?path=/data/runs")).split() == ["ran"]
        await delivery.deliver("shop", "1.1.0", {"LISTEN_DELAY_S": "3"})
        await delivery.until("it is on its way", lambda: _progressing(delivery))
        delivery.agent.kill()
        await delivery.agent.start()
        await delivery.until_verified(["shop"], "1.1.0", within_s=90)
    delivery.agent.kill()
    await delivery.agent.start()
    async with delivery.running():
        await delivery.until("seen again", lambda: delivery.cell("shop").health == DeploymentState.HEALTHY)
        assert (await delivery.answer("shop", path="/file?path=/data/runs")).split() == ["ran", "ran"]
    assert {one.outcome for one in delivery.bodies(PromotionEnded)} == {Outcome.VERIFIED}


def _with_job(delivery: RealDelivery) -> None:
    """Give the application a Job that leaves a line in a volume for each of its runs."""
    repository = delivery.repository("shop")
    path = "shop/app/base/all.yaml"
    files = application_files(
        TinyApplication(name="shop", more=JOB.replace("IMAGE", repository)), repository, ["dev"]
    )
    text = (files[path] or b"").decode().replace("      containers:\n      - name: app\n", MOUNTED)
    delivery.remote.commit("main", {path: text.encode()}, "Add a Job")


def _progressing(delivery: RealDelivery) -> bool:
    seen = delivery.bodies(DeploymentSeen)
    promotion = delivery.desk.situation.instance(DEV).deployment
    return (
        bool(seen)
        and seen[-1].promotion_id == promotion
        and len(seen[-1].artifacts) == 1
        and any("0 of 1 pods are ready" in health.words for health in seen[-1].artifacts.values())
    )
