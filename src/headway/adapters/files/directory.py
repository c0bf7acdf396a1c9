"""A source tree from a plain folder, as `headway check` has it on somebody's desk.

Symbolic links are not followed: what they name is treated as not there, as it is in a commit.
"""

from pathlib import Path

from headway.adapters.files.document import MAX_BYTES
from headway.domain.errors import UsageError
from headway.domain.estate.sources import APPLICATION_FILE, ESTATE_FILE, SourceTree
from headway.domain.names import RepositoryName


def tree_from_directory(directory: Path, repository: RepositoryName | None = None) -> SourceTree:
    """Read what describes the estate in a folder.

    Args:
        directory: the work tree of a manifests repository.
        repository: what the estate calls it; None: the folder's own name.

    Raises:
        UsageError: `folder-missing`: there is no such folder, or it may not be read.
    """
    try:
        files = _files(directory)
        folders = frozenset(
            path for application in files if "/" in application for path in _folders(directory, application)
        )
    except OSError as error:
        raise UsageError(
            "folder-missing",
            f"the folder {directory} cannot be read",
            why=(error.strerror or str(error)).lower(),
            next_step="name the folder of a manifests repository",
        ) from error
    shown = directory.as_posix()
    return SourceTree(
        repository=repository or RepositoryName(directory.resolve().name),
        commit=None,
        files=files,
        folders=folders,
        shown_as="" if shown == "." else shown.removesuffix("/"),
    )


def _files(directory: Path) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    candidates = [directory / ESTATE_FILE]
    candidates += [one / APPLICATION_FILE for one in sorted(directory.iterdir()) if _is_folder(one)]
    for path in candidates:
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as opened:
                files[path.relative_to(directory).as_posix()] = opened.read(MAX_BYTES + 1)
    return files


def _folders(directory: Path, application_file: str) -> list[str]:
    found: list[str] = []
    application = directory / application_file.split("/", 1)[0]
    for artifact in filter(_is_folder, application.iterdir()):
        found.append(artifact.relative_to(directory).as_posix())
        overlays = artifact / "overlays"
        if _is_folder(overlays):
            found += [one.relative_to(directory).as_posix() for one in filter(_is_folder, overlays.iterdir())]
    return found


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink() and path.name != ".git"
