"""A built world and what people do in it: publish, commit, look; and its end.

Not safe to use from several threads, but for `publish` of different applications.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from demo.world.builder import Builder
from demo.world.changes import VERSION_LINES, Change
from demo.world.ending import undisturbed
from demo.world.home import Home
from demo.world.place import Place
from demo.world.processes import Process
from demo.world.registry import Registry
from demo.world.repository import Edit, Repository
from headway.domain.names import CommitId, Digest, parse_digest

INSTANCES = ("dev", "test", "staging", "production-ap-southeast-2", "production-us-west-2")
"""The instances of every application, in the order of the lane."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One image that a team published."""

    application: str
    version: str
    commit: CommitId
    digest: Digest
    repository: str
    """``address:port/oneconnect/app1``."""

    @property
    def reference(self) -> str:
        """The image by digest."""
        return f"{self.repository}@{self.digest}"


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The registry, the repositories and the build server. Made by `demo.world.build`."""

    home: Home
    place: Place
    builder: Builder
    registry: Registry
    applications: Mapping[str, Repository]
    """The teams' repositories: app1, app2."""
    manifests: Mapping[str, Repository]
    """argocd-oc-apps and argocd-oc-system."""
    python_base: str
    """The image that app2 is built on, in the builder's store."""
    nats_image: str
    """NATS by digest, as the manifests name it."""
    entrances: Mapping[str, int]
    """By instance: the port where people reach app1."""
    bad_changes: dict[str, CommitId]
    """By application: the bad change that its `main` holds."""
    programs: list[Process]
    """What was started in the world, in order."""

    @property
    def folder(self) -> Path:
        """Where all of it is; whoever adds to the world does it below."""
        return self.home.folder

    def entrance(self, instance: str) -> str:
        """Give the URL where people reach app1 in an instance."""
        return f"http://{self.place.entrance_address}:{self.entrances[instance]}/"

    def publish(self, application: str, version: str, *, change: Change | None = None) -> Published:
        """Do what a team does: revert what was bad, change, name the version, and let the build server run.

        Raises:
            Broken: `demo-command-failed`: the repository's own build, test or publish step failed.
        """
        repository = self.applications[application]
        bad = self.bad_changes.pop(application, None)
        if bad is not None:
            repository.revert(bad)
        if change is not None:
            changed = repository.commit(change.message, change.apply)
            if change.is_bad:
                self.bad_changes[application] = changed
        commit = repository.commit(f"Name it {version}", _name_version(application, version))
        repository.tag(f"v{version}")
        return self._build_server(application, version, commit)

    def commit_manifests(self, repository: str, message: str, edit: Edit) -> CommitId:
        """Change files on a manifests repository's `main`.

        Raises:
            Broken: `demo-command-failed`: the edit changes nothing.
        """
        return self.manifests[repository].commit(message, edit)

    def start(
        self,
        name: str,
        argv: Sequence[str],
        *,
        extra: Mapping[str, str] | None = None,
        folder: Path | None = None,
    ) -> Process:
        """Run a program that ends with the world at the latest; its log is ``logs/NAME.log``."""
        log = self.folder / "logs" / f"{name}.log"
        self.programs.append(Process(argv, world=self.folder, log=log, extra=extra, folder=folder))
        return self.programs[-1]

    def undo_later(self, argv: Sequence[str]) -> None:
        """Have a command run at the world's end, also if that is the next start's clearing."""
        self.home.undo_later(argv)

    def close(self) -> None:
        """End all that runs and remove the folder; harmless when done twice.

        Raises:
            Broken: `demo-not-cleared`.
        """
        with undisturbed():
            for program in reversed(self.programs):
                program.end()
            self.registry.stop()
            self.home.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _build_server(self, application: str, version: str, commit: CommitId) -> Published:
        checkout = self.folder / "builds" / application
        self.applications[application].check_out(commit, checkout)
        variables = {"REGISTRY": self.registry.address, "BASE": self.python_base}
        for step in ("build", "test", "publish"):
            self.builder.make(step, checkout, variables)
        return Published(
            application=application,
            version=version,
            commit=commit,
            digest=parse_digest((checkout / "build" / "digest").read_text().strip()),
            repository=f"{self.registry.address}/oneconnect/{application}",
        )


def _name_version(application: str, version: str) -> Edit:
    name, line = VERSION_LINES[application]

    def edit(folder: Path) -> None:
        path = folder / name
        text = path.read_text()
        found = re.search(line, text, re.MULTILINE)
        assert found is not None, f"{name} has no line like {line}"  # noqa: S101 - our own file
        path.write_text(text[: found.start(1)] + version + text[found.end(1) :])

    return edit
