"""The world that every engine is held to the contract in."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.fixtures.engine_worlds import EngineWorld, engine_world


@pytest.fixture(params=["memory", "podman", pytest.param("argocd", marks=pytest.mark.cluster)])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[EngineWorld]:
    """Give the same world with each engine."""
    async with engine_world(request, tmp_path) as made:
        yield made
