"""The demo on Argo CD: its first scenes as people play them; and however it ends, so does its cluster."""

import contextlib
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from demo.engines.argocd import Argocd
from demo.engines.kubectl import Kubectl
from tests.fixtures.demo_story import ENVIRONMENT, ROOT, end_story, playing
from tests.fixtures.demo_world import wait_for
from tools.cluster.running import read_note

from headway.domain.errors import Broken

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(900)]

GONE_WITHIN_S = 120
BEGUN_WITHIN_S = 600
"""More than the story itself waits for its cluster, so that it is the story that says what did not come."""
WHOLE_WITHIN_S = 800


@pytest.fixture
def folder() -> Iterator[Path]:
    """Give where a world may be built, and see that nothing of it stays."""
    path = Path(tempfile.mkdtemp(prefix="hw-"))
    path.rmdir()
    yield path
    assert not path.exists()
    assert is_gone(path)


def has_pod(folder: Path) -> bool:
    """Say whether NATS has a pod in development, which comes first."""
    cluster = read_note(folder / "cluster")
    if cluster is None:
        return False
    return bool(Kubectl(cluster.kubectl, cluster.kubeconfig)("-n", "nats-dev", "get", "pods", "-o", "name"))


def is_gone(folder: Path) -> bool:
    """Say whether nothing of the folder's cluster is left."""
    with contextlib.suppress(Broken):
        Argocd(folder).expect_nothing_left()
        return True
    return False


def test_a_version_goes_through_every_wave_and_no_request_fails(folder: Path) -> None:
    """Two scenes of nine, a hundred requests a second: all of them would take minutes."""
    argv = [sys.executable, "-m", "demo.run", "--engine", "argocd", "--scenes", "2", "--folder", str(folder)]
    done = subprocess.run(
        argv, capture_output=True, text=True, timeout=WHOLE_WITHIN_S, check=False, env=ENVIRONMENT, cwd=ROOT
    )
    assert done.returncode == 0, done.stdout
    assert ", 0 failed" in done.stdout
    assert "nothing is left" in done.stdout


def test_ctrl_c_ends_the_story_and_its_cluster(folder: Path) -> None:
    with playing(
        folder, "argocd", "the first pod", lambda: has_pod(folder), timeout_s=BEGUN_WITHIN_S
    ) as process:
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=300)
        assert process.returncode == 130, said
        assert "interrupted" in said
        assert not folder.exists()
        assert is_gone(folder)


def test_the_cluster_of_a_killed_story_ends_by_itself(folder: Path) -> None:
    def is_up() -> bool:
        return read_note(folder / "cluster") is not None

    with playing(folder, "argocd", "the cluster", is_up, timeout_s=BEGUN_WITHIN_S) as process:
        assert not is_gone(folder), "what a running one is known by"
        process.kill()
        wait_for("the end of the cluster", lambda: is_gone(folder) or None, timeout_s=GONE_WITHIN_S)
        assert "nothing is left" in end_story(folder)
        assert not folder.exists()
