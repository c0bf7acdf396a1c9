"""The judge in force: read from `main`, compiled once for each change of what judges."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from headway import __version__
from headway.app.ports import Manifests, Policies, Schemas
from headway.app.standards.catalog import choose
from headway.app.standards.judging import Judge
from headway.domain.errors import Conflict
from headway.domain.estate.sources import WAIVERS_FILE
from headway.domain.names import CommitId
from headway.domain.situation.records import StandardsInForce
from headway.domain.standards import PolicyProblem

FOLDER = "standards"
"""Where the estate's own policies stand, beside ``estate.yaml``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """What judges, ready to be asked."""

    fingerprint: str
    judge: Judge
    problems: tuple[PolicyProblem, ...]


async def read_documents_of(manifests: Manifests, commit: CommitId) -> Mapping[str, bytes]:
    """Read the estate's own policies at a commit, by path; waivers are none."""
    files = await manifests.read_folder(commit, FOLDER)
    named = {f"{FOLDER}/{path}": data for path, data in sorted(files.items())}
    return {path: data for path, data in named.items() if path.endswith(".yaml") and path != WAIVERS_FILE}


def fingerprint_of(documents: Mapping[str, bytes], chosen: Sequence[str]) -> str:
    """Fingerprint all that judges: documents, what is used of Headway's, and the Headway that asks them."""
    choice = choose(chosen)
    hashes = {path: sha256(data).hexdigest() for path, data in {**choice.documents, **documents}.items()}
    told = json.dumps([__version__, hashes, sorted(choice.together), choice.parity], sort_keys=True)
    return sha256(told.encode()).hexdigest()[:32]


class JudgeInForce:
    """Compiles what judges, and keeps what it compiled last. Safe to use concurrently."""

    def __init__(self, schemas: Schemas, policies: Policies) -> None:
        self._schemas = schemas
        self._policies = policies
        self._last: Compiled | None = None
        self._compiling = asyncio.Lock()

    async def compile(self, documents: Mapping[str, bytes], chosen: Sequence[str]) -> Compiled:
        """Compile the estate's own policies, and what it uses of those that come with Headway."""
        fingerprint = fingerprint_of(documents, chosen)
        # It takes a second of a processor: whoever asks meanwhile waits for it.
        async with self._compiling:
            if self._last is None or self._last.fingerprint != fingerprint:
                choice = choose(chosen)
                rules = await self._policies.compile({**choice.documents, **documents})
                judge = Judge(self._schemas, self._policies, rules, choice)
                self._last = Compiled(fingerprint=fingerprint, judge=judge, problems=tuple(rules.problems))
            return self._last

    async def judge(self, in_force: StandardsInForce, manifests: Manifests) -> Judge:
        """Give the judge of the standards in force, read again where it was not kept.

        Raises:
            Conflict: `standards-moved`: what the commit holds is not what was put in force.
        """
        if self._last is not None and self._last.fingerprint == in_force.fingerprint:
            return self._last.judge
        documents = await read_documents_of(manifests, in_force.commit) if in_force.commit else {}
        compiled = await self.compile(documents, in_force.chosen)
        if compiled.fingerprint != in_force.fingerprint:
            raise Conflict(
                "standards-moved",
                "the standards in force are not those that were read",
                why="another Headway read them, or main was rewritten",
                next_step="Headway reads them again",
            )
        return compiled.judge
