"""What judging ten thousand resources takes: all of them, none changed, one instance changed.

The clock runs from rendered bytes to findings. Compiling the rules counts where nothing is known yet; after
that a process that goes on has them.
"""

import asyncio
import resource
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from bench.standards_world import RenderedFiles, StandardsWorld, standards_world
from headway.adapters.files.documents import read_documents
from headway.adapters.policies import CelPolicies
from headway.adapters.schemas import PackagedSchemas
from headway.adapters.verdicts import FolderVerdicts
from headway.app.standards.catalog import Choice, choose
from headway.app.standards.judging import Judge, RenderedArtifact, Ruled
from headway.app.standards.remembering import RememberingJudge, rules_fingerprint
from headway.app.standards.rendered_objects import RenderedObjects
from headway.domain.estate import Estate

_ROUNDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bench:
    estate: Estate
    choice: Choice
    rules: str
    judge: Judge
    folder: Path

    async def measure(self, files: Sequence[RenderedFiles]) -> tuple[float, Ruled]:
        """Give milliseconds, and what was found; all that is known is read from the folder anew."""
        begun = time.perf_counter()
        remembering = RememberingJudge(self.judge, self.rules, FolderVerdicts(self.folder))
        rendered = [
            RenderedArtifact(
                artifact=one.artifact,
                instance=one.instance,
                objects=RenderedObjects(one.files),
                files=one.files,
            )
            for one in files
        ]
        ruled = await remembering.rule(self.estate, rendered, datetime.now(UTC))
        return (time.perf_counter() - begun) * 1000, ruled


def times(folder: Path) -> dict[str, float]:
    """Measure; `folder` is where verdicts are kept, and holds none yet."""
    return asyncio.run(_times(folder, standards_world()))


async def _times(folder: Path, world: StandardsWorld) -> dict[str, float]:
    choice = choose(["all"])
    begun = time.perf_counter()
    policies = CelPolicies(read_documents)
    compiled = await policies.compile({**choice.documents, **world.documents})
    compiling = (time.perf_counter() - begun) * 1000
    bench = _Bench(
        estate=world.estate,
        choice=choice,
        rules=rules_fingerprint("bench", choice, world.documents),
        judge=Judge(PackagedSchemas(), policies, compiled, choice),
        folder=folder,
    )
    cold, found = await bench.measure(world.rendered)
    if found.found:
        raise AssertionError(found.found[:3])
    warm = [(await bench.measure(world.rendered))[0] for _ in range(_ROUNDS)]
    changed = [await _with_one_changed(bench, world.rendered, number) for number in range(_ROUNDS)]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "objects": world.objects,
        "cold": cold + compiling,
        "warm": min(warm),
        "changed": min(changed),
        "memory": memory,
    }


async def _with_one_changed(bench: _Bench, files: Sequence[RenderedFiles], number: int) -> float:
    """Change one instance of one application, which is then unlike the others."""
    one = files[number]
    other = {path: data.replace(b"periodSeconds: 2", b"periodSeconds: 3") for path, data in one.files.items()}
    took, ruled = await bench.measure([*files[:number], replace(one, files=other), *files[number + 1 :]])
    if {each.finding.rule for each in ruled.found} != {"parity"}:
        raise AssertionError(ruled.found[:3])
    return took
