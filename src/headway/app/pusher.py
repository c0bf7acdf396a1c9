"""Brings commits to the branches of one manifests repository, many at a time.

Whatever is asked for while a push is on its way goes out together with the next one: a hundred promotions
are one push. Invariant: a commit is built only on a tip whose folder is the one that it was decided on.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from headway.app.ports import BranchPush, BranchPushed, Manifests, NewCommit, PushResult
from headway.domain.errors import Transient, UsageError
from headway.domain.names import CommitId, InstanceName


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """What became of a request."""

    result: PushResult
    commit: CommitId | None
    """The commit that carries it; None: it did not land."""
    words: str = ""


Build = Callable[[CommitId | None], Awaitable[NewCommit | str]]
"""Builds the commit for a tip (None: the branch does not exist), or says why it must be planned anew."""


@dataclass(slots=True, kw_only=True)
class _Request:
    branch: str
    instance: InstanceName
    build: Build
    done: "asyncio.Future[Pushed]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Pusher:
    """One repository's queue. Safe to call concurrently."""

    ROUNDS = 20
    """How many races in a row are lost before it is tried again later; what was decided stays decided."""

    def __init__(self, manifests: Manifests) -> None:
        self._manifests = manifests
        self._waiting: list[_Request] = []
        self._turn = asyncio.Lock()
        self._on_the_wire: set[InstanceName] = set()
        self.tips: dict[str, CommitId] = {}
        """Where the remote branches stood when last seen."""

    def is_pushing(self, instance: InstanceName) -> bool:
        """Say whether a commit for an instance may be on the wire: too late to drop it."""
        return instance in self._on_the_wire

    async def push(self, branch: str, instance: InstanceName, build: Build) -> Pushed:
        """Push one instance's commit, together with whatever else waits.

        Raises:
            Transient: `git-remote-away`: whether it landed is not known; look at the remote.
        """
        request = _Request(branch=branch, instance=instance, build=build)
        self._waiting.append(request)
        async with self._turn:
            if not request.done.done():
                batch, self._waiting = self._waiting, []
                self._on_the_wire = {one.instance for one in batch}
                try:
                    await self._push_all(batch)
                finally:
                    self._on_the_wire = set()
        return await request.done

    async def _push_all(self, batch: list[_Request]) -> None:
        try:
            waiting, size, lost_in_a_row = batch, len(batch), 0
            while waiting and lost_in_a_row < self.ROUNDS:
                lost = await self._push_once(waiting[:size])
                waiting = lost + waiting[size:]
                # Fewer commits are made quicker: who loses a race runs the next one lighter.
                size = max(1, size // 2) if lost else 2 * size
                lost_in_a_row = lost_in_a_row + 1 if lost else 0
                if lost:
                    await self._look_again()
            for request in waiting:
                request.done.set_exception(_busy(request.branch))
                # Its caller sees it through the request; nobody else needs to.
                request.done.exception()
        except BaseException as error:
            for request in batch:
                if not request.done.done():
                    request.done.set_exception(error)
                    # Each caller sees it through its own request; nobody else needs to.
                    request.done.exception()

    async def _look_again(self) -> None:
        refs = await self._manifests.fetch()
        self.tips = {f"environments/{name}": tip for name, tip in refs.environments.items()}

    async def _push_once(self, batch: list[_Request]) -> list[_Request]:
        """Push a batch; give those that lost a race."""
        by_branch: dict[str, list[tuple[_Request, NewCommit]]] = {}
        for request in batch:
            try:
                built = await request.build(self.tips.get(request.branch))
            except UsageError as error:
                # One instance's folder that cannot be read stops nobody else's push.
                request.done.set_exception(error)
                continue
            if isinstance(built, str):
                request.done.set_result(Pushed(result=PushResult.MOVED, commit=None, words=built))
            else:
                by_branch.setdefault(request.branch, []).append((request, built))
        if not by_branch:
            return []
        try:
            results = await self._manifests.push([self._branch_push(*one) for one in by_branch.items()])
        except UsageError as error:
            if len(batch) == 1:
                batch[0].done.set_exception(error)
                return []
            left = [request for commits in by_branch.values() for request, _ in commits]
            return [again for request in left for again in await self._push_once([request])]
        again: list[_Request] = []
        for result in results:
            again += await self._settle(by_branch[result.branch], result)
        return again

    def _branch_push(self, branch: str, commits: list[tuple[_Request, NewCommit]]) -> BranchPush:
        return BranchPush(
            branch=branch,
            expected=self.tips.get(branch),
            commits=tuple(commit for _, commit in commits),
        )

    async def _settle(
        self, commits: list[tuple[_Request, NewCommit]], result: BranchPushed
    ) -> list[_Request]:
        if result.tip is not None:
            self.tips[result.branch] = result.tip
        if result.result is PushResult.MOVED:
            return [request for request, _ in commits]
        if result.result is PushResult.REFUSED and len(commits) > 1:
            # One of them is what the remote does not want: alone, each shows which.
            for request, _ in commits:
                left = await self._push_once([request])
                if left:
                    request.done.set_result(
                        Pushed(result=PushResult.MOVED, commit=None, words="the branch moved meanwhile")
                    )
            return []
        for (request, _), commit in zip(commits, result.commits, strict=True):
            landed = result.result is PushResult.LANDED
            request.done.set_result(
                Pushed(result=result.result, commit=commit if landed else None, words=result.words)
            )
        return []


def _busy(branch: str) -> Transient:
    return Transient(
        "git-branch-busy",
        f"{branch} moved before every one of our pushes",
        why="others push to it without a pause",
        next_step="it is tried again in a moment",
    )
