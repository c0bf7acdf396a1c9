"""A check inside a cluster tells what the application answered; a question that got lost is asked again."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler

import pytest
from tests.fixtures.json_server import JsonHandler, serving

from headway.adapters.argocd.cluster_checks import ClusterChecks
from headway.adapters.argocd.credentials import Credentials
from headway.adapters.argocd.kubernetes import KubernetesApi
from headway.app.ports import CheckRequest
from headway.domain.checks import CheckResult, HttpCheck, Verdict
from headway.domain.names import EnvironmentName, InstanceName

SERVICE = {"spec": {"ports": [{"port": 80}]}}
STATUS = {
    "kind": "Status",
    "apiVersion": "v1",
    "message": "error trying to reach service: connection refused",
}
LOST = (0, {})
"""An answer that never comes: the connection breaks."""


@contextmanager
def cluster(*answers: tuple[int, object]) -> Iterator[str]:
    """Serve an API server that gives these answers through the Service, the last of them on and on."""
    left = list(answers)

    class Handler(JsonHandler, BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if not self.path.endswith("/proxy/"):
                self.answer(200, SERVICE)
                return
            status, body = left.pop(0) if len(left) > 1 else left[0]
            if status:
                self.answer(status, body)

    with serving(Handler) as url:
        yield url


def check(url: str, timeout_s: float = 30) -> CheckResult:
    request = CheckRequest(
        environment=EnvironmentName("staging"),
        instance=InstanceName("shop", "staging"),
        namespace="shop-staging",
        attempt_id="1",
        check="answers",
        run=HttpCheck(service="app"),
        timeout=timedelta(seconds=timeout_s),
        holds_for=timedelta(0),
    )

    async def run() -> CheckResult:
        api = KubernetesApi("staging", lambda: Credentials(url=url, token="t", authority=None))
        checks = ClusterChecks(api, has_access=lambda: True)
        try:
            return await checks.run(request)
        finally:
            await checks.close()

    return asyncio.run(run())


def test_a_question_that_got_lost_is_asked_again() -> None:
    with cluster(LOST, LOST, (200, {})) as url:
        assert check(url).verdict is Verdict.PASSED


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (LOST, "nothing came back through the API server"),
        ((503, STATUS), "the API server could not reach a pod behind the Service"),
    ],
    ids=["lost", "no pod listens"],
)
def test_what_was_never_heard_is_nobodys_fault(answer: tuple[int, object], words: str) -> None:
    with cluster(answer) as url:
        result = check(url, timeout_s=1.2)
    assert result.verdict is Verdict.ERRORED
    assert words in result.words


def test_what_answers_wrongly_fails() -> None:
    with cluster((500, {"kind": "of the application's own"})) as url:
        result = check(url, timeout_s=1.2)
    assert result.verdict is Verdict.FAILED
