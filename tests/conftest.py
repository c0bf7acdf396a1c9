"""What every test can ask for; the fixtures themselves live in tests/fixtures, one noun a file."""

import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Times belong in the bench: a busy machine is no fault of what is tested. And each run tries the same
# examples, so that a change is not judged by one that the change before was spared.
settings.register_profile(
    "everyday", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("everyday")

# A shell has what it runs in the background ignore Ctrl-C, and so do all that are started from there. Tests
# interrupt programs of theirs, which must notice wherever the tests run.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

pytest_plugins = [
    "tests.fixtures.registry",
    "tests.fixtures.images",
    "tests.fixtures.image_store",
    "tests.fixtures.git_remote",
    "tests.fixtures.kustomize",
    "tests.fixtures.desk_estate",
    "tests.fixtures.podman_engine",
    "tests.fixtures.real_delivery",
    "tests.fixtures.cluster",
    "tests.fixtures.cluster_delivery",
    "tests.fixtures.headway_image",
    "tests.fixtures.argocd_listener",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let whoever has the time try a hundred where each submission tries one of each (`make test-deep`)."""
    parser.addoption("--deep", action="store_true", help="try what is tried often a hundred times and more")


@pytest.fixture
def is_deep(pytestconfig: pytest.Config) -> bool:
    """Say whether there is time for a hundred."""
    return bool(pytestconfig.getoption("--deep"))


@pytest.fixture(autouse=True)
def desk_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep what the desk remembers out of the user's own folder, and of the next test."""
    folder = tmp_path_factory.mktemp("cache", numbered=True)
    monkeypatch.setenv("HEADWAY_CACHE", str(folder))
    return folder
