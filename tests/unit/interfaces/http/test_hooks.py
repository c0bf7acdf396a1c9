"""Hooks are hints: whatever they say, only what the registry and Git say themselves is recorded."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.fixtures.served import Served, delivered

MANIFEST = "application/vnd.oci.image.manifest.v1+json"


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    """A delivered world."""
    async with delivered(tmp_path, listens=False) as one:
        yield one


def push(path: str, digest: str, tag: str | None = None) -> dict[str, object]:
    """Write one event as the distribution registry does."""
    target = {"mediaType": MANIFEST, "repository": path, "digest": digest, "tag": tag}
    return {"action": "push", "target": target, "request": {"host": "registry.example"}}


async def send(served: Served, path: str, body: bytes) -> int:
    """Send a hook's body with the right secret."""
    secret = (served.state / "hook-token").read_text().strip()
    async with served.client(secret) as client:
        return (await client.post(path, content=body)).status_code


async def test_a_push_is_found_by_its_notification(served: Served) -> None:
    digest = served.world.publish("app1", "1.1.0")
    body = json.dumps({"events": [push("oc/app1", digest, "1.1.0")]}).encode()
    assert await send(served, "/hooks/registry", body) == 202
    await served.world.settle()
    assert served.world.tag_in("dev") == "1.1.0"


async def test_a_forged_push_records_nothing(served: Served) -> None:
    before = served.world.desk.situation.sequence
    forged = "sha256:" + "ab" * 32
    events = [push("oc/app1", forged, "9.9.9"), push("elsewhere/app1", forged), push("app1", forged)]
    assert await send(served, "/hooks/registry", json.dumps({"events": events}).encode()) == 202
    await served.world.settle()
    assert served.world.desk.situation.sequence == before


async def test_a_flood_of_hints_is_bounded_and_forgotten(served: Served) -> None:
    events = [push("oc/app1", f"sha256:{number:064x}") for number in range(300)]
    assert await send(served, "/hooks/registry", json.dumps({"events": events}).encode()) == 503
    await served.world.settle()
    digest = served.world.publish("app1", "1.1.0")
    body = json.dumps({"events": [push("oc/app1", digest, "1.1.0")]}).encode()
    assert await send(served, "/hooks/registry", body) == 202


async def test_a_git_hook_makes_headway_look(served: Served) -> None:
    served.world.commit("Change the base", {"oc/app1/base/deployment.yaml": b"base 2\n"})
    assert await send(served, "/hooks/git", b"\x00 anything \xff") == 202
    await served.world.settle()
    (first,) = {one.subject for one in _configurations(served) if one.subject != "Begin"}
    assert first == "Change the base"


def _configurations(served: Served) -> list[object]:
    shelves = served.world.desk.situation.shelves.values()
    return [one for shelf in shelves for one in shelf.configurations.values()]


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"events": 7}', b"[" * 100_000, b"\xff" * 100])
async def test_what_is_no_notification_is_told_so(served: Served, body: bytes) -> None:
    assert await send(served, "/hooks/registry", body) == 400


async def test_a_notification_of_more_than_a_megabyte_is_not_read(served: Served) -> None:
    assert await send(served, "/hooks/registry", b"x" * (1 << 20)) == 400
    assert await send(served, "/hooks/registry", b"x" * ((1 << 20) + 1)) == 413


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.one_of(
        st.binary(max_size=200),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=20),
            lambda inner: (
                st.lists(inner, max_size=4)
                | st.dictionaries(
                    st.sampled_from(
                        ["events", "action", "target", "mediaType", "repository", "digest", "tag"]
                    ),
                    inner,
                    max_size=5,
                )
            ),
            max_leaves=20,
        ).map(lambda value: json.dumps({"events": value}).encode()),
    )
)
async def test_no_body_breaks_the_hook(served: Served, body: bytes) -> None:
    before = served.world.desk.situation.sequence
    assert await send(served, "/hooks/registry", body) in (202, 400)
    assert served.world.desk.situation.sequence == before
