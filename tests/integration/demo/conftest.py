"""Worlds for the tests of the demo's world; each leaves nothing behind, or the test fails."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from demo.world import World, build
from tests.fixtures.demo_world import Podman


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short path for a world: sockets are made below it."""
    path = Path(tempfile.mkdtemp(prefix="hw-"))
    path.rmdir()
    yield path
    assert not path.exists(), "the world left something behind"


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """One world for a module's tests."""
    path = Path(tempfile.mkdtemp(prefix="hw-"))
    with build(path) as built:
        yield built
    assert not path.exists(), "the world left something behind"


@pytest.fixture(scope="module")
def podman(world: World) -> Podman:
    """Podman beside the module's world."""
    return Podman(world)


@pytest.fixture(scope="session")
def kustomize() -> str:
    """The project's own Kustomize."""
    tools = Path(__file__).parents[3] / ".tools" / "bin"
    found = shutil.which("kustomize", path=f"{tools}:{os.environ['PATH']}")
    assert found is not None, "kustomize is not there: run the set-up"
    return found
