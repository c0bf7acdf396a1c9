"""Tells who a token stands for; what `headway identity` changes is in force with the next request."""

from hmac import compare_digest
from pathlib import Path

from headway.adapters.identities.record import hash_of, read_record

_NEVER: tuple[int, int, int] = (-1, -1, -1)


class LocalIdentities:
    """The port `Identities` over `identities.json`. For one event loop; it reads a small file."""

    def __init__(self, path: Path) -> None:
        """Prepare; nothing is read before the first question.

        Args:
            path: the file `identities.json`; nobody is known while it is not there.
        """
        self._path = path
        self._seen = _NEVER
        self._people: dict[str, str] = {}

    def person_of(self, token: str) -> str | None:
        """Give the person; None: nobody has this token. Compared in constant time.

        Raises:
            Broken: `identities-malformed`.
        """
        self._refresh()
        asked = hash_of(token)
        found: str | None = None
        for person, kept in self._people.items():
            # No early end: how long it takes must not tell how far it came.
            if compare_digest(asked.encode(), kept.encode()):
                found = person
        return found

    def mark_of(self, person: str) -> str | None:
        """Give what changes whenever a person gets another token, and tells nothing of it; None: has none.

        Raises:
            Broken: `identities-malformed`.
        """
        self._refresh()
        kept = self._people.get(person)
        return None if kept is None else hash_of(f"mark of {kept}")[:16]

    def _refresh(self) -> None:
        try:
            status = self._path.stat()
            now = (status.st_mtime_ns, status.st_size, status.st_ino)
        except OSError:
            now = _NEVER
        if now != self._seen or now == _NEVER:
            self._people = {}
            self._people = read_record(self._path)
            self._seen = now
