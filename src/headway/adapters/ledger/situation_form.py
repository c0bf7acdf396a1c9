"""The form of snapshots, and which code they are of."""

from collections.abc import Iterator
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable

from headway.adapters.ledger.situation_codec import decode_situation, encode_situation
from headway.domain.situation import Situation

_CODE = ("headway.domain", "headway.adapters.ledger")
_LIBRARIES = ("semantic-version", "pydantic")


class JsonSituations:
    """`SituationForm`: compressed JSON, of exactly the code that is installed."""

    def __init__(self) -> None:
        self.version = code_version([files(package) for package in _CODE])

    def encode(self, situation: Situation) -> bytes:
        """Write a situation."""
        return encode_situation(situation)

    def decode(self, blob: bytes) -> Situation:
        """Read a situation; ValueError: it is damaged."""
        return decode_situation(blob)


def code_version(packages: list[Traversable]) -> str:
    """Give the fingerprint of the code that reads and folds facts.

    All of the domain and of this adapter counts: that asks for one fold of everything after an upgrade, and
    never for anybody to remember which module a fold needs.
    """
    digest = sha256()
    for library in _LIBRARIES:
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
