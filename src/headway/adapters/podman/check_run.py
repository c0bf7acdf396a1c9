"""Runs checks where the instance's network is: an HTTP question to a Service, or a container to its end."""

import json

import httpx

from headway.adapters.podman.address_space import AddressSpace
from headway.adapters.podman.live_pod import PREFIX
from headway.adapters.podman.names import DOMAIN
from headway.adapters.podman.network import network_name
from headway.adapters.podman.podman import Podman
from headway.adapters.podman.settings import AgentSettings
from headway.adapters.podman.traffic import Traffic
from headway.app.check_attempts import CheckAttempts, ask_until_right, weigh
from headway.app.ports import CheckRequest
from headway.domain.checks import CheckResult, HttpCheck, JobCheck, Verdict
from headway.domain.errors import HeadwayError

PROXYS_OWN = (
    (502, b"The server returned an invalid or incomplete response", "the pod broke off its answer"),
    (503, b"No server is available", "no pod is ready behind the Service"),
    (504, b"The server didn't respond in time", "the pod did not answer in time"),
)
"""What haproxy answers itself, and what it tells: nothing of what the application would have said."""
BODY_CAP = 1_000_000
CANNOT_RUN = range(125, 128)
"""Podman's exit statuses for what it could not start (podman-run(1), "Exit Status")."""


class CheckRuns:
    """The checks of one engine."""

    def __init__(self, settings: AgentSettings, podman: Podman, client: httpx.AsyncClient) -> None:
        self._settings = settings
        self._podman = podman
        self._client = client
        self._attempts = CheckAttempts()

    async def run(self, request: CheckRequest, traffic: Traffic, space: AddressSpace | None) -> CheckResult:
        """Run a check, or join the attempt that runs."""
        return await self._attempts.run(request, lambda: self._run(request, traffic, space))

    async def stop(self) -> None:
        """Call off everything; who asked asks again."""
        await self._attempts.stop()

    async def _run(
        self, request: CheckRequest, traffic: Traffic, space: AddressSpace | None
    ) -> tuple[Verdict, str]:
        check = request.run
        if isinstance(check, HttpCheck):
            asked = f"GET http://{check.service}.{request.namespace}{check.path}"
            return await ask_until_right(
                request, check, lambda timeout_s: self._ask(request, check, traffic, timeout_s), asked
            )
        if space is None:
            return Verdict.ERRORED, "the environment has no network yet"
        return await self._job(request, check, space)

    async def _ask(
        self, request: CheckRequest, check: HttpCheck, traffic: Traffic, timeout_s: float
    ) -> tuple[str, bool | None]:
        """Ask once: what came back, and whether it is right; None: no answer of the application came."""
        found = traffic.address(request.namespace, check.service)
        if found is None:
            return f"there is no Service {check.service} in {request.namespace}", None
        address, service = found
        port = check.port or (service.ports[0].port if service.ports else 80)
        url = f"http://{address}:{port}{check.path}"
        host = {"Host": f"{check.service}.{request.namespace}"}
        try:
            async with self._client.stream("GET", url, headers=host, timeout=timeout_s) as answer:
                body = b""
                async for part in answer.aiter_bytes():
                    body += part
                    if len(body) > BODY_CAP:
                        break
        except (httpx.HTTPError, OSError) as away:
            return f"no answer ({type(away).__name__})", None
        if "server" not in answer.headers:
            for status, words, told in PROXYS_OWN:
                if answer.status_code == status and words in body:
                    return told, None
        return weigh(check, answer.status_code, body[:BODY_CAP].decode(errors="replace"))

    async def _job(self, request: CheckRequest, check: JobCheck, space: AddressSpace) -> tuple[Verdict, str]:
        name = f"{self._settings.name}-check-{request.attempt_id}"[:63].rstrip("-.")
        try:
            await self._podman.pull(check.image)
            await self._podman.call("rm", "--force", "--ignore", "--time", "0", name)
            done = await self._podman.attached(
                _arguments(self._settings, request, check, space, name),
                request.timeout,
            )
        except HeadwayError as refused:
            if refused.code == "command-timeout":
                words = f"it did not end within {request.timeout.total_seconds():g} s"
            else:
                words = f"{refused.what}: {refused.why}"
            return Verdict.ERRORED, f"{check.image}: {words}"
        finally:
            await self._remove(name)
        last = " | ".join((done.output.decode(errors="replace") + done.complaint).strip().splitlines()[-3:])[
            -300:
        ]
        said = f", saying: {last}" if last else ""
        if done.status == 0:
            return Verdict.PASSED, f"{check.image} ended with 0{said}"
        if done.status in CANNOT_RUN or done.status < 0 or done.status in {137, 143}:
            return Verdict.ERRORED, f"{check.image} could not be run to its end ({done.status}){said}"
        return Verdict.FAILED, f"{check.image} ended with {done.status}{said}"

    async def _remove(self, name: str) -> None:
        try:
            await self._podman.call("rm", "--force", "--ignore", "--time", "0", name)
        except HeadwayError:
            return  # podman is away: the same attempt's next run removes it first


def _arguments(
    settings: AgentSettings, request: CheckRequest, check: JobCheck, space: AddressSpace, name: str
) -> list[str]:
    searches = (f"{request.namespace}.svc.{DOMAIN}", f"svc.{DOMAIN}", DOMAIN)
    return [
        *("run", "--rm", "--pull=never", "--name", name, f"--label={PREFIX}check-engine={settings.name}"),
        *("--network", network_name(settings.name, request.environment), "--dns", space.name_server),
        *(f"--dns-search={search}" for search in searches),
        "--dns-option=ndots:5",
        *(f"--timeout={int(request.timeout.total_seconds()) + 10}",),
        *(f"--env={key}={value}" for key, value in check.environment),
        # As in Kubernetes, a command takes the place of the image's entrypoint, arguments and all.
        *((f"--entrypoint={json.dumps(list(check.command))}",) if check.command else ()),
        check.image,
    ]
