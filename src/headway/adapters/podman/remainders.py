"""Removes what was begun and is no pod: pods that were never filled, volumes whose pod is not there.

Nobody is told of them by an event, and an agent that was killed in the middle leaves them. Volume claims are
no pod's and stay.
"""

from collections.abc import Callable, Mapping

from headway.adapters.podman.live_pod import LivePod
from headway.adapters.podman.podman import Podman

VOLUMES_EVERY = 30
"""How many looks for pods there are to one for volumes; the first is one."""


class Remainders:
    """What is left of one engine's beginnings; `starting` names the pods that are on their way."""

    def __init__(self, podman: Podman, starting: Callable[[], set[str]]) -> None:
        self._podman = podman
        self._starting = starting
        self._looks = 0

    async def remove(self, pods: Mapping[str, LivePod]) -> None:
        """Look once; `pods` is the newest listing.

        Raises:
            Transient: podman does not answer.
        """
        for name in await self._podman.pod_names() - pods.keys() - self._starting():
            # What was started since the list was made is whole by now, and no remainder.
            now = await self._podman.pods()
            if name not in now and name not in self._starting():
                await self._podman.remove_pods([name])
                await self._podman.remove_volumes(of=name)
        if self._looks % VOLUMES_EVERY == 0:
            await self._remove_volumes()
        self._looks += 1

    async def _remove_volumes(self) -> None:
        owners = await self._podman.volume_owners()
        # A pod's volumes are there before the pod is: those that have one by now are left.
        for name in owners and owners - await self._podman.pod_names() - self._starting():
            await self._podman.remove_volumes(of=name)
