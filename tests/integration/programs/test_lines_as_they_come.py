"""What a program writes is given while it runs; it is gone when nobody wants more."""

import asyncio
import uuid

import pytest
from tests.fixtures.programs import open_files, until_running

from headway.domain.errors import Transient
from headway.programs import open_lines

PATH = {"PATH": "/usr/bin:/bin"}


async def test_lines_come_as_they_are_written_and_all_is_gone_at_the_end() -> None:
    """The program waits for ever after its first line; its child holds the pipe."""
    mark = uuid.uuid4().hex
    before = open_files()
    talking = open_lines(["sh", "-c", "echo one; sleep 600 & wait"], environment={**PATH, "MARK": mark})
    async with talking as lines:
        assert await lines.readline() == b"one\n"
        await until_running(mark, 2)
    await until_running(mark, 0)
    assert open_files() == before


async def test_a_program_that_ends_ends_its_lines() -> None:
    """What is left is read to its end."""
    async with open_lines(["printf", "one\\ntwo\\n"], environment=PATH) as lines:
        assert [line async for line in lines] == [b"one\n", b"two\n"]


async def test_who_is_cancelled_while_reading_leaves_nothing() -> None:
    """The reader is a task that ends with its service."""
    mark = uuid.uuid4().hex

    async def read() -> None:
        async with open_lines(["sleep", "600"], environment={**PATH, "MARK": mark}) as lines:
            await lines.readline()

    reading = asyncio.create_task(read())
    await until_running(mark, 1)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    await until_running(mark, 0)


async def test_what_is_not_there_is_said() -> None:
    """As for a run to its end."""
    with pytest.raises(Transient) as missing:
        async with open_lines(["no-such-program"], environment=PATH):
            pass
    assert missing.value.code == "command-missing"
