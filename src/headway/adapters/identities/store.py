"""Adds people and takes them away; makes the tokens that a service needs on its machine.

Layout of a state folder: `identities.json` (hashes), `token` (the operator's), `hook-token`, `session-key`
(signs browsers' cookies), and
`identities/<person>.token`, each to be handed to its person and then removed. All have mode 0600.
"""

import fcntl
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from headway.adapters.identities.private_file import write_private
from headway.adapters.identities.record import hash_of, read_record, write_record
from headway.domain.errors import UsageError
from headway.domain.permissions import OPERATOR

_PERSON = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}")
_TOKEN_BYTES = 32


class LocalIdentityStore:
    """The people of one state folder. Safe with several processes: each change holds a lock."""

    def __init__(self, state: Path) -> None:
        self._state = state

    @property
    def path(self) -> Path:
        """Where the hashes are: what `LocalIdentities` reads."""
        return self._state / "identities.json"

    def ensure_operator(self) -> Path:
        """Give the operator's token file; the token is made anew if it is gone or not known."""
        path = self._state / "token"
        with self._changing() as people:
            token = _read(path)
            if token is None or people.get(OPERATOR) != hash_of(token):
                people[OPERATOR] = _new_token(path)
        return path

    def add(self, person: str) -> Path:
        """Make a person's token and give the file that holds it; an earlier token stops working.

        Raises:
            UsageError: `person-malformed`.
        """
        if not _PERSON.fullmatch(person) or person == OPERATOR:
            raise UsageError(
                "person-malformed",
                f"{person!r} cannot name a person",
                why="a person is named by letters, digits and . _ @ + -, and not operator",
                next_step="use the name that stands under roles in estate.yaml",
            )
        path = self._token_file(person)
        with self._changing() as people:
            people[person] = _new_token(path)
        return path

    def people(self) -> tuple[str, ...]:
        """Give everybody who has a token, sorted, the operator aside."""
        return tuple(sorted(set(read_record(self.path)) - {OPERATOR}))

    def remove(self, person: str) -> None:
        """Take a person's token away.

        Raises:
            UsageError: `person-unknown`.
        """
        with self._changing() as people:
            if person == OPERATOR or person not in people:
                raise UsageError(
                    "person-unknown",
                    f"{person!r} has no token",
                    why=f"those who have one are {', '.join(sorted(set(people) - {OPERATOR})) or 'nobody'}",
                    next_step="see `headway identity list`",
                )
            del people[person]
        self._token_file(person).unlink(missing_ok=True)

    def _token_file(self, person: str) -> Path:
        return self._state / "identities" / f"{person}.token"

    @contextmanager
    def _changing(self) -> Iterator[dict[str, str]]:
        self._state.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self._state / "identities.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            people = read_record(self.path)
            before = dict(people)
            yield people
            if people != before:
                write_record(self.path, people)


def hook_token(state: Path) -> str:
    """Give the secret that hooks must show; it is made at the first call and stands in `hook-token`."""
    path = state / "hook-token"
    token = _read(path)
    if token is None:
        _new_token(path)
        token = _read(path) or ""
    return token


def session_key(state: Path) -> bytes:
    """Give the key that signs browsers' cookies; it is made at the first call and stands in `session-key`.

    Removed, it is made anew, and every browser is signed out.
    """
    path = state / "session-key"
    if _read(path) is None:
        _new_token(path)
    return (_read(path) or secrets.token_urlsafe(_TOKEN_BYTES)).encode()


def _new_token(path: Path) -> str:
    """Write a new token and give what is kept of it."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    write_private(path, token + "\n")
    return hash_of(token)


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8").strip() or None
    except FileNotFoundError:
        return None
