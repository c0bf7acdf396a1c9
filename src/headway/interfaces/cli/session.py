"""One run of the command line: where the state is, which server is asked, with whose token."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from headway.domain.errors import NotAllowed, Transient, UsageError
from headway.interfaces.cli.client import Client
from headway.interfaces.cli.composition import Composition

_MOST_TOKEN_BYTES = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What the global options and the environment say."""

    composition: Composition
    server: str | None = None
    token_file: Path | None = None
    state_folder: Path | None = None

    @property
    def state(self) -> Path:
        """Give the state folder: as named, else HEADWAY_STATE, else where a user's state belongs."""
        if self.state_folder is not None:
            return self.state_folder
        if named := os.environ.get("HEADWAY_STATE"):
            return Path(named)
        from platformdirs import user_state_path  # noqa: PLC0415  # only who did not name a folder needs it

        return user_state_path("headway")

    def client(self) -> Client:
        """Give the client for the server that is asked.

        Raises:
            NotAllowed: `token-missing`.
            Transient: `server-not-started`.
            UsageError: `server-malformed`.
        """
        local = self._local_server()
        named = self.server or os.environ.get("HEADWAY_SERVER") or local
        if named is None:
            raise Transient(
                "server-not-started",
                "no server is known",
                why=f"{self.state} names none, and neither does --server or HEADWAY_SERVER",
                next_step="start it with `headway serve`, or name it with --server",
            )
        return Client(named, self._token(is_local=named == local))

    def _local_server(self) -> str | None:
        try:
            url = json.loads((self.state / "server.json").read_bytes())["url"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return url if isinstance(url, str) else None

    def _token(self, *, is_local: bool) -> str:
        named = self.token_file
        if named is None and (variable := os.environ.get("HEADWAY_TOKEN_FILE")):
            named = Path(variable)
        if named is None and not is_local:
            # The operator's token is for the server of this machine; another one is not to learn it.
            raise NotAllowed(
                "token-missing",
                "no token is named for that server",
                why="the token in the state folder is only shown to this machine's own server",
                next_step="name the file that holds your token with --token-file or HEADWAY_TOKEN_FILE",
            )
        return _read_token(named or self.state / "token")


def _read_token(path: Path) -> str:
    try:
        with path.open("rb") as opened:
            token = opened.read(_MOST_TOKEN_BYTES).decode("ascii").strip()
    except OSError as error:
        raise NotAllowed(
            "token-missing",
            f"the token file {path} cannot be read",
            why=(error.strerror or str(error)).lower(),
            next_step="name the file that holds your token with --token-file or HEADWAY_TOKEN_FILE",
        ) from error
    except UnicodeDecodeError as error:
        raise _no_token(path) from error
    if not token or len(token.split()) != 1:
        raise _no_token(path)
    return token


def _no_token(path: Path) -> UsageError:
    return UsageError(
        "token-malformed",
        f"{path} holds no token",
        why="a token is one line of letters, digits, dashes and underscores",
        next_step="name the file that `headway identity add` wrote",
    )
