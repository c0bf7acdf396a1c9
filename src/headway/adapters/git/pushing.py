"""Pushes branches: each its own compare-and-swap, and what became of it read from the remote.

Invariants: `LANDED` only when the remote branch holds our last commit; `REFUSED` only when it is where it was
and the push was answered; the same push asked again after a lost answer makes the same commits and is found.
"""

from collections.abc import Mapping, Sequence, Set

import pygit2

from headway.adapters.git.clone import OwnedClone
from headway.adapters.git.commits import make_commits
from headway.adapters.git.mirror import BRANCHES, set_branch
from headway.adapters.git.reading import find_commit
from headway.adapters.git.remote import GitRemote, PushAnswer, RefUpdate
from headway.app.ports import BranchPush, BranchPushed, PushResult
from headway.domain.errors import Transient, UsageError
from headway.domain.names import CommitId

_NOTHING_ASKED = PushAnswer(reasons={}, words="", is_silent=False, is_timed_out=False)


class Pushing:
    """Pushes from one clone to its remote."""

    def __init__(self, clone: OwnedClone, remote: GitRemote) -> None:
        self._clone = clone
        self._remote = remote

    async def push(self, pushes: Sequence[BranchPush]) -> Sequence[BranchPushed]:
        """Make the commits, push them, look at the remote; in the order that was asked."""
        if not pushes:
            return ()
        _refuse_malformed(pushes)
        made = await self._clone.run(_make_all, pushes)
        results, named = await self._try(pushes, made)
        refused = [push for push in pushes if BRANCHES + push.branch in named and _is_refused(results, push)]
        if len(refused) > 1 and not _has_landed(results):
            # One branch's cause can refuse them all (a hook that sees the whole push): ask for each alone.
            for push in refused:
                results |= (await self._try([push], made))[0]
        return [results[push.branch] for push in pushes]

    async def _try(
        self,
        pushes: Sequence[BranchPush],
        made: Mapping[str, tuple[CommitId, ...]],
        *,
        is_second: bool = False,
    ) -> tuple[dict[str, BranchPushed], Set[str]]:
        """Push and look; give also the refs that were refused by name."""
        updates = [
            RefUpdate(ref=BRANCHES + push.branch, expected=push.expected, target=made[push.branch][-1])
            for push in pushes
            if made[push.branch]
        ]
        answer = await self._remote.push(updates) if updates else _NOTHING_ASKED
        results = await self._look(pushes, made, answer)
        refused = [push for push in pushes if _is_refused(results, push)]
        if refused and answer.is_timed_out:
            raise _unfinished(answer)
        if refused and answer.is_silent and not is_second:
            # It broke before the remote spoke of any branch: once more, since these did not move.
            again, named = await self._try(refused, made, is_second=True)
            return results | again, named
        return results, answer.reasons.keys()

    async def _look(
        self, pushes: Sequence[BranchPush], made: Mapping[str, tuple[CommitId, ...]], answer: PushAnswer
    ) -> dict[str, BranchPushed]:
        refs = [BRANCHES + push.branch for push in pushes]
        tips = await self._remote.tips(refs)
        unknown = await self._clone.run(_unknown, [ref for ref in refs if ref in tips], tips)
        if unknown:
            await self._remote.fetch(unknown)
        results = {}
        for push in pushes:
            ref = BRANCHES + push.branch
            tip = tips.get(ref)
            result = await self._clone.run(_judge, push, made[push.branch], tip)
            words = answer.reasons.get(ref, "") if result is PushResult.REFUSED else ""
            if result is PushResult.REFUSED:
                words = "; ".join(part for part in (words, answer.words) if part)
            results[push.branch] = BranchPushed(
                branch=push.branch,
                result=result,
                tip=CommitId(tip) if tip else None,
                commits=made[push.branch],
                words=words,
            )
        return results


def _make_all(repository: pygit2.Repository, pushes: Sequence[BranchPush]) -> dict[str, tuple[CommitId, ...]]:
    """Make every branch's commits; none where the clone does not have what they should stand on."""
    return {
        push.branch: ()
        if push.expected and find_commit(repository, push.expected) is None
        else make_commits(repository, push.expected, push.commits)
        for push in pushes
    }


def _unknown(repository: pygit2.Repository, refs: Sequence[str], tips: Mapping[str, str]) -> Sequence[str]:
    return [ref for ref in refs if find_commit(repository, tips[ref]) is None]


def _judge(
    repository: pygit2.Repository, push: BranchPush, made: tuple[CommitId, ...], tip: str | None
) -> PushResult:
    set_branch(repository, BRANCHES + push.branch, tip)
    if made and tip is not None and _holds(repository, tip, made[-1]):
        return PushResult.LANDED
    return PushResult.REFUSED if tip == push.expected and made else PushResult.MOVED


def _holds(repository: pygit2.Repository, tip: str, ours: CommitId) -> bool:
    if tip == ours:
        return True
    if find_commit(repository, tip) is None:
        return False
    return repository.descendant_of(pygit2.Oid(hex=tip), pygit2.Oid(hex=ours))


def _is_refused(results: Mapping[str, BranchPushed], push: BranchPush) -> bool:
    return results[push.branch].result is PushResult.REFUSED


def _has_landed(results: Mapping[str, BranchPushed]) -> bool:
    return any(result.result is PushResult.LANDED for result in results.values())


def _refuse_malformed(pushes: Sequence[BranchPush]) -> None:
    seen: set[str] = set()
    for push in pushes:
        if not pygit2.reference_is_valid_name(BRANCHES + push.branch) or push.branch in seen:
            raise UsageError(
                "branch-malformed",
                f"{push.branch!r} cannot be pushed",
                why="it is no branch's name, or is named twice in one push",
                next_step="name each branch once, by a name that git check-ref-format takes",
            )
        if not push.commits:
            raise UsageError(
                "push-empty",
                f"nothing to push to {push.branch}",
                why="a push has one commit at least",
                next_step="leave the branch out",
            )
        seen.add(push.branch)


def _unfinished(answer: PushAnswer) -> Transient:
    return Transient(
        "git-remote-away",
        "the manifests repository's remote took a push and did not finish it",
        why=answer.words or "no answer in time",
        next_step="it is fetched and planned again",
    )
