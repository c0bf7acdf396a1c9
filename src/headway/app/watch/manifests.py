"""Watches the manifests repositories: fetches, then lets `main` and the branches be looked at."""

from collections.abc import Sequence

from headway.app.desk import Desk
from headway.app.ports import Refs
from headway.app.watch.away import AwayWatch
from headway.app.watch.branches import BranchWatch
from headway.app.watch.estates import EstateWatch
from headway.app.watch.standards import StandardsWatch
from headway.domain.errors import Transient
from headway.domain.estate import ManifestsRepository
from headway.domain.facts import Source
from headway.domain.names import RepositoryName


class ManifestsWatch:
    """Fetches all repositories; safe to ask at any time."""

    def __init__(self, desk: Desk, away: AwayWatch) -> None:
        self._desk = desk
        self._away = away
        self._estates = EstateWatch(desk)
        self._branches = BranchWatch(desk)
        self.standards = StandardsWatch(desk)

    async def look(self) -> None:
        """Fetch, take up the estate and its configurations, compare the branches.

        What one repository cannot tell now stops no other; the estate is read again when all answered.
        """
        home = self._desk.outside.home
        tips = await self._fetch({}, (home,))
        if tips is None:
            return
        await self._estates.take_list(tips[home.name])
        tips = await self._fetch(tips, self._estates.repositories())
        if tips is None:
            return
        # What judges takes force before the commits that it came with make versions.
        await self.standards.take(tips[home.name])
        await self._estates.take(tips)
        await self.standards.take(tips[home.name])
        for repository in self._estates.repositories():
            if repository.name in tips:
                manifests, _ = self._desk.outside.repository(repository)
                await self._branches.compare(manifests, repository.name, tips[repository.name])

    async def _fetch(
        self, known: dict[RepositoryName, Refs], repositories: Sequence[ManifestsRepository]
    ) -> dict[RepositoryName, Refs] | None:
        tips = dict(known)
        complete = True
        for repository in repositories:
            if repository.name in tips:
                continue
            manifests, _ = self._desk.outside.repository(repository)
            try:
                refs = await manifests.fetch()
            except Transient as error:
                await self._away.silent(Source.GIT, repository.name, error)
                complete = False
                continue
            await self._away.answered(Source.GIT, repository.name)
            tips[repository.name] = refs
            pusher = self._desk.pusher(repository.name, manifests)
            pusher.tips = {f"environments/{name}": tip for name, tip in refs.environments.items()}
        return tips if complete else None
