"""Requests that are wrong are told so in three parts; none of them reaches a use case."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.fixtures.served import Served, delivered

from headway.domain.promotion_record import PromotionRecord
from headway.interfaces.http.app import make_app

PARTS = {"type", "title", "status", "detail", "code", "what", "why", "next_step"}


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    """A delivered world."""
    async with delivered(tmp_path, listens=False) as one:
        yield one


@pytest.mark.parametrize(
    ("path", "body", "named"),
    [
        ("hold", b"", "the body"),
        ("hold", b"not json", "JSON"),
        ("hold", b"[]", "the body"),
        ("hold", b"\xff\xfe", "JSON"),
        ("hold", b'{"instance": "oc/dev"}', "reason"),
        ("hold", b'{"instance": "oc/dev", "reason": "x", "now": true}', "now"),
        ("hold", b'{"instance": 7, "reason": "x"}', "instance"),
        ("hold", b'{"instance": "oc/dev", "reason": "x", "until": "2026-03-09"}', "until"),
        ("hold", b'{"instance": "oc/dev", "reason": "x", "lasts": -1}', "lasts"),
        ("rollback", b'{"artifact": "app1", "instances": [], "reason": "x"}', "instances"),
        ("promote", b'{"artifact": "' + b"a" * 300 + b'", "reason": "x"}', "artifact"),
        ("promote", b"[" * 5000, "JSON"),
    ],
)
async def test_a_malformed_command_names_what_is_wrong(
    served: Served, path: str, body: bytes, named: str
) -> None:
    async with served.client(served.token_of()) as client:
        headers = {"Content-Type": "application/json"}
        answer = await client.post(f"/api/v1/{path}", content=body, headers=headers)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert set(answer.json()) == PARTS
    assert answer.json()["code"] == "request-malformed"
    assert named in answer.json()["why"]


async def test_what_was_sent_is_not_sent_back(served: Served) -> None:
    """An error names the field, never the value: it may be a secret in the wrong place."""
    async with served.client(served.token_of()) as client:
        body = {"instance": "oc/dev", "reason": ["hunter2"], "password": "hunter2"}
        answer = await client.post("/api/v1/hold", json=body)
    assert answer.status_code == 400
    assert "hunter2" not in answer.text


async def test_a_large_body_is_refused_before_it_is_read(served: Served) -> None:
    async with served.client(served.token_of()) as client:
        said = await client.post("/api/v1/hold", content=b"x" * 70_000)

        async def endless() -> AsyncIterator[bytes]:
            while True:
                yield b"x" * 10_000

        unsaid = await client.post("/api/v1/hold", content=endless())
    for answer in (said, unsaid):
        assert answer.status_code == 413
        assert answer.json()["code"] == "request-too-large"


async def test_nobodys_body_is_not_even_read(served: Served) -> None:
    parts = 0

    async def counted() -> AsyncIterator[bytes]:
        nonlocal parts
        while True:
            parts += 1
            yield b"x" * 1000

    async with served.client("wrong") as client:
        answer = await client.post("/hooks/registry", content=counted())
    assert answer.status_code == 401
    assert parts == 0


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("why?artifact=nope&instance=dev", 404, "artifact-unknown"),
        ("why?artifact=app1&instance=nope", 404, "instance-unknown"),
        ("why?artifact=app1&instance=dev&version=9.9", 404, "version-unknown"),
        ("why?artifact=app1", 400, "request-malformed"),
        ("status?application=nope", 404, "application-unknown"),
        ("status?timeout=600", 400, "request-malformed"),
        ("history?limit=0", 400, "request-malformed"),
        ("history?limit=100000", 400, "request-malformed"),
        ("history?before=x", 400, "request-malformed"),
        ("nowhere", 404, "route-unknown"),
        ("promote", 405, "method-unknown"),
    ],
)
async def test_a_question_that_cannot_be_answered_says_why(
    served: Served, path: str, status: int, code: str
) -> None:
    async with served.client(served.token_of()) as client:
        answer = await client.get(f"/api/v1/{path}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert all(answer.json()[part] for part in PARTS)


class _FailingHistory:
    """A view of the ledger that breaks in a way nobody thought of."""

    async def promotions(self, **_: object) -> list[PromotionRecord]:
        raise RuntimeError("hunter2")


async def test_an_error_that_nobody_expected_tells_nothing_but_that(served: Served) -> None:
    service = replace(served.app.state.service, history=_FailingHistory())
    served.app = make_app(service, parse_notification=lambda _: (), hook_token="")
    async with served.client(served.token_of()) as client:
        answer = await client.get("/api/v1/history")
    assert answer.status_code == 500
    assert answer.json()["code"] == "server-failed"
    assert "hunter2" not in answer.text


async def test_answers_are_kept_by_nobody(served: Served) -> None:
    async with served.client(served.token_of()) as client:
        answer = await client.get("/api/v1/status")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.binary(max_size=80))
async def test_any_path_is_answered_with_a_problem(served: Served, path: bytes) -> None:
    async with served.client(None) as client:
        request = client.build_request("GET", "/")
        request.url = request.url.copy_with(raw_path=b"/" + quote(path).encode())
        answer = await client.send(request)
    assert answer.status_code == 401
