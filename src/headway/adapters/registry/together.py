"""Asks for several things at once: the first error calls off the rest, and nothing goes on behind."""

import asyncio
from collections.abc import Coroutine, Sequence
from typing import TypeVar

T = TypeVar("T")


async def all_of(coroutines: Sequence[Coroutine[object, object, T]]) -> list[T]:
    """Give all results, in order.

    Raises:
        Exception: the first that one of them raised, itself and not in a group.
    """
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(coroutine) for coroutine in coroutines]
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return [task.result() for task in tasks]
