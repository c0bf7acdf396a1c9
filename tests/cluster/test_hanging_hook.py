"""A sync that hangs in a hook: support's rollback does not wait for it, and the ledger says so."""

import asyncio

import pytest
from tests.cluster.test_engine_hooks import BEFORE_THE_SYNC
from tests.fixtures.cluster_delivery import ClusterDelivery
from tests.fixtures.served import surface_of
from tests.fixtures.tiny_estate import TinyApplication, application_files

from headway.domain.facts import DeploymentInterrupted, PromotionDecided, PromotionKind
from headway.domain.names import InstanceName

pytestmark = pytest.mark.cluster

DEV = ("{wave: dev, instances: {dev: staging}}",)

HOOK = """\
---
apiVersion: batch/v1
kind: Job
metadata:
  name: migrate
  annotations: {annotations}
spec:
  backoffLimit: 0
  template:
    spec:
      restartPolicy: Never
      terminationGracePeriodSeconds: 1
      containers:
      - name: migrate
        image: {image}
        command: [/probe, sleep, "3600"]
"""


async def test_a_rollback_by_the_command_line_ends_a_sync_that_hangs_in_a_hook(
    cluster_delivery: ClusterDelivery,
) -> None:
    """The hook would take an hour: 1.0.0 is back and verified, and that the sync was ended is a fact."""
    delivery = cluster_delivery
    name = f"shop-{delivery.token}"
    dev = InstanceName(name, "dev")
    delivery.begin([TinyApplication(name=name)], DEV, {"dev": "staging"})
    async with delivery.running(), surface_of(delivery.controller, delivery.home.state, "sue") as people:
        await delivery.deliver(name, "1.0.0")
        await delivery.until_verified([name], "1.0.0", within_s=90)
        first = delivery.cell(name).version

        hook = HOOK.format(annotations=BEFORE_THE_SYNC, image=delivery.repository(name))
        # A hook alone would be no difference to Argo CD, and no sync would come.
        hangs = TinyApplication(name=name, more=hook, environment={"COLOUR": "green"})
        delivery.commit(application_files(hangs, delivery.repository(name), ("dev",)), "Migrate before")
        await delivery.until(
            "the sync waits for its hook",
            lambda: "waiting for completion of hook" in delivery.cell(name).words,
            within_s=90,
        )
        reason = ("--reason", "the migration hangs")
        ran = await people.headway("rollback", f"{name}/app", "--from", str(dev), *reason, person="sue")
        assert ran.code == 0, ran.err
        await delivery.until(
            "what was before is verified again",
            lambda: delivery.cell(name).version == first and not delivery.cell(name).underway,
            within_s=90,
        )
        assert delivery.cell(name).verification == "passed"
        (rollback,) = [one for one in delivery.bodies(PromotionDecided) if one.kind is PromotionKind.ROLLBACK]
        (interrupted,) = delivery.bodies(DeploymentInterrupted)
        assert (interrupted.promotion_id, interrupted.gave_up) == (rollback.promotion_id, True)
        about = ("--field-selector", f"involvedObject.name={name}-dev", "-o", "jsonpath={.items[*].message}")
        namespace = delivery.cluster.argocds["staging"].namespace

        async def is_terminated() -> bool:
            told = await asyncio.to_thread(delivery.cluster.kubectl, "get", "events", "-n", namespace, *about)
            return "headway terminated running operation" in told

        await delivery.until_async("Argo CD says who ended its sync", is_terminated)
        assert await delivery.answer(name) == f"{name} 1.0.0"
