"""Adopts a repository of overlays: its folder is looked at and written, its remote gets first locks."""

import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from headway.adapters.argocd.api import ArgocdApi
from headway.adapters.argocd.credentials import Credentials, read_credentials
from headway.adapters.argocd.live import ArgocdLive
from headway.adapters.files import read_estate, tree_from_directory
from headway.adapters.git.manifests import GitManifests
from headway.adapters.git.origin import origin_of
from headway.adapters.kustomize.folder_trees import FolderTrees
from headway.adapters.kustomize.kustomize import Kustomize
from headway.adapters.kustomize.renderer import KustomizeRenderer
from headway.app.adoption.adopt import Adoption, Repository, adopt
from headway.app.adoption.locks import FirstLock
from headway.app.adoption.proposal import Around
from headway.app.adoption.push import Signed, Written, push_first_locks
from headway.app.adoption.tree import Trees
from headway.app.ports import Renderer
from headway.app.sources import read_sources
from headway.bootstrap.home import Home, kustomize
from headway.domain.errors import UsageError
from headway.domain.estate import Estate, ManifestsRepository
from headway.domain.estate.sources import SourceTree
from headway.domain.names import CommitId, EnvironmentName
from headway.interfaces.cli.composition import Adopted, AdoptSettings

DESK = CommitId("0" * 40)
"""Stands for "as it is in the folder"."""
_ENDING = ".argocd.json"


async def adopt_repository(settings: AdoptSettings) -> Adopted:
    """Look, and write what was asked for.

    Raises:
        Transient: `engine-away`, `engine-denied`, `git-remote-away`, `renderer-away`.
        UsageError: `adopt-…`, `folder-missing`, `folder-not-written`.
        EstateInvalid: files that are there, or the proposed ones, do not hold together.
    """
    url = origin_of(settings.directory)
    home = Home(state=settings.state, estate=url)
    # Clones of its own: the service, if it runs, owns those in the state folder.
    with tempfile.TemporaryDirectory(prefix="headway-adopt-") as folder:
        async with _live(home.credentials) as environments:
            beside = await _beside(settings.estate, Path(folder)) if settings.estate else None
            around = Around(
                engines={one.name: one.address for one in environments},
                person=settings.person,
                repository=home.repository.name,
                url=url,
                lane=settings.lane,
                estate=read_estate({beside.repository: beside}, partial=True).estate if beside else None,
            )
            look = _Look(settings, home.repository, environments, around, beside, Path(folder))
            return await (look.push() if settings.push else look.show())


@dataclass(frozen=True, slots=True)
class _Look:
    """One run of the command."""

    settings: AdoptSettings
    described: ManifestsRepository
    environments: Sequence[ArgocdLive]
    around: Around
    beside: SourceTree | None
    folder: Path
    """For what is needed until the end of the run."""

    async def show(self) -> Adopted:
        """Look at the folder, and write what `main` lacks if that was asked for."""
        directory = self.settings.directory
        tree = tree_from_directory(directory, self.described.name)
        adoption = await self._adopt(FolderTrees(directory), DESK, tree)
        written = _write(directory, adoption) if self.settings.write else ()
        return Adopted(adoption=adoption, written=written, pushed=())

    async def push(self) -> Adopted:
        """Look at `main` at the remote, and push the first locks that may go."""
        clone = GitManifests(name=self.described.name, url=self.described.url, state=self.folder / "clones")
        try:
            main = (await clone.fetch()).main
            if main is None:
                raise _not_on_main("the remote has no branch main")
            adoption = await self._adopt(clone, main, await read_sources(clone, self.described.name, main))
            if adoption.files:
                raise _not_on_main(f"it has no {', '.join(sorted(adoption.files)[:5])}")
            pushed: tuple[Written, ...] = ()
            if adoption.estate is not None:
                _refuse_unknown(self.settings.with_differences, adoption)
                locks = [one for one in adoption.locks if _may_go(one, self.settings.with_differences)]
                signed = Signed(main=main, who=self.settings.person, at=datetime.now(UTC))
                pushed = await push_first_locks(clone, adoption.estate, locks, signed)
        finally:
            await clone.close()
        return Adopted(adoption=adoption, written=(), pushed=pushed)

    async def _adopt(self, trees: Trees, commit: CommitId, tree: SourceTree) -> Adoption:
        where = looked_at(trees, commit, tree, self.folder / "renderings", beside=self.beside)
        return await adopt(where, self.environments, self.around)


