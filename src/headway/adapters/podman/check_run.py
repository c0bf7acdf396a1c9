"""Runs checks where the instance's network is: an HTTP question to a Service, or a container to its end.

An attempt is known by its id: asked again, the running one is joined, and its result is given again. Failed
is said only of what answered or ran; what could not be asked is errored.
"""

import asyncio
import json
from collections import OrderedDict

import httpx

from headway.adapters.podman.address_space import AddressSpace
from headway.adapters.podman.live_pod import PREFIX
from headway.adapters.podman.names import DOMAIN
from headway.adapters.podman.network import network_name
from headway.adapters.podman.podman import Podman
from headway.adapters.podman.settings import AgentSettings
from headway.adapters.podman.traffic import Traffic
from headway.app.ports import CheckRequest
from headway.domain.checks import CheckResult, HttpCheck, JobCheck, Verdict
from headway.domain.errors import HeadwayError

KEPT = 1000
"""How many results are remembered for those who ask again."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 2.0
WRONG_IN_A_ROW, WRONG_FOR_S = 5, 2.0
"""So many wrong answers, over at least so long, fail a check before its time is up."""
PROXYS_OWN = (
    (502, b"The server returned an invalid or incomplete response", "the pod broke off its answer"),
    (503, b"No server is available", "no pod is ready behind the Service"),
    (504, b"The server didn't respond in time", "the pod did not answer in time"),
)
"""What haproxy answers itself, and what it tells: nothing of what the application would have said."""
HOLD_PAUSE_S = 1.0
WRONG_WHILE_HELD = 2
"""So many wrong answers fail a check that must hold; one slip is forgiven."""
BODY_CAP = 1_000_000
CANNOT_RUN = range(125, 128)
"""Podman's exit statuses for what it could not start (podman-run(1), "Exit Status")."""


class CheckRuns:
    """The checks of one engine."""

    def __init__(self, settings: AgentSettings, podman: Podman, client: httpx.AsyncClient) -> None:
        self._settings = settings
        self._podman = podman
        self._client = client
        self._running: OrderedDict[str, asyncio.Task[CheckResult]] = OrderedDict()

    async def run(self, request: CheckRequest, traffic: Traffic, space: AddressSpace | None) -> CheckResult:
        """Run a check, or join the attempt that runs."""
        task = self._running.get(request.attempt_id)
        if task is None or task.cancelled():
            task = asyncio.create_task(self._run(request, traffic, space))
            self._running[request.attempt_id] = task
            while len(self._running) > KEPT and next(iter(self._running.values())).done():
                self._running.popitem(last=False)
        return await asyncio.shield(task)

    async def stop(self) -> None:
        """Call off everything; who asked asks again."""
        for task in self._running.values():
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _run(self, request: CheckRequest, traffic: Traffic, space: AddressSpace | None) -> CheckResult:
        if isinstance(request.run, HttpCheck):
            verdict, words = await self._http(request, request.run, traffic)
        elif space is None:
            verdict, words = Verdict.ERRORED, "the environment has no network yet"
        else:
            verdict, words = await self._job(request, request.run, space)
        return CheckResult(check=request.check, verdict=verdict, words=" ".join(words.split())[:600])

    async def _http(self, request: CheckRequest, check: HttpCheck, traffic: Traffic) -> tuple[Verdict, str]:
        asked = f"GET http://{check.service}.{request.namespace}{check.path}"
        loop = asyncio.get_running_loop()
        ends_at = loop.time() + request.timeout.total_seconds()
        pause, wrong, wrong_since, last = FIRST_PAUSE_S, 0, 0.0, ""
        silence = "nothing answered"
        while True:
            left = ends_at - loop.time()
            answer, right = await self._ask(request, check, traffic, max(0.1, min(10.0, left)))
            if right:
                return await self._hold(request, check, traffic, f"{asked} answered {answer}")
            if right is None:
                silence, wrong = answer, 0
            else:
                wrong_since = loop.time() if wrong == 0 else wrong_since
                wrong, last = wrong + 1, answer
                if wrong >= WRONG_IN_A_ROW and loop.time() - wrong_since >= WRONG_FOR_S:
                    return (
                        Verdict.FAILED,
                        f"{asked} answered {answer}, {wrong} times in a row, not {_wanted(check)}",
                    )
            if loop.time() + pause >= ends_at:
                if last and right is not None:
                    return Verdict.FAILED, f"{asked} answered {last} to the end, not {_wanted(check)}"
                seen = f"; before that it answered {last}" if last else ""
                return (
                    Verdict.ERRORED,
                    f"{asked}: {silence} within {request.timeout.total_seconds():g} s{seen}",
                )
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, LONGEST_PAUSE_S, 0.5 if wrong else LONGEST_PAUSE_S)

    async def _hold(
        self, request: CheckRequest, check: HttpCheck, traffic: Traffic, passed: str
    ) -> tuple[Verdict, str]:
        """Ask on for as long as the answer must stay right: what flaps is not steady."""
        loop = asyncio.get_running_loop()
        ends_at = loop.time() + request.holds_for.total_seconds()
        wrong, answer = 0, ""
        right: bool | None = True
        # The last answer must be right and not before its time: silence may be the crash that ends it all.
        while (left := ends_at - loop.time()) > 0 or right is not True:
            if left <= -request.timeout.total_seconds():
                return Verdict.ERRORED, f"{passed}, then {answer} to the end"
            await asyncio.sleep(min(HOLD_PAUSE_S, left) if left > 0 else HOLD_PAUSE_S)
            answer, right = await self._ask(request, check, traffic, 10.0)
            wrong += right is False
            if wrong >= WRONG_WHILE_HELD:
                return Verdict.FAILED, f"{passed}, then {answer}, not {_wanted(check)}: it is not steady"
        return Verdict.PASSED, passed

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
        text = body[:BODY_CAP].decode(errors="replace")
        right = answer.status_code == check.expect and (check.contains is None or check.contains in text)
        lacks = "" if right or answer.status_code != check.expect else f" without {check.contains!r}"
        return f"{answer.status_code}{lacks}", right

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


def _wanted(check: HttpCheck) -> str:
    return f"{check.expect}" + (f" with {check.contains!r}" if check.contains is not None else "")
