"""A container's log as Argo CD streams it, and as nobody should."""

import json
from collections.abc import AsyncIterator

import pytest

from headway.adapters.argocd.log_stream import READS_AT_MOST, read_log
from headway.domain.live import LogRequest, LogTail
from headway.domain.names import EnvironmentName, InstanceName

NEVER = "0001-01-01T00:00:00Z"


def asks(**more: int) -> LogRequest:
    """Ask for the log of some container."""
    place = InstanceName("oneconnect", "dev")
    return LogRequest(environment=EnvironmentName("dev"), instance=place, pod="p", container="c", **more)


def entry(content: str, at: str = "2026-01-01T12:00:00.123456789Z") -> bytes:
    """Write one entry."""
    result = {"content": content, "timeStampStr": at, "podName": "p", "last": False}
    return json.dumps({"result": result}).encode() + b"\n"


LAST = json.dumps({"result": {"content": "", "timeStampStr": "2026-01-01T12:00:09Z", "last": True}}).encode()


async def read(data: bytes, *, pieces_of: int = 7, **more: int) -> LogTail:
    """Read a stream that comes in pieces."""

    async def stream() -> AsyncIterator[bytes]:
        for start in range(0, len(data), pieces_of):
            yield data[start : start + pieces_of]

    return await read_log(stream(), asks(**more))


async def test_lines_are_given_with_their_instants_until_the_last() -> None:
    tail = await read(entry("one") + entry("two \x1b[31mred") + LAST + b"\n" + entry("never"))
    assert [one.text for one in tail.lines] == ["one", "two red"]
    assert str(tail.lines[0].at) == "2026-01-01 12:00:00.123456+00:00"
    assert not tail.is_cut


async def test_one_line_more_than_was_wanted_says_that_it_is_cut() -> None:
    tail = await read(b"".join(entry(str(number)) for number in range(4)) + LAST, most_lines=3)
    assert [one.text for one in tail.lines] == ["1", "2", "3"]
    assert tail.is_cut


async def test_what_kubernetes_says_in_place_of_a_log_is_no_line_of_it() -> None:
    said = 'previous terminated container "main" in pod "p" not found'
    tail = await read(entry(said, NEVER) + LAST)
    assert (tail.lines, tail.words) == ((), said)


async def test_an_error_inside_the_stream_is_said_in_its_words() -> None:
    with pytest.raises(ValueError, match="no such cluster"):
        await read(b'{"error": {"code": 5, "message": "no such cluster"}}\n')


@pytest.mark.parametrize("data", [b"<html>", b"[]\n", b"7\n", b"{}\n", b'{"result"\n', b"\xff\n"])
async def test_anything_else_is_no_log(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # of json too
        await read(data)


async def test_an_empty_stream_is_an_empty_log() -> None:
    assert await read(b"") == await read(b"\n\n") == LogTail()


async def test_a_line_of_megabytes_is_left_out_and_said() -> None:
    tail = await read(entry("x" * 3_000_000) + entry("after") + LAST, pieces_of=65536)
    assert [one.text for one in tail.lines] == ["after"]
    assert tail.is_cut


async def test_a_stream_that_never_ends_is_given_up() -> None:
    asked = 0

    async def stream() -> AsyncIterator[bytes]:
        nonlocal asked
        while True:
            asked += 1
            yield entry("y" * 1000) * 100

    tail = await read_log(stream(), asks())
    assert len(tail.lines) > 50
    assert tail.is_cut
    assert asked * 100_000 < 2 * READS_AT_MOST
