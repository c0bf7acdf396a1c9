"""No broken image counts as verified: each kind, or a hundred, meets a real Kubernetes (rules 4 and 5)."""

from dataclasses import replace

import pytest
from tests.fixtures.broken_deliveries import meet_all, suffering, tiny
from tests.fixtures.broken_images import KINDS
from tests.fixtures.cluster_delivery import ClusterDelivery

from headway.domain.facts import Outcome

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(600)]

LANE = "{{wave: dev, instances: {{dev: staging}}, deploymentTimeout: {}, verificationTimeout: 60s}}"
_ENDED = r"app ended with exit status {}"
_AGAIN = r"app ended and is started again \(CrashLoopBackOff\)"
_NEVER_READY = (
    rf"app failed: ReplicaSet \S+ has timed out progressing.*: (pod app-\S+: app not ready|{_AGAIN})"
)
_STARTS_AGAIN = rf"pod app-\S+: app not ready|{_AGAIN}|{_ENDED.format(0)}"
_TOO_LATE = rf"not ready within 0:0[12]:00: app progressing: (1 pods of before still serve|{_STARTS_AGAIN})"
_UNSTEADY = (
    r"answers: GET http://app\.\S+/ answered (200, then 500|500 to the end|500, \d+ times in a row), not 200"
)
HERE = {
    # kind: applications, rounds, outcome, words
    "crash-at-once": (3, 7, Outcome.FAILED, _ENDED.format(1)),
    "crash-soon": (3, 7, Outcome.FAILED, _ENDED.format(1)),
    "crash-soon-unseen": (3, 7, Outcome.FAILED, _ENDED.format(3)),
    "end-at-once": (1, 1, Outcome.FAILED, f"{_NEVER_READY}|{_TOO_LATE}"),
    "crash-late": (3, 2, Outcome.FAILED, _ENDED.format(1)),
    "end-late": (1, 1, Outcome.FAILED, _TOO_LATE),
    "deaf": (1, 3, Outcome.FAILED, _NEVER_READY),
    "deaf-unseen": (1, 2, Outcome.WITHDRAWN, r"the API server could not reach a pod behind the Service"),
    "refusing": (1, 4, Outcome.FAILED, _NEVER_READY),
    "refusing-unseen": (2, 4, Outcome.FAILED, _UNSTEADY),
    "flap": (1, 3, Outcome.FAILED, _UNSTEADY),
    "flap-unseen": (2, 4, Outcome.FAILED, _UNSTEADY),
    "flap-fast": (1, 3, Outcome.FAILED, _UNSTEADY),
}
"""How each kind ends where Kubernetes starts again what ended: to end with 0 is no crash there."""


@pytest.mark.timeout(900)
async def test_no_broken_image_ever_counts_as_verified(
    cluster_delivery: ClusterDelivery, *, is_deep: bool
) -> None:
    """Each kind is taken back as it should be; the pods of before serve where none of the broken is ready."""
    kinds = []
    for kind in KINDS:
        applications, rounds, outcome, words = HERE[kind.name]
        kinds.append(replace(kind, applications=applications, rounds=rounds, outcome=outcome, words=words))
    # What only time condemns takes all of it; a hundred share the machine, so they get twice as much.
    lane = LANE.format("2m" if is_deep else "1m")
    given = suffering(kinds, is_deep=is_deep, token=f"-{cluster_delivery.token}")
    cluster_delivery.begin([tiny(name, kind) for name, kind in given.items()], [lane])
    async with cluster_delivery.running():
        await meet_all(cluster_delivery, given, within_s=400)
