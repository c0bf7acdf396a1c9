"""Registries that lie, stall, refuse or are half copied: what the adapter makes of each."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from tests.fixtures.local_server import serving
from tests.fixtures.registry import TestRegistry
from tests.fixtures.registry_worlds import RealWorld, push_index, stored_bytes

from headway.adapters.registry.images import MOST_MANIFEST_BYTES
from headway.adapters.registry.oci import OciRegistry
from headway.app.ports import Presence
from headway.domain.errors import Transient, UsageError
from headway.domain.names import Digest

APP1 = "oneconnect/app1"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"


@dataclass(slots=True, kw_only=True)
class Reply:
    """What the scripted server answers to a path."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Asked:
    """A request that came."""

    method: str
    target: str
    headers: Mapping[str, str]


class ScriptedServer:
    """An HTTP server that answers what a test wrote down, and keeps what was asked."""

    def __init__(self) -> None:
        self.replies: dict[str, Reply] = {}
        self.asked: list[Asked] = []
        self.address = ""

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        first, *lines = head.strip().split("\r\n")
        method, target, _ = first.split(" ")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        self.asked.append(Asked(method=method, target=target, headers=headers))
        reply = self.replies.get(target) or self.replies.get(target.partition("?")[0]) or Reply(status=500)
        if reply.headers.get("needs") not in {None, headers.get("authorization")}:
            reply = Reply(status=401, headers={"WWW-Authenticate": reply.headers["challenge"]})
        said = {"Content-Length": str(len(reply.body)), "Connection": "close", **reply.headers}
        lines = [f"HTTP/1.1 {reply.status} X", *(f"{name}: {value}" for name, value in said.items())]
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + (b"" if method == "HEAD" else reply.body))


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    scripted = ScriptedServer()
    async with serving(scripted.answer) as port:
        scripted.address = f"127.0.0.1:{port}"
        yield scripted


@pytest.fixture
async def adapter() -> AsyncIterator[OciRegistry]:
    made = OciRegistry(logins=())
    yield made
    await made.close()


def digest_of(content: bytes) -> Digest:
    return Digest(f"sha256:{hashlib.sha256(content).hexdigest()}")


def tags(*names: str, **headers: str) -> Reply:
    return Reply(body=json.dumps({"name": APP1, "tags": names}).encode(), headers=headers)


def at(path: str) -> str:
    return f"/v2/{APP1}/{path}"


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
async def test_a_registry_that_refuses_or_fails_makes_nothing_absent(
    server: ScriptedServer, adapter: OciRegistry, status: int
) -> None:
    digest = digest_of(b"any")
    server.replies[at(f"manifests/{digest}")] = Reply(status=status)
    seen = await adapter.presence(f"{server.address}/{APP1}@{digest}", "linux/amd64")
    assert seen.presence is Presence.UNKNOWN
    assert str(status) in seen.words


async def test_a_404_that_is_not_in_a_registrys_words_makes_nothing_absent(
    server: ScriptedServer, adapter: OciRegistry
) -> None:
    digest = digest_of(b"any")
    server.replies[at(f"manifests/{digest}")] = Reply(status=404, body=b"<html>no such page</html>")
    seen = await adapter.presence(f"{server.address}/{APP1}@{digest}", "linux/amd64")
    assert seen.presence is Presence.UNKNOWN


@pytest.mark.parametrize("status", [429, 503])
async def test_a_busy_registry_is_asked_again_when_it_says(
    server: ScriptedServer, adapter: OciRegistry, status: int
) -> None:
    server.replies[at("tags/list")] = Reply(status=status, headers={"Retry-After": "42"})
    with pytest.raises(Transient) as caught:
        await adapter.look(f"{server.address}/{APP1}", None)
    assert caught.value.retry_after == timedelta(seconds=42)


