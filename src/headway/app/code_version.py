"""Which code is installed: what it worked out is never taken for what other code would."""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from importlib.metadata import version
from importlib.resources.abc import Traversable


def code_version(packages: Iterable[Traversable], libraries: Iterable[str]) -> str:
    """Give the fingerprint of all sources of these packages, and of the versions of libraries."""
    digest = sha256()
    for library in libraries:
        digest.update(f"{library} {version(library)}\n".encode())
    for package in packages:
        for path, source in sorted(_sources(package, package.name)):
            digest.update(f"{path} {len(source)}\n".encode() + source)
    return digest.hexdigest()


def _sources(folder: Traversable, path: str) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _sources(entry, f"{path}/{entry.name}")
        elif entry.name.endswith(".py"):
            yield f"{path}/{entry.name}", entry.read_bytes()
