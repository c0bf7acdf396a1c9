"""Every route, asked by nobody, by a stranger, by somebody without a role and by somebody with one."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fastapi.routing import APIRoute
from tests.fixtures.served import Served, delivered

READS = {
    "/api/v1/openapi.json": {},
    "/api/v1/me": {},
    "/api/v1/status": {},
    "/api/v1/board": {},
    "/api/v1/doctor": {},
    "/api/v1/why": {"artifact": "app1", "instance": "dev"},
    "/api/v1/progress": {"artifact": "app1", "instance": "dev"},
    "/api/v1/versions": {"artifact": "app1"},
    "/api/v1/history": {},
    "/api/v1/metrics": {},
    "/api/v1/metrics/deployments": {},
    "/api/v1/deployability": {},
    "/api/v1/live": {"instance": "oc/dev"},
    "/api/v1/log": {"instance": "oc/dev", "pod": "app1-0", "container": "main"},
    "/api/v1/facts": {"subject": "instance:oc/dev"},
}
CHANGES = {
    "/api/v1/promote": {"artifact": "app1", "instances": ["dev"], "reason": "test"},
    "/api/v1/promote/cancel": {"artifact": "app1", "instances": ["dev"], "reason": "test"},
    "/api/v1/approve": {"target": "app1", "wave": "staging", "reason": "test"},
    "/api/v1/accept": {"reason": "test"},
    "/api/v1/hold": {"instance": "oc/dev", "reason": "test"},
    "/api/v1/resume": {"instance": "oc/dev", "reason": "test"},
    "/api/v1/rollback": {"artifact": "app1", "instances": ["dev"], "reason": "test"},
    "/api/v1/quarantine": {"artifact": "app1", "version": "1.0.0", "reason": "test"},
    "/api/v1/quarantine/lift": {"artifact": "app1", "version": "1.0.0", "reason": "test"},
}
SIGNING_IN = {"/api/v1/sign-in"}
HOOKS = {"/hooks/registry", "/hooks/git"}
OPEN = {"/api/v1/health"}


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    """A delivered world where pat has the platform's role and bob has none."""
    async with delivered(tmp_path, "pat", "bob", listens=False) as one:
        yield one


async def ask(served: Served, path: str, token: str | None) -> tuple[int, str]:
    """Ask a route as it wants to be asked."""
    async with served.client(token) as client:
        if path in CHANGES:
            answer = await client.post(path, json=CHANGES[path])
        elif path in SIGNING_IN:
            answer = await client.post(path)
        elif path in HOOKS:
            answer = await client.post(path, json={"events": []})
        else:
            answer = await client.get(path, params=READS.get(path, {}))
    code = answer.json().get("code", "") if answer.status_code >= 400 else ""
    return answer.status_code, code


async def test_every_route_is_in_this_matrix(served: Served) -> None:
    listed = set(READS) | set(CHANGES) | SIGNING_IN | HOOKS | OPEN
    assert set(served.app.openapi()["paths"]) == listed
    shown = {route.path for route in served.app.routes if isinstance(route, APIRoute)}
    assert shown <= listed


@pytest.mark.parametrize("token", [None, "", "wrong", "\xfc", "x" * 10_000], ids=repr)
async def test_nobody_and_strangers_are_let_into_no_route(served: Served, token: str | None) -> None:
    asked = [*READS, *CHANGES, *SIGNING_IN, *HOOKS]
    assert [await ask(served, path, token) for path in asked] == [(401, "not-signed-in")] * len(asked)


async def test_whoever_has_a_token_may_look(served: Served) -> None:
    token = served.token_of("bob")
    assert {path: (await ask(served, path, token))[0] for path in READS} == dict.fromkeys(READS, 200)


async def test_somebody_without_a_role_changes_nothing(served: Served) -> None:
    before, token = served.world.desk.situation.sequence, served.token_of("bob")
    answers = {path: await ask(served, path, token) for path in CHANGES}
    assert answers == dict.fromkeys(CHANGES, (403, "not-allowed"))
    assert served.world.desk.situation.sequence == before


async def test_somebody_with_a_role_is_heard(served: Served) -> None:
    answers = {path: await ask(served, path, served.token_of("pat")) for path in CHANGES}
    assert {status for status, _ in answers.values()} <= {200, 400}, answers


async def test_a_persons_token_opens_no_hook(served: Served) -> None:
    for token in (served.token_of("pat"), served.token_of()):
        assert {(await ask(served, path, token))[0] for path in HOOKS} == {401}


async def test_the_secret_of_the_hooks_opens_nothing_else(served: Served) -> None:
    secret = (served.state / "hook-token").read_text().strip()
    asked = (*READS, *CHANGES, *SIGNING_IN)
    assert {(await ask(served, path, secret))[0] for path in asked} == {401}


async def test_health_needs_no_token_and_tells_nothing(served: Served) -> None:
    async with served.client(None) as client:
        answer = await client.get("/api/v1/health")
    assert answer.json() == {"live": True, "ready": True}


@pytest.mark.parametrize("scheme", ["Basic", "Token", "", "bearer\t", "Bearer Bearer"])
async def test_another_scheme_is_no_token(served: Served, scheme: str) -> None:
    async with served.client(None) as client:
        headers = {"Authorization": f"{scheme} {served.token_of()}".strip()}
        answer = await client.get("/api/v1/status", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_a_token_in_the_query_is_no_token(served: Served) -> None:
    async with served.client(None) as client:
        answer = await client.get("/api/v1/status", params={"access_token": served.token_of()})
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/status/",
        "//api/v1/status",
        "/api/v1//status",
        "/api/v1/health/../status",
        "/api/v1/health/",
        "/api/v1/health%2f",
        "/api/v1/%68ealth/x",
        "/api/v1/status;/api/v1/health",
        "/api/v1/status%00/api/v1/health",
        "/api/v1/health%3f/../status",
        "/API/V1/STATUS",
        "/api/v1/status%2e%2e/health",
        "/hooks/git/",
        "/hooks/../api/v1/status",
        "/hooks%2fgit",
    ],
)
async def test_no_spelling_of_a_path_comes_past_the_door(served: Served, path: str) -> None:
    async with served.client(None) as client:
        request = client.build_request("GET", "/")
        request.url = request.url.copy_with(raw_path=path.encode())
        answer = await client.send(request)
    assert answer.status_code == 401


@pytest.mark.parametrize("method", ["OPTIONS", "HEAD", "PUT", "DELETE", "PATCH", "TRACE", "BREW"])
async def test_no_method_comes_past_the_door(served: Served, method: str) -> None:
    async with served.client(None) as client:
        assert (await client.request(method, "/api/v1/status")).status_code == 401
    async with served.client(served.token_of()) as client:
        answer = await client.request(method, "/api/v1/status")
        assert answer.status_code in (404, 405)


async def test_a_person_who_was_removed_is_a_stranger_at_once(served: Served) -> None:
    token = served.token_of("pat")
    assert (await ask(served, "/api/v1/me", token))[0] == 200
    served.store.remove("pat")
    assert (await ask(served, "/api/v1/me", token))[0] == 401