async def _beside(estate: str, folder: Path) -> SourceTree:
    """Read what stands on `main` of the repository that holds the estate."""
    described = Home(state=folder, estate=estate).repository
    clone = GitManifests(name=described.name, url=described.url, state=folder / "estate")
    try:
        main = (await clone.fetch()).main
        if main is None:
            raise _not_on_main(f"{estate} has no branch main")
        return await read_sources(clone, described.name, main)
    finally:
        await clone.close()


def _refuse_unknown(named: Sequence[str], adoption: Adoption) -> None:
    known = [str(one.found.instance) for one in adoption.locks]
    if unknown := sorted(set(named) - set(known)):
        raise UsageError(
            "instance-unknown",
            f"there is no instance {unknown[0]!r} to adopt",
            why="it is found by no Application, or its Application follows already",
            next_step=f"choose one of: {', '.join(known)}",
        )


def _may_go(one: FirstLock, with_differences: Sequence[str]) -> bool:
    return one.problem is None and (not one.differences or str(one.found.instance) in with_differences)


@asynccontextmanager
async def _live(credentials: Path) -> AsyncIterator[list[ArgocdLive]]:
    names = _named(credentials)
    if not names:
        raise UsageError(
            "adopt-needs-argocd",
            "there is no Argo CD to look at",
            why=f"{credentials} holds no <environment>{_ENDING}",
            next_step="write one for each environment, as docs/how-to/adopt.md shows",
        )
    opened = [_open(credentials, EnvironmentName(name)) for name in names]
    try:
        yield opened
    finally:
        for one in opened:
            await one.close()


def _named(credentials: Path) -> list[str]:
    """Give the environments that there are credentials for."""
    return sorted(path.name.removesuffix(_ENDING) for path in credentials.glob(f"*{_ENDING}"))


def _open(folder: Path, name: EnvironmentName) -> ArgocdLive:
    def credentials() -> Credentials:
        return read_credentials(folder, name, "argocd", None)

    return ArgocdLive(name, credentials().url, ArgocdApi(name, credentials))


def looked_at(
    trees: Trees, commit: CommitId, sources: SourceTree, cache: Path, *, beside: SourceTree | None = None
) -> Repository:
    """Give a repository as adoption looks at it, rendered by the real Kustomize."""
    program = Kustomize(kustomize())

    def open_renderer(what: Trees) -> Renderer:
        return KustomizeRenderer(trees=what, kustomize=program, cache=cache)

    def read(tree: SourceTree) -> Estate:
        together = [tree, beside] if beside else [tree]
        return read_estate({one.repository: one for one in together}, partial=True).estate

    return Repository(
        trees=trees, commit=commit, sources=sources, open_renderer=open_renderer, read_estate=read
    )


def _write(directory: Path, adoption: Adoption) -> tuple[Path, ...]:
    written = []
    try:
        for path, data in sorted(adoption.files.items()):
            target = directory / path
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as opened:
                opened.write(data)
            written.append(target)
    except OSError as error:
        raise UsageError(
            "folder-not-written",
            f"{directory} cannot be written",
            why=(error.strerror or str(error)).lower(),
            next_step="name a folder that you may write to; nothing that is there is written over",
        ) from error
    return tuple(written)


def _not_on_main(why: str) -> UsageError:
    return UsageError(
        "adopt-not-on-main",
        "first locks cannot be written yet",
        why=f"a first lock names what stands on main, and {why}",
        next_step="write the files with --write, commit them, let them be reviewed and merged into main",
    )
