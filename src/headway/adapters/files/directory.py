"""A source tree from a plain folder, as `headway check` has it on somebody's desk.

Symbolic links are not followed, as in a commit; one where a file of the estate should stand is told of.
"""

from pathlib import Path

from headway.adapters.files.document import MAX_BYTES
from headway.domain.errors import UsageError
from headway.domain.estate.sources import APPLICATION_FILE, ESTATE_FILE, WAIVERS_FILE, SourceTree
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
        files, odd = _files(directory)
        folders = frozenset(
            path
            for file in files
            if file.endswith(f"/{APPLICATION_FILE}")
            for path in _folders(directory, file)
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
        odd_files=odd,
        shown_as="" if shown == "." else shown.removesuffix("/"),
    )


def _files(directory: Path) -> tuple[dict[str, bytes], frozenset[str]]:
    files: dict[str, bytes] = {}
    odd: set[str] = set()
    # Of a folder that is a link only the file is looked for, to say that its application is not read.
    folders = [one for one in sorted(directory.iterdir()) if one.is_dir() and one.name != ".git"]
    single = (directory / ESTATE_FILE, directory / WAIVERS_FILE)
    for path in (*single, *(one / APPLICATION_FILE for one in folders)):
        name = path.relative_to(directory).as_posix()
        if path.is_symlink() or (path.parent.is_symlink() and path.parent != directory and path.exists()):
            odd.add(name)
        elif path.is_file():
            with path.open("rb") as opened:
                files[name] = opened.read(MAX_BYTES + 1)
    return files, frozenset(odd)


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
