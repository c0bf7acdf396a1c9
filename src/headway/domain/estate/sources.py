"""What an estate is read from: one tree of files for each manifests repository, and what the reading gave."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from headway.domain.estate.estate import Estate
from headway.domain.estate.problems import Problem
from headway.domain.names import CommitId, RepositoryName

ESTATE_FILE = "estate.yaml"
APPLICATION_FILE = "application.yaml"
WAIVERS_FILE = "standards/waivers.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTree:
    """The part of a manifests repository that describes the estate, at one commit or on somebody's desk."""

    repository: RepositoryName
    commit: CommitId | None
    """None: a plain folder, not a commit."""
    files: Mapping[str, bytes]
    """By path: ``estate.yaml`` and the waivers where they stand, every ``<application>/application.yaml``."""
    folders: frozenset[str]
    """The folders ``<application>/<artifact>`` and ``<application>/<artifact>/overlays/<instance>``."""
    odd_files: frozenset[str] = frozenset()
    """Where one of `files` should stand and something else does, a symbolic link: it is refused, not read."""
    shown_as: str | None = None
    """What messages put before a path; None: the repository's name."""

    def show(self, path: str) -> str:
        """Give a path as people find it."""
        prefix = self.repository if self.shown_as is None else self.shown_as
        return f"{prefix}/{path}" if prefix else path

    def with_application_of(self, application: str, earlier: "SourceTree | None") -> "SourceTree":
        """Put back what an earlier tree had of one application (None, or not there: leave it away).

        So a mistake in one team's file stops that application alone, and the others are read as they are.
        """
        prefix = f"{application}/"
        files = {path: data for path, data in self.files.items() if not path.startswith(prefix)}
        folders = {path for path in self.folders if not path.startswith(prefix)}
        odd = {path for path in self.odd_files if not path.startswith(prefix)}
        if earlier is not None:
            files |= {path: data for path, data in earlier.files.items() if path.startswith(prefix)}
            folders |= {path for path in earlier.folders if path.startswith(prefix)}
        return replace(self, files=files, folders=frozenset(folders), odd_files=frozenset(odd))


@dataclass(frozen=True, slots=True, kw_only=True)
class EstateRead:
    """An estate that holds together, and what is odd about it without being wrong."""

    estate: Estate
    warnings: tuple[Problem, ...] = ()
