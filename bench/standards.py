"""Standards rows: ten thousand rendered resources, beside programs that are made for that.

kubeconform gets the same files and schemas. The Kyverno command line gets the same policies and a tenth of
the files: of all of them it takes many minutes. Both are whole processes, and so is ours beside them.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from bench import peers
from bench.row import Against, Row
from bench.standards_process import VERSION
from bench.standards_world import APPLICATIONS, standards_world, write_files
from headway.bootstrap.home import kustomize

_WITHIN_S = 900
_ROUNDS = 3


def rows() -> Iterable[Row]:
    """Measure ours and each peer in turns, so that what else the machine does counts for both."""
    with tempfile.TemporaryDirectory(prefix="hw-bench-") as name:
        folder = Path(name)
        write_files(standards_world(), folder / "files")
        write_files(standards_world(APPLICATIONS // 10), folder / "tenth")
        peers.write_schemas(folder / "schemas", VERSION)
        peers.write_policies(folder / "policies")
        yield _beside(
            f"10,005 resources held to the schemas of Kubernetes {VERSION}",
            _ours("schemas", folder / "files"),
            peers.kubeconform(folder / "schemas", folder / "files"),
            "kubeconform",
            rounds=_ROUNDS,
        )
        yield _beside(
            "989 resources held to 20 policies",
            _ours("policies", folder / "tenth"),
            peers.kyverno(folder / "policies", folder / "tenth"),
            "kyverno apply",
            rounds=1,
        )
        yield from _all(folder / "verdicts")


def _all(verdicts: Path) -> Iterable[Row]:
    said = json.loads(_run(_ours("all", verdicts))[1])
    told = [
        ("10,005 resources held to all that is shipped", "cold", None, "ms"),
        ("… nothing changed", "warm", 100.0, "ms"),
        ("… one instance changed", "changed", 150.0, "ms"),
        ("… the most memory of that process", "memory", 400.0, "MB"),
    ]
    for name, key, aim, unit in told:
        yield Row(
            name=name,
            ours=said[key],
            floor=None,
            floor_is="",
            against=Against.LIMIT,
            aim=aim,
            unit=unit,
        )


def _ours(how: str, folder: Path) -> list[str]:
    return [sys.executable, "-m", "bench.standards_process", how, str(folder)]


def _beside(name: str, ours: list[str], peer: list[str], peer_is: str, *, rounds: int) -> Row:
    _run(ours)  # once for the page cache, and for what Python compiles
    seen = [(_run(ours)[0], _run(peer)[0]) for _ in range(rounds)]
    return Row(
        name=name,
        ours=min(one for one, _ in seen),
        floor=min(other for _, other in seen),
        floor_is=peer_is,
        against=Against.RATIO,
        aim=1,
    )


def _run(command: list[str]) -> tuple[float, str]:
    begun = time.perf_counter()
    done = subprocess.run(
        command,
        cwd=peers.ROOT,
        env=peers.environment(kustomize()),
        capture_output=True,
        text=True,
        timeout=_WITHIN_S,
        check=False,
    )
    took = (time.perf_counter() - begun) * 1000
    if done.returncode != 0:
        raise AssertionError(f"{command}: {done.stdout[-500:]}{done.stderr[-2000:]}")
    return took, done.stdout
