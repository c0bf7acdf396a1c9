"""A cluster leaves nothing behind but its logs, however its harness ends."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tools.cluster import running_cluster, slot
from tools.cluster.running import STAY, read_note

pytestmark = pytest.mark.cluster

ROOT = Path(__file__).parents[2]
UP_WITHIN_S = 240.0
GONE_WITHIN_S = 120.0


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """Give a cluster that another process keeps, held by this one, and its folder."""
    folder = tmp_path / "kept"
    asked = ("up", "--argocds", "", "--folder", str(folder), "--while-held")
    process = subprocess.Popen(
        [sys.executable, "-m", "tools.cluster", *asked],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        for line in process.stdout:
            if "Ctrl-C ends it" in line:
                break
        yield process, folder
        process.kill()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_is_left_of_a_cluster_whose_harness_was_ended(
    number: signal.Signals, kept: tuple[subprocess.Popen[str], Path]
) -> None:
    process, folder = kept
    groups = _groups_of(folder)
    members = {int(pid) for group in groups for pid in (group / "cgroup.procs").read_text().split()}
    assert len(groups) > 0
    assert len(members) > 8, "etcd, API server, containerd and so on"

    os.kill(process.pid, number)
    process.wait(timeout=GONE_WITHIN_S)

    ends = time.monotonic() + GONE_WITHIN_S
    while any(group.exists() for group in groups) or _left(folder):
        assert time.monotonic() < ends, [str(group) for group in groups if group.exists()] + _left(folder)
        time.sleep(0.05)
    assert not any(Path(f"/proc/{pid}").exists() for pid in members)
    assert not any((Path("/sys/class/net") / group.name).exists() for group in groups)
    assert str(folder) not in Path("/proc/self/mountinfo").read_text()


def test_a_cluster_ends_with_whoever_holds_it(kept: tuple[subprocess.Popen[str], Path]) -> None:
    process, folder = kept
    groups = _groups_of(folder)
    assert process.stdin is not None
    process.stdin.close()  # as the kernel does when the holder was killed
    assert process.wait(timeout=GONE_WITHIN_S) == 0
    assert not any(group.exists() for group in groups)
    assert not _left(folder)


def test_a_cluster_that_was_let_go_of_stays(kept: tuple[subprocess.Popen[str], Path]) -> None:
    process, folder = kept
    assert process.stdin is not None
    process.stdin.write(f"{STAY}\n")
    process.stdin.close()
    running = read_note(folder)
    assert running is not None
    asked = (running.kubectl, "--kubeconfig", running.kubeconfig, "get", "namespace", "default")
    subprocess.run(asked, check=True, timeout=30, capture_output=True)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=GONE_WITHIN_S) == 0
    assert read_note(folder) is None


def test_a_cluster_runs_beside_another_with_addresses_of_its_own(
    kept: tuple[subprocess.Popen[str], Path], tmp_path: Path
) -> None:
    _, folder = kept
    with running_cluster(tmp_path / "second", argocds=()) as second:
        assert second.kubectl("get", "namespace", "default")
        assert f"{second.node_address}:6443" not in (folder / "kubeconfig").read_text()
    assert [path.name for path in (tmp_path / "second").iterdir()] == ["logs"]


def test_remains_that_are_still_in_use_hold_up_no_other_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    """A killed cluster's processes take the kernel a while, and whoever starts meanwhile is not to blame."""
    monkeypatch.setattr(slot, "EMPTIED_WITHIN_S", 0.1)
    by_controller = slot.CGROUPS / "pids"
    group = (by_controller if by_controller.is_dir() else slot.CGROUPS) / f"hw-cluster{slot.SLOTS - 1}"
    group.mkdir()
    with subprocess.Popen(["sleep", "600"]) as remains:
        (group / "cgroup.procs").write_text(str(remains.pid))
        slot.take_slot().holder.close()
        assert group.exists()
        remains.kill()
        remains.wait()
        monkeypatch.undo()
        slot.take_slot().holder.close()
    assert not group.exists()


def _groups_of(folder: Path) -> list[Path]:
    number = (folder / "resolv.conf").read_text().split(".")[2]
    return [
        *Path("/sys/fs/cgroup").glob(f"hw-cluster{number}"),
        *Path("/sys/fs/cgroup").glob(f"*/hw-cluster{number}"),
    ]


def _left(folder: Path) -> list[str]:
    return [str(path) for path in folder.iterdir() if path.name != "logs"]
