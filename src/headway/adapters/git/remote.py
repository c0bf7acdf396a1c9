"""Talks to a remote through the git program: everyone's credentials, proxies and URL rewrites work.

Invariants: the URL stands in the clone's own configuration, never in an argument list; nothing is asked on a
terminal; no user's hook runs; what the program prints is only ever shown, never decided by. One call at a
time for each clone (the caller's lock).
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from headway.adapters.git.credentials import without_credentials
from headway.domain.errors import Transient
from headway.programs import Bounds, CutOff, Finished, run_bounded

_OTHER_REPOSITORY = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_QUARANTINE_PATH",
    "GIT_PREFIX",
)
"""Set inside somebody's hook, and then they would turn our commands to that repository."""
_SETTINGS = {
    "core.hooksPath": os.devnull,
    "gc.auto": "0",
    "maintenance.auto": "false",
    "push.followTags": "false",
    "fetch.recurseSubmodules": "false",
    "push.recurseSubmodules": "no",
    "fetch.writeCommitGraph": "false",
}
_WORDS_LIMIT = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class RefUpdate:
    """One ref's compare-and-swap."""

    ref: str
    expected: str | None
    """None: the ref must not exist."""
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PushAnswer:
    """What the push program printed: for people, and to know which refs the remote spoke of."""

    reasons: Mapping[str, str]
    """By ref, for each that the remote or the program refused by name."""
    words: str
    is_silent: bool
    """It ended badly and spoke of no ref: the push did not reach the remote, or its answer not us."""
    is_timed_out: bool


