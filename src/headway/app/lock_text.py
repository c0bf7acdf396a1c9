"""The lock file as text and back.

Invariants: the same lock gives the same bytes; what is read and written again is the same lock; nothing that
is not understood is passed over, since a lock file says what runs.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from headway.app.bounded_yaml import Document, Limits, Path, read_documents
from headway.domain.errors import UsageError
from headway.domain.lock import LockEntry, LockFile
from headway.domain.names import CommitId, Digest, PromotionId, is_label, parse_commit, parse_digest

_LIMITS = Limits(size=1 << 20, nodes=20_000, depth=6)
_FIELDS = ("apiVersion", "kind", "promotion", "namespace", "artifacts")
_ENTRY_FIELDS = ("digest", "commit", "reference")
_PROMOTION = re.compile(r"[0-9a-f]{16}")
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/\[\]-]*@sha256:[0-9a-f]{64}")


def write_lock(lock: LockFile) -> bytes:
    """Give the lock file's text, artifacts in the order of their names."""
    lines = [
        "apiVersion: headway.dev/v1",
        "kind: Lock",
        f'promotion: "{lock.promotion}"',
        f'namespace: "{lock.namespace}"',
        "artifacts:" if lock.entries else "artifacts: {}",
    ]
    for name, entry in sorted(lock.entries.items()):
        lines.append(f'  "{name}":' if not name[0].isalpha() or name in _WORDS else f"  {name}:")
        if entry.digest is not None:
            lines.append(f"    digest: {entry.digest}")
        # Forty digits, all decimal or with one `e` among them, would be read as a number.
        lines.append(f'    commit: "{entry.commit}"')
        if entry.reference is not None:
            lines.append(f"    reference: {entry.reference}")
    return ("\n".join(lines) + "\n").encode()


_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})


def read_lock(data: bytes, file: str) -> LockFile:
    """Read a lock file.

    Args:
        data: the file.
        file: its path, for messages.

    Raises:
        UsageError: `yaml-malformed`, `manifests-too-large`, or `lock-malformed` with file and line.
    """
    written = _read_as_written(data)
    if written is not None:
        return written
    documents = read_documents(data, file, _LIMITS)
    if len(documents) != 1:
        raise _wrong(file, 1, f"it holds {len(documents)} documents, not one")
    reader = _Reader(documents[0], file)
    reader.mapping((), _FIELDS)
    if reader.text(("apiVersion",)) != "headway.dev/v1" or reader.text(("kind",)) != "Lock":
        raise reader.wrong(("kind",), "it is no headway.dev/v1 Lock")
    promotion = reader.text(("promotion",))
    if not _PROMOTION.fullmatch(promotion):
        raise reader.wrong(("promotion",), "a promotion's id is 16 hexadecimal digits")
    namespace = reader.text(("namespace",))
    if not is_label(namespace):
        raise reader.wrong(("namespace",), f"{namespace!r} cannot name a namespace")
    names = reader.mapping(("artifacts",), None)
    return LockFile(
        promotion=PromotionId(promotion),
        namespace=namespace,
        entries={name: reader.entry(name) for name in names},
    )


_HEAD = re.compile(
    r'apiVersion: headway\.dev/v1\nkind: Lock\npromotion: "([0-9a-f]{16})"\n'
    r'namespace: "([-a-z0-9]+)"\nartifacts:(?: \{\})?\n'
)
_ENTRY = re.compile(
    r'  "?([-a-z0-9]+)"?:\n(?:    digest: (sha256:[0-9a-f]{64})\n)?    commit: "([0-9a-f]{40})"\n'
    r"(?:    reference: (\S+)\n)?"
)


@lru_cache(maxsize=1024)  # one lock is read for its decision, its commit, by the watcher and by engines
def _read_as_written(data: bytes) -> LockFile | None:
    """Read what `write_lock` wrote, byte for byte; None: read it as YAML, which tells what is wrong.

    A hundred times quicker than YAML, and nearly every lock file that is read is one of ours.
    """
    text = data.decode("ascii", "replace") if len(data) <= _LIMITS.size else ""
    head = _HEAD.match(text)
    if head is None or not is_label(head[2]):
        return None
    entries: dict[str, LockEntry] = {}
    at = head.end()
    while at < len(text):
        found = _ENTRY.match(text, at)
        if found is None or not _holds_together(found):
            return None
        entries[found[1]] = LockEntry(
            digest=Digest(found[2]) if found[2] else None, commit=CommitId(found[3]), reference=found[4]
        )
        at = found.end()
    lock = LockFile(promotion=PromotionId(head[1]), namespace=head[2], entries=entries)
    return lock if write_lock(lock) == data else None


def _holds_together(entry: re.Match[str]) -> bool:
    name, digest, reference = entry[1], entry[2], entry[4]
    if not is_label(name) or (digest is None) != (reference is None):
        return False
    return reference is None or bool(_REFERENCE.fullmatch(reference) and reference.endswith(f"@{digest}"))


class _Reader:
    """Reads one document and says where it is wrong."""

    def __init__(self, document: Document, file: str) -> None:
        self._document = document
        self._file = file

    def mapping(self, path: Path, fields: tuple[str, ...] | None) -> Mapping[str, object]:
        found = self._at(path)
        if not isinstance(found, dict):
            raise self.wrong(path, "fields are expected there")
        for name in found if fields is not None else ():
            if name not in (fields or ()):
                raise self.wrong((*path, name), f"{name!r} is no field of a lock file")
        return found

    def text(self, path: Path) -> str:
        found = self._at(path)
        if not isinstance(found, str):
            raise self.wrong(path, f"{path[-1]!r} is missing or no text")
        return found

    def entry(self, name: str) -> LockEntry:
        path = ("artifacts", name)
        fields = self.mapping(path, _ENTRY_FIELDS)
        if not is_label(name):
            raise self.wrong(path, f"{name!r} cannot name an artifact")
        if ("digest" in fields) != ("reference" in fields):
            raise self.wrong(path, "digest and reference stand together or not at all")
        try:
            digest = parse_digest(self.text((*path, "digest"))) if "digest" in fields else None
            commit = parse_commit(self.text((*path, "commit")))
        except UsageError as error:
            raise error if error.code == "lock-malformed" else self.wrong(path, error.what) from error
        reference = self.text((*path, "reference")) if digest else None
        if reference and not (_REFERENCE.fullmatch(reference) and reference.endswith(f"@{digest}")):
            raise self.wrong((*path, "reference"), "a reference is repository@digest, by the digest above it")
        return LockEntry(digest=digest, commit=commit, reference=reference)

    def wrong(self, path: Path, why: str) -> UsageError:
        while path and path not in self._document.lines:
            path = path[:-1]
        return _wrong(self._file, self._document.lines.get(path, 1), why)

    def _at(self, path: Path) -> object:
        found = self._document.value
        for name in path:
            found = found.get(str(name)) if isinstance(found, dict) else None
        return found


def _wrong(file: str, line: int, why: str) -> UsageError:
    return UsageError(
        "lock-malformed",
        f"{file}:{line} is no lock file",
        why=why,
        next_step="restore the instance's lock file",
    )