async def test_other_bytes_than_asked_for_are_never_believed(
    server: ScriptedServer, adapter: OciRegistry
) -> None:
    digest = digest_of(b"what was asked for")
    server.replies[at(f"manifests/{digest}")] = Reply(body=b"{}", headers={"Content-Type": MANIFEST})
    with pytest.raises(UsageError) as caught:
        await adapter.look_at(f"{server.address}/{APP1}", digest, ())
    assert caught.value.code == "image-malformed"
    assert digest_of(b"{}") in caught.value.why


async def test_a_manifest_that_does_not_end_is_not_read_to_its_end(
    server: ScriptedServer, adapter: OciRegistry
) -> None:
    endless = b" " * (MOST_MANIFEST_BYTES + 1)
    server.replies[at(f"manifests/{digest_of(endless)}")] = Reply(body=endless)
    with pytest.raises(UsageError) as caught:
        await adapter.look_at(f"{server.address}/{APP1}", digest_of(endless), ())
    assert caught.value.code == "image-malformed"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b"[" * 100_000,
        b'{"mediaType":"application/vnd.cncf.helm"}',
        b'{"config":{"mediaType":"application/vnd.cncf.helm.config.v1+json"},"layers":[]}',
        b'{"config":{"digest":"sha256:../../x"},"layers":[]}',
        b'{"config":7,"layers":[]}',
        b'{"manifests":[7]}',
        b'{"manifests":{}}',
        b'{"mediaType":["x"],"manifests":[{"platform":7}]}',
    ],
)
async def test_what_is_no_image_is_said_to_be_none(
    server: ScriptedServer, adapter: OciRegistry, content: bytes
) -> None:
    server.replies[at(f"manifests/{digest_of(content)}")] = Reply(body=content)
    with pytest.raises(UsageError) as caught:
        await adapter.look_at(f"{server.address}/{APP1}", digest_of(content), ())
    assert caught.value.code == "image-malformed"


async def test_when_the_list_of_tags_is_unchanged_no_tag_but_one_in_turn_is_asked_for(
    server: ScriptedServer, adapter: OciRegistry
) -> None:
    names = [f"1.0.{number}" for number in range(50)]
    server.replies[at("tags/list")] = tags(*names, ETag='"first"')
    for name in names:
        said = {"Docker-Content-Digest": digest_of(b"helm")}
        server.replies[at(f"manifests/{name}")] = Reply(headers=said)
    server.replies[at(f"manifests/{digest_of(b'helm')}")] = Reply(body=b"helm")
    look = await adapter.look(f"{server.address}/{APP1}", None)
    server.replies[at("tags/list")] = Reply(status=304)
    turns = []
    for _ in range(3):
        server.asked.clear()
        look = await adapter.look(f"{server.address}/{APP1}", look.memory)
        assert look.images == ()
        assert server.asked[0].headers["if-none-match"] == '"first"'
        turns.append([asked.target for asked in server.asked[1:]])
    assert turns == [[at(f"manifests/{name}")] for name in ("1.0.0", "1.0.1", "1.0.10")]


async def test_tags_are_read_page_by_page_from_the_same_registry_only(
    server: ScriptedServer, adapter: OciRegistry
) -> None:
    link = '<http://evil.example/v2/x/tags/list?last=a&n=1>; rel="next"'
    server.replies[at("tags/list?n=1000")] = tags("a", Link=link)
    server.replies[at("tags/list?n=1000&last=a")] = tags("b")
    for name in "ab":
        server.replies[at(f"manifests/{name}")] = Reply(headers={"Docker-Content-Digest": digest_of(b"x")})
    server.replies[at(f"manifests/{digest_of(b'x')}")] = Reply(body=b"x")
    await adapter.look(f"{server.address}/{APP1}", None)
    assert {at("manifests/a"), at("manifests/b")} <= {asked.target for asked in server.asked}