class GitRemote:
    """The remote `origin` of one bare clone."""

    def __init__(
        self,
        clone: Path,
        timeout: timedelta,
        *,
        called: str = "the manifests repository's remote",
        runs_in: Path | None = None,
    ) -> None:
        self._clone = clone
        self._runs_in = runs_in or clone
        """A remote that is a path is meant from here."""
        self._timeout = timeout
        self._called = called
        """What people read that it is."""

    async def tips(self, patterns: Sequence[str]) -> Mapping[str, str]:
        """Give the commit of each ref that matches; a ref that is not there is left out.

        Raises:
            Transient: `git-remote-away`.
        """
        finished = await self._run("ls-remote", "--quiet", "--", "origin", *patterns)
        if not finished.is_done:
            raise self._away(finished)
        tips = {}
        for line in finished.output.decode(errors="replace").splitlines():
            commit, _, ref = line.partition("\t")
            # A pattern matches the end of a name, so refs of other kinds can come with it.
            if ref.startswith("refs/heads/"):
                tips[ref] = commit
        return tips

    async def fetch(self, refs: Sequence[str]) -> bool:
        """Copy these refs, rewritten ones too, into the clone by their own names; say if that worked."""
        finished = await self._run(
            "fetch",
            "--quiet",
            "--no-tags",
            "--no-write-fetch-head",
            "--no-auto-gc",
            "--",
            "origin",
            *(f"+{ref}:{ref}" for ref in refs),
        )
        return finished.is_done

    async def copy(self, tips: Mapping[str, str], of: str, into: str, *, shallow: bool) -> None:
        """Copy the refs at `tips` into the clone, each below `into` where the remote has it below `of`.

        Args:
            tips: commits by ref, as `tips` gave them.
            of: how the refs begin at the remote.
            into: how they begin in the clone.
            shallow: the clone has no whole history, so none is fetched.

        Raises:
            Transient: `git-remote-away`.
        """
        if not tips:
            return
        depth = ["--depth=1"] if shallow else []
        refs = [f"+{ref}:{into}{ref.removeprefix(of)}" for ref in sorted(tips)]
        # Without the map no branch that somebody follows there moves beside them.
        finished = await self._run(
            "fetch",
            "--quiet",
            "--no-tags",
            "--no-write-fetch-head",
            "--no-auto-gc",
            "--refmap=",
            *depth,
            "--",
            "origin",
            *refs,
        )
        if not finished.is_done:
            raise self._away(finished)

    async def head(self) -> str | None:
        """Give the commit of the remote's default branch; None: it has no commit yet.

        Raises:
            Transient: `git-remote-away`.
        """
        finished = await self._run("ls-remote", "--quiet", "--", "origin", "HEAD")
        if not finished.is_done:
            raise self._away(finished)
        lines = (line.split("\t") for line in finished.output.decode(errors="replace").splitlines())
        return next((commit for commit, *ref in lines if ref == ["HEAD"]), None)

    async def copy_head(self, ref: str) -> bool:
        """Copy the commits of the remote's default branch, without files if it can; say if that worked."""
        finished = await self._run(
            "fetch",
            "--quiet",
            "--no-tags",
            "--no-write-fetch-head",
            "--no-auto-gc",
            "--filter=tree:0",
            "--",
            "origin",
            f"+HEAD:{ref}",
        )
        return finished.is_done

    async def has_readable_refs(self) -> bool:
        """Say whether the clone is a repository whose refs can be read."""
        finished = await self._run("for-each-ref")
        return finished.is_done

    async def first_parents(self, ref: str) -> Sequence[tuple[str, datetime | None]] | None:
        """Give the clone's first-parent line up to a ref, oldest first, and when each was committed.

        None: it cannot be read.
        """
        finished = await self._run("rev-list", "--first-parent", "--reverse", "--timestamp", ref, "--")
        if not finished.is_done:
            return None
        pairs = (line.split(" ", 1) for line in finished.output.decode().splitlines())
        return [(commit, _instant(seconds)) for seconds, commit in pairs]

    async def push(self, updates: Sequence[RefUpdate]) -> PushAnswer:
        """Ask for all updates in one push, each its own compare-and-swap."""
        leases = (f"--force-with-lease={update.ref}:{update.expected or ''}" for update in updates)
        finished = await self._run(
            "push",
            "--porcelain",
            "--no-verify",
            "--no-follow-tags",
            *leases,
            "--",
            "origin",
            *(f"{update.target}:{update.ref}" for update in updates),
        )
        reasons = _refusals(finished.output.decode(errors="replace"))
        return PushAnswer(
            reasons=reasons,
            words=_words(finished),
            is_silent=not finished.is_done and not reasons,
            is_timed_out=finished.cut_off is CutOff.TIME,
        )

    async def is_sound(self) -> bool:
        """Say whether every object of the clone is there and readable."""
        finished = await self._run("fsck", "--no-dangling", "--no-progress")
        return finished.is_done

    async def tidy(self) -> None:
        """Pack loose objects when there are many; what nothing names is kept for two weeks."""
        await self._run("-c", "gc.auto=6700", "-c", "gc.autoDetach=false", "gc", "--auto", "--quiet")

    async def _run(self, *arguments: str) -> Finished:
        settings = [word for key, value in _SETTINGS.items() for word in ("-c", f"{key}={value}")]
        try:
            return await run_bounded(
                ["git", *settings, *arguments],
                folder=self._runs_in,
                environment=_environment(self._clone),
                bounds=Bounds(time=self._timeout),
            )
        except Transient as missing:
            raise Transient(
                "git-remote-away",
                "the git program could not be run",
                why=missing.why,
                next_step="install git, or look whether the machine is out of memory",
            ) from missing

    def _away(self, finished: Finished) -> Transient:
        why = _words(finished)
        if finished.cut_off is CutOff.TIME:
            why = f"no answer within {self._timeout.total_seconds():g} s"
        elif finished.cut_off is CutOff.OUTPUT:
            why = "it answered with more than git may write here"
        return Transient(
            "git-remote-away",
            f"{self._called} cannot be reached",
            why=why or f"git ended with status {finished.status}",
            next_step="it is tried again; look at the remote, the network and the credentials",
        )


def _instant(seconds: str) -> datetime | None:
    """Read a commit's time; None: whoever made it wrote one that no calendar has."""
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _environment(clone: Path) -> Mapping[str, str]:
    environment = {key: value for key, value in os.environ.items() if key not in _OTHER_REPOSITORY}
    environment.update(GIT_DIR=str(clone), GIT_TERMINAL_PROMPT="0", LC_ALL="C", LANGUAGE="C")
    return environment


def _refusals(porcelain: str) -> Mapping[str, str]:
    """Read `git push --porcelain`: ``flag <tab> from:to <tab> summary (reason)``."""
    reasons = {}
    for line in porcelain.splitlines():
        flag, _, rest = line.partition("\t")
        names, _, summary = rest.partition("\t")
        if flag == "!" and names:
            reasons[names.rpartition(":")[2]] = without_credentials(summary)
    return reasons


def _words(finished: Finished) -> str:
    lines = (line.strip() for line in finished.errors.decode(errors="replace").splitlines())
    kept = [line for line in lines if line and not line.startswith(("To ", "hint:"))]
    return without_credentials("; ".join(kept))[:_WORDS_LIMIT]
