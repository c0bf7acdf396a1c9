"""Runs checks inside the cluster: a question through a Service, or a Kubernetes Job to its end.

An HTTP check goes through the API server's service proxy, so it reaches a ready pod as other pods would,
wherever Headway itself runs. A job's name follows from its attempt: asked again, the running one is joined.
"""

import asyncio
import hashlib
from collections.abc import Callable, Sequence

from headway.adapters.argocd.connection import Json, mapping
from headway.adapters.argocd.kubernetes import KubernetesApi
from headway.adapters.argocd.pods import judge_pod
from headway.app.check_attempts import CheckAttempts, ask_until_right, weigh
from headway.app.ports import CheckRequest, Reference
from headway.domain.checks import CheckResult, HttpCheck, JobCheck, Verdict
from headway.domain.deployment import Cause
from headway.domain.errors import Transient

KEPT_FOR_S = 600
"""How long Kubernetes keeps a job that nobody removed, because Headway was killed."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 2.0

_PLACES = {
    "Secret": "api/v1/namespaces/{namespace}/secrets/{name}",
    "ConfigMap": "api/v1/namespaces/{namespace}/configmaps/{name}",
    "PersistentVolumeClaim": "api/v1/namespaces/{namespace}/persistentvolumeclaims/{name}",
    "ServiceAccount": "api/v1/namespaces/{namespace}/serviceaccounts/{name}",
}


class ClusterChecks:
    """The checks of one environment's cluster."""

    def __init__(self, api: KubernetesApi, *, has_access: Callable[[], bool]) -> None:
        """Prepare; `has_access` says whether there are credentials for the cluster at all."""
        self._api = api
        self._has_access = has_access
        self._attempts = CheckAttempts()

    async def close(self) -> None:
        """Call off what runs, and close all connections."""
        await self._attempts.stop()
        await self._api.close()

    @property
    def has_access(self) -> bool:
        """Say whether there are credentials for the cluster at all."""
        return self._has_access()

    async def try_access(self) -> None:
        """Reach the cluster with the token that there is.

        Raises:
            Transient: `engine-away`, `engine-denied`.
        """
        await self._api.try_token()

    async def run(self, request: CheckRequest) -> CheckResult:
        """Run a check, or join the attempt that runs."""
        return await self._attempts.run(request, lambda: self._run(request))

    async def missing(self, namespace: str, references: Sequence[Reference]) -> Sequence[Reference]:
        """Give those references that do not exist; what may not be looked at counts as unknown, not missing.

        Without access to the cluster nothing is known to be missing: Kubernetes says it at the deployment,
        and it is never held against the version.

        Raises:
            Transient: `engine-away`.
        """
        if not self._has_access():
            return []
        found = []
        for one in references:
            place = _PLACES.get(one.kind)
            if place is None:
                continue
            path = "/" + place.format(namespace=namespace, name=one.name)
            if await self._api.is_there(path) is False:
                found.append(one)
        return found

    async def _run(self, request: CheckRequest) -> tuple[Verdict, str]:
        check = request.run
        try:
            if isinstance(check, HttpCheck):
                return await self._http(request, check)
            return await self._job(request, check)
        except Transient as error:
            return Verdict.ERRORED, f"{error.what}: {error.why}. {error.next_step}"

    async def _http(self, request: CheckRequest, check: HttpCheck) -> tuple[Verdict, str]:
        async def ask(timeout_s: float) -> tuple[str, bool | None]:
            try:
                return await once(timeout_s)
            except Transient as away:
                # A question that got lost is no verdict: it is asked again as long as the check has time.
                if away.code != "engine-away":
                    raise
                return f"nothing came back through the API server ({away.why})", None

        async def once(timeout_s: float) -> tuple[str, bool | None]:
            service = await self._api.read(f"/api/v1/namespaces/{request.namespace}/services/{check.service}")
            if service is None:
                return f"there is no Service {check.service} in {request.namespace}", None
            ports = mapping(service, "spec").get("ports") or ({"port": 80},)
            port = check.port or int(ports[0].get("port", 80))
            status, body, is_server = await self._api.through_service(
                request.namespace, check.service, port, check.path, timeout_s
            )
            if is_server:
                return _told(body), None
            return weigh(check, status, body)

        asked = f"GET http://{check.service}.{request.namespace}{check.path}"
        return await ask_until_right(request, check, ask, asked)

    async def _job(self, request: CheckRequest, check: JobCheck) -> tuple[Verdict, str]:
        name = "headway-check-" + hashlib.sha256(request.attempt_id.encode()).hexdigest()[:16]
        jobs = f"/apis/batch/v1/namespaces/{request.namespace}/jobs"
        await self._api.create(jobs, _manifest(name, request, check))
        try:
            async with asyncio.timeout(request.timeout.total_seconds()):
                return await self._ended(request, check, name)
        except TimeoutError:
            within = f"{request.timeout.total_seconds():g} s"
            return Verdict.ERRORED, f"{check.image}: it did not end within {within}"
        finally:
            await self._api.delete(f"{jobs}/{name}")

    async def _ended(self, request: CheckRequest, check: JobCheck, name: str) -> tuple[Verdict, str]:
        pause = FIRST_PAUSE_S
        while True:
            pods = await self._api.read(
                f"/api/v1/namespaces/{request.namespace}/pods", {"labelSelector": f"job-name={name}"}
            )
            for pod in (pods or {}).get("items") or ():
                verdict = _verdict(pod, check)
                if verdict is not None:
                    return verdict
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, LONGEST_PAUSE_S)


def _verdict(pod: Json, check: JobCheck) -> tuple[Verdict, str] | None:
    """Read a verdict off a job's pod; None: it has not ended."""
    status = mapping(pod, "status")
    for container in status.get("containerStatuses") or ():
        ended = mapping(container, "state").get("terminated")
        if not ended:
            continue
        code = int(ended.get("exitCode", 0))
        last = " | ".join(str(ended.get("message", "")).strip().splitlines()[-3:])[-300:]
        said = f", saying: {last}" if last else ""
        if code == 0:
            return Verdict.PASSED, f"{check.image} ended with 0{said}"
        found = judge_pod(pod)
        if found is None or found.cause is not Cause.VERSION or ended.get("reason") != "Error":
            return Verdict.ERRORED, f"{check.image} could not be run to its end ({code}){said}"
        return Verdict.FAILED, f"{check.image} ended with {code}{said}"
    return None


def _manifest(name: str, request: CheckRequest, check: JobCheck) -> Json:
    seconds = int(request.timeout.total_seconds()) + 10
    container = {
        "name": "check",
        "image": check.image,
        "env": [{"name": key, "value": value} for key, value in check.environment],
        # The last lines of what it wrote come with its status, so that no permission for logs is needed.
        "terminationMessagePolicy": "FallbackToLogsOnError",
    }
    if check.command:
        container["command"] = list(check.command)
    pod = {"restartPolicy": "Never", "automountServiceAccountToken": False, "containers": [container]}
    labels = {"app.kubernetes.io/managed-by": "headway", "headway.dev/check": request.check}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": name, "namespace": request.namespace, "labels": labels},
        "spec": {
            "backoffLimit": 0,
            "activeDeadlineSeconds": seconds,
            "ttlSecondsAfterFinished": KEPT_FOR_S,
            "template": {"metadata": {"labels": labels}, "spec": pod},
        },
    }


def _told(body: str) -> str:
    if "no endpoints available" in body:
        return "no pod is ready behind the Service"
    return "the API server could not reach a pod behind the Service"