async def test_pages_that_lead_round_in_a_circle_end(server: ScriptedServer, adapter: OciRegistry) -> None:
    server.replies[at("tags/list")] = tags("a", Link='</v2/x?last=a>; rel="next"')
    server.replies[at("manifests/a")] = Reply(status=404, body=b'{"errors":[{"code":"MANIFEST_UNKNOWN"}]}')
    assert (await adapter.look(f"{server.address}/{APP1}", None)).images == ()


async def test_a_token_is_fetched_once_and_used_again(server: ScriptedServer, tmp_path: Path) -> None:
    login = {"auths": {server.address: {"username": "robot", "password": "secret"}}}
    (tmp_path / "auth.json").write_text(json.dumps(login))
    realm = f"http://{server.address}/token"
    challenge = f'Bearer realm="{realm}",service="registry.test",scope="repository:{APP1}:pull"'
    needs = {"needs": "Bearer abc", "challenge": challenge}
    server.replies[at("tags/list")] = tags(**needs)
    server.replies["/token"] = Reply(body=b'{"token":"abc","expires_in":300}')
    adapter = OciRegistry(logins=(tmp_path / "auth.json",))
    for _ in range(2):
        await adapter.look(f"{server.address}/{APP1}", None)
    await adapter.close()
    given = [asked for asked in server.asked if asked.target.startswith("/token")]
    assert len(given) == 1
    assert given[0].headers["authorization"].startswith("Basic ")
    assert "scope=repository" in given[0].target


async def test_a_password_goes_to_no_token_service_that_is_not_trusted(
    server: ScriptedServer, tmp_path: Path
) -> None:
    login = {"auths": {server.address: {"username": "robot", "password": "secret"}}}
    (tmp_path / "auth.json").write_text(json.dumps(login))
    challenge = 'Bearer realm="http://evil.example/token"'
    server.replies[at("tags/list")] = Reply(status=401, headers={"WWW-Authenticate": challenge})
    adapter = OciRegistry(logins=(tmp_path / "auth.json",))
    with pytest.raises(Transient) as caught:
        await adapter.look(f"{server.address}/{APP1}", None)
    await adapter.close()
    assert "secret" not in str(caught.value)
    assert len(server.asked) == 1


async def test_an_index_whose_image_was_never_copied_is_absent(registry: TestRegistry) -> None:
    world = RealWorld(registry)
    amd64, arm64 = (
        world.publish(APP1, platforms=("linux/amd64",)),
        world.publish(APP1, platforms=("linux/arm64",)),
    )
    index = push_index(registry, APP1, {"linux/amd64": amd64, "linux/arm64": arm64}, tags=("1.0.0",))
    world.delete(APP1, arm64)
    reference = f"{world.repository(APP1)}@{index}"
    assert (await world.registry.presence(reference, "linux/amd64")).presence is Presence.PRESENT
    assert (await world.registry.presence(reference, "linux/arm64")).presence is Presence.ABSENT
    await world.close()


async def test_bytes_that_rot_in_the_registry_are_unknown_and_never_pulled_on_trust(
    registry: TestRegistry,
) -> None:
    world = RealWorld(registry)
    digest = world.publish(APP1, "1.0.0")
    rotten = stored_bytes(registry.folder, digest)
    rotten.write_bytes(rotten.read_bytes().replace(b"schemaVersion", b"schemaVersiom"))
    seen = await world.registry.presence(f"{world.repository(APP1)}@{digest}", "linux/amd64")
    assert seen.presence is Presence.UNKNOWN
    await world.close()


async def test_an_image_whose_layer_is_gone_is_absent(registry: TestRegistry) -> None:
    world = RealWorld(registry)
    digest = world.publish(APP1, "1.0.0")
    manifest = json.loads(stored_bytes(registry.folder, digest).read_bytes())
    stored_bytes(registry.folder, manifest["layers"][0]["digest"]).unlink()
    seen = await world.registry.presence(f"{world.repository(APP1)}@{digest}", "linux/amd64")
    assert seen.presence is Presence.ABSENT
    assert "layers" in seen.words
    await world.close()
