"""Watches `main` of the manifests repositories: the estate in force, and the configurations of artifacts."""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256

from headway.app.desk import Desk
from headway.app.instance_folder import inputs_of
from headway.app.ports import MainCommit, Manifests, Refs
from headway.app.sources import read_sources
from headway.domain.checks import Check
from headway.domain.estate import Application, Artifact, Estate, ManifestsRepository
from headway.domain.estate.loosening import loosenings
from headway.domain.estate.moving import moved_namespaces
from headway.domain.estate.problems import EstateInvalid
from headway.domain.estate.sources import APPLICATION_FILE, ESTATE_FILE
from headway.domain.facts import ConfigurationFound, EstateRefused, EstateTaken, EstateWaiting, NewFact
from headway.domain.names import (
    ArtifactName,
    CommitId,
    InstanceName,
    RepositoryName,
    TreeId,
    Version,
)

_BATCH = 200
"""How many configurations are recorded in one transaction."""


class EstateWatch:
    """Reads the estate when a `main` moved, and finds the commits that make versions."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._read_at: dict[RepositoryName, CommitId] = {}
        self._configured_at: dict[RepositoryName, CommitId] = {}
        self._listed: tuple[ManifestsRepository, ...] = ()
        self._listed_at: CommitId | None = None
        """The commit of `main` whose list was read last."""

    async def take(self, tips: Mapping[RepositoryName, Refs]) -> None:
        """Take up what stands at the tips; a broken estate leaves the last good one in force and says so."""
        mains = {name: refs.main for name, refs in tips.items() if refs.main is not None}
        waiting = self._desk.situation.waiting
        accepted = waiting is not None and waiting.fingerprint == self._desk.situation.accepted
        if mains != self._read_at or accepted:
            await self._read_estate(mains)
            self._read_at = dict(mains)
        for name, tip in mains.items():
            await self._find_configurations(name, tip)

    async def _read_estate(self, mains: Mapping[RepositoryName, CommitId]) -> None:
        desk = self._desk
        sources = {}
        for repository in self.repositories():
            if repository.name in mains:
                manifests, _ = desk.outside.repository(repository)
                sources[repository.name] = await read_sources(
                    manifests, repository.name, mains[repository.name]
                )
        try:
            read = desk.outside.estate_reader.estate(sources)
        except EstateInvalid as error:
            problems = tuple(str(problem) for problem in error.problems)
            if problems != desk.situation.refused:
                await desk.record(desk.fact(EstateRefused(commits=dict(mains), problems=problems)))
            return
        await self._take_force(mains, read.estate)

    async def _take_force(self, mains: Mapping[RepositoryName, CommitId], estate: Estate) -> None:
        """Put an estate in force, unless it loosens something that nobody accepted yet."""
        desk = self._desk
        before = desk.situation.estate
        if moved := moved_namespaces(before, estate):
            if moved != desk.situation.refused:
                await desk.record(desk.fact(EstateRefused(commits=dict(mains), problems=moved)))
            return
        loosens = loosenings(before, estate) if before is not None else ()
        named = _joined([TreeId(f"{name}={commit}") for name, commit in sorted(mains.items())])[:16]
        if loosens and desk.situation.accepted != named:
            waiting = desk.situation.waiting
            if waiting is None or waiting.fingerprint != named:
                body = EstateWaiting(commits=dict(mains), fingerprint=named, loosens=loosens)
                await desk.record(desk.fact(body))
            return
        if estate != before or desk.situation.refused or desk.situation.waiting:
            await desk.record(desk.fact(EstateTaken(commits=dict(mains), estate=estate)))

    def repositories(self) -> Sequence[ManifestsRepository]:
        """Give the repositories that are known now: those listed on `main`, else in the estate in force."""
        if self._listed:
            return self._listed
        estate = self._desk.situation.estate
        return tuple(estate.repositories.values()) if estate else (self._desk.outside.home,)

    async def take_list(self, home: Refs) -> None:
        """Learn from ``estate.yaml`` which repositories there are; a broken one changes nothing."""
        if home.main is None or home.main == self._listed_at:
            return
        manifests, _ = self._desk.outside.repository(self._desk.outside.home)
        data = (await manifests.read_files(home.main, [ESTATE_FILE]))[ESTATE_FILE]
        self._listed_at = home.main
        if data is None:
            return
        try:
            listed = self._desk.outside.estate_reader.repositories(data, ESTATE_FILE)
        except EstateInvalid:
            return
        # The home is reached as the operator said, whatever its own file calls the way to it.
        home_name = self._desk.outside.home.name
        self._listed = tuple(self._desk.outside.home if one.name == home_name else one for one in listed)

    async def _find_configurations(self, name: RepositoryName, tip: CommitId) -> None:
        estate = self._desk.situation.estate
        if estate is None or name not in estate.repositories or self._configured_at.get(name) == tip:
            return
        manifests, _ = self._desk.outside.repository(estate.repositories[name])
        applications = [one for one in estate.applications.values() if one.repository == name]
        since = self._configured_at.get(name) or self._last_known(applications)
        line = await manifests.main_line(since, tip)
        if since is None:
            # Of what was there before Headway, only the newest commit is a version.
            line = line[-1:]
        facts: list[NewFact] = []
        before = await _inputs(manifests, estate, applications, since) if since else {}
        for commit in line:
            now = await _inputs(manifests, estate, applications, commit.commit.id)
            for application in applications:
                facts += await self._changed(manifests, application, commit, before, now)
            before = now
            if len(facts) >= _BATCH:
                await self._desk.record(*facts)
                facts = []
        facts += await self._never_seen(manifests, applications, line, tip)
        await self._desk.record(*facts)
        self._configured_at[name] = tip

    def _last_known(self, applications: Sequence[Application]) -> CommitId | None:
        """Give the newest commit that made a version of any artifact of a repository; None: there is none."""
        found = [
            shelf.configurations[shelf.newest_configurations[0]]
            for application in applications
            for artifact in application.artifacts.values()
            if (shelf := self._desk.situation.shelf(artifact.name)).newest_configurations
        ]
        return max(found, key=lambda one: one.position).commit if found else None

    async def _changed(
        self,
        manifests: Manifests,
        application: Application,
        commit: MainCommit,
        before: Mapping[str, str],
        now: Mapping[str, str],
    ) -> list[NewFact]:
        facts = []
        checks: tuple[Check, ...] | None = None
        for artifact in application.artifacts.values():
            key = str(artifact.name)
            if key not in now or before.get(key) == now[key]:
                continue
            if checks is None:
                checks = await self._checks(manifests, application, commit.commit.id)
            if before.get(key, "").split("|")[0] == now[key].split("|")[0] and not self._checks_differ(
                artifact, checks
            ):
                continue
            facts.append(await self._configuration(manifests, artifact, commit, checks))
        return facts

    async def _never_seen(
        self,
        manifests: Manifests,
        applications: Sequence[Application],
        line: Sequence[MainCommit],
        tip: CommitId,
    ) -> list[NewFact]:
        """An artifact that is new to the estate, though its folder is not, begins with the tip."""
        seen = {commit.commit.id for commit in line}
        facts = []
        for application in applications:
            for artifact in application.artifacts.values():
                shelf = self._desk.situation.shelf(artifact.name)
                if shelf.newest_configurations or tip in seen:
                    continue
                newest = await manifests.main_line(None, tip)
                checks = await self._checks(manifests, application, tip)
                facts.append(await self._configuration(manifests, artifact, newest[-1], checks))
        return facts

    async def recalled(
        self,
        manifests: Manifests,
        main: CommitId | None,
        instance: InstanceName,
        versions: Iterable[tuple[ArtifactName, Version]],
    ) -> list[NewFact]:
        """Give the configurations that versions name and no shelf holds: an earlier ledger knew them.

        One that is on `main`'s line no longer stays unknown: nobody can tell what is newer than it.
        """
        estate = self._desk.situation.estate
        if estate is None or main is None or instance.application not in estate.applications:
            return []
        application = estate.applications[instance.application]
        missing = [
            (artifact, version.commit)
            for artifact, version in versions
            if estate.has_artifact(artifact)
            and version.commit not in self._desk.situation.shelf(artifact).configurations
        ]
        if not missing:
            return []
        line = {one.commit.id: one for one in await manifests.main_line(None, main)}
        facts = []
        for artifact, commit in dict.fromkeys(missing):
            if commit in line:
                checks = await self._checks(manifests, application, commit)
                described = application.artifacts[artifact.artifact]
                facts.append(await self._configuration(manifests, described, line[commit], checks))
        return facts

    def _checks_differ(self, artifact: Artifact, checks: tuple[Check, ...]) -> bool:
        shelf = self._desk.situation.shelf(artifact.name)
        if not shelf.newest_configurations:
            return True
        known = shelf.configurations[shelf.newest_configurations[0]].checks
        return known != _checks_for(artifact, checks)

    async def _checks(
        self, manifests: Manifests, application: Application, commit: CommitId
    ) -> tuple[Check, ...]:
        """Read the checks at a commit; where they cannot be read, those of the estate in force stay."""
        path = f"{application.name}/{APPLICATION_FILE}"
        data = (await manifests.read_files(commit, [path]))[path]
        if data is None:
            return application.checks
        try:
            return self._desk.outside.estate_reader.checks(
                data, path, application.name, application.repository
            )
        except EstateInvalid:
            return application.checks

    async def _configuration(
        self, manifests: Manifests, artifact: Artifact, commit: MainCommit, checks: tuple[Check, ...]
    ) -> NewFact:
        folder = f"{artifact.name.application}/{artifact.name.artifact}/overlays"
        names = await manifests.list_folder(commit.commit.id, folder)
        return self._desk.fact(
            ConfigurationFound(
                artifact=artifact.name,
                commit=commit.commit.id,
                position=commit.position,
                author=commit.commit.author,
                subject=commit.commit.message.split("\n", 1)[0][:200],
                overlays=tuple(name.rstrip("/") for name in names),
                checks=_checks_for(artifact, checks),
                committed_at=commit.commit.committed_at,
            )
        )


def _checks_for(artifact: Artifact, checks: tuple[Check, ...]) -> tuple[Check, ...]:
    return tuple(one for one in checks if not one.artifacts or artifact.name.artifact in one.artifacts)


async def _inputs(
    manifests: Manifests, estate: Estate, applications: Sequence[Application], commit: CommitId
) -> dict[str, str]:
    """Fingerprint what each artifact's overlays can read at a commit, then ``|`` and its checks' file."""
    paths: list[str] = []
    for application in applications:
        paths.append(f"{application.name}/{APPLICATION_FILE}")
        for artifact in application.artifacts.values():
            paths += inputs_of(estate, application.name, artifact.name.artifact)
    ids = await manifests.tree_ids(commit, sorted(set(paths)))
    found = {}
    for application in applications:
        checks = ids[f"{application.name}/{APPLICATION_FILE}"]
        for artifact in application.artifacts.values():
            inputs = inputs_of(estate, application.name, artifact.name.artifact)
            if ids[inputs[0]] is not None:
                found[str(artifact.name)] = f"{_joined([ids[path] for path in inputs])}|{checks}"
    return found


def _joined(ids: Sequence[TreeId | None]) -> str:
    return sha256(" ".join(str(one) for one in ids).encode()).hexdigest()
