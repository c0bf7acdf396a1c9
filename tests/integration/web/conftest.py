"""One browser for each file: to start one takes seconds."""

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser
from tests.fixtures.browser import chromium


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """Give a browser; each test opens a window of its own (`signed_in`)."""
    async with chromium() as one:
        yield one
