"""The end of a container's log file, as podman's `k8s-file` writes it, and as nobody should."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from headway.adapters.podman.log_file import READS_AT_MOST, read_log
from headway.domain.live import LogRequest
from headway.domain.names import EnvironmentName, InstanceName

BEGAN = datetime(2026, 1, 1, 12, 0, 30, tzinfo=UTC)


def asks(*, is_previous: bool = False) -> LogRequest:
    """Ask for the log of some container."""
    return LogRequest(
        environment=EnvironmentName("dev"),
        instance=InstanceName("oneconnect", "dev"),
        pod="p",
        container="c",
        is_previous=is_previous,
    )


def entry(second: int, text: bytes, mark: bytes = b"F") -> bytes:
    """Write one entry."""
    return b"2026-01-01T12:00:%02d.123456789+00:00 stdout %s %s\n" % (second, mark, text)


async def texts(path: Path, *, is_previous: bool = False, began: datetime | None = BEGAN) -> list[str]:
    """Give the lines that are read."""
    tail = await read_log(path, asks(is_previous=is_previous), began=began)
    return [one.text for one in tail.lines]


async def test_runs_are_told_apart_by_when_the_present_one_began(tmp_path: Path) -> None:
    path = tmp_path / "ctr.log"
    path.write_bytes(entry(10, b"begins") + entry(20, b"crashes") + entry(40, b"begins again"))
    assert await texts(path) == ["begins again"]
    assert await texts(path, is_previous=True) == ["begins", "crashes"]
    assert await texts(path, began=None) == ["begins", "crashes", "begins again"]
    assert await texts(path, is_previous=True, began=None) == []
    tail = await read_log(path, asks(), began=BEGAN)
    assert tail.lines[0].at == datetime(2026, 1, 1, 12, 0, 40, 123456, tzinfo=UTC)


async def test_parts_of_one_line_are_put_together(tmp_path: Path) -> None:
    path = tmp_path / "ctr.log"
    path.write_bytes(entry(40, b"one ", b"P") + entry(41, b"line", b"F") + entry(42, b"unfinished", b"P"))
    assert await texts(path) == ["one line", "unfinished"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (b"", []),
        (b"\n\n", []),
        (b"no entry at all\n", ["no entry at all"]),
        (b"2026-13-45T00:00:00+00:00 stdout F x\n", ["2026-13-45T00:00:00+00:00 stdout F x"]),
        (b"2026-01-01T12:00:40 stdout F no zone\n", ["2026-01-01T12:00:40 stdout F no zone"]),
        (entry(40, b""), [""]),
        (entry(40, b"\xff\xfe\x1b[31m"), ["\ufffd\ufffd"]),
        (entry(40, b"not ended").rstrip(b"\n"), ["not ended"]),
    ],
)
async def test_whatever_stands_there_is_read(tmp_path: Path, written: bytes, read: list[str]) -> None:
    path = tmp_path / "ctr.log"
    path.write_bytes(written)
    assert await texts(path) == read


async def test_only_the_end_of_a_large_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "ctr.log"
    with path.open("wb") as file:
        file.write(entry(40, b"first"))
        file.write(entry(40, b"x" * 5000) * (READS_AT_MOST // 5000 + 100))
        file.write(entry(41, b"last"))
    tail = await read_log(path, asks(), began=BEGAN)
    assert tail.lines[-1].text == "last"
    assert tail.is_cut
    assert sum(len(one.text) for one in tail.lines) <= 100_000


async def test_a_large_line_in_parts_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / "ctr.log"
    path.write_bytes(entry(40, b"y" * 8000, b"P") * 200 + entry(41, b"end"))
    tail = await read_log(path, asks(), began=BEGAN)
    assert len(tail.lines) == 1
    assert tail.is_cut
