"""The logins that the user already has for podman or Docker, read and never written.

Programs that keep credentials (credHelpers, credsStore) are not run.
"""

import base64
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_MOST_BYTES = 1024 * 1024
_KEY_ENDS = ("", "/", "/v1", "/v1/", "/v2", "/v2/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A user and password for one registry; the password is never shown."""

    user: str
    password: str = field(repr=False)

    def header(self) -> str:
        """Give the value of an Authorization header (RFC 7617)."""
        return "Basic " + base64.b64encode(f"{self.user}:{self.password}".encode()).decode()


def login_files(environment: Mapping[str, str], home: Path) -> tuple[Path, ...]:
    """Give where podman, then Docker keep their logins, by containers-auth.json(5); the first file wins."""
    docker = environment.get("DOCKER_CONFIG")
    places = [
        environment.get("REGISTRY_AUTH_FILE"),
        f"{environment['XDG_RUNTIME_DIR']}/containers/auth.json"
        if "XDG_RUNTIME_DIR" in environment
        else None,
        f"/run/containers/{os.getuid()}/auth.json",
        str(home / ".config/containers/auth.json"),
        f"{docker}/config.json" if docker else str(home / ".docker/config.json"),
    ]
    return tuple(Path(place) for place in places if place)


def find_login(files: Sequence[Path], host: str, path: str) -> Login | None:
    """Find the login for a repository, the most exact name first; None: nobody logged in.

    Blocking, of a few small files. A file that is missing, too large or not as it should be is passed over.
    """
    parts = path.split("/")
    names = [f"{host}/{'/'.join(parts[:count])}" for count in range(len(parts), 0, -1)] + [host]
    for file in files:
        logins = _read(file)
        for name in names:
            for key in (
                f"{prefix}{name}{end}" for prefix in ("", "https://", "http://") for end in _KEY_ENDS
            ):
                login = _parse(logins.get(key))
                if login is not None:
                    return login
    return None


def _read(file: Path) -> dict[str, object]:
    try:
        with file.open("rb") as opened:
            content = opened.read(_MOST_BYTES + 1)
        parsed = json.loads(content) if len(content) <= _MOST_BYTES else None
    except (OSError, ValueError, RecursionError):
        return {}
    logins = parsed.get("auths") if isinstance(parsed, dict) else None
    return logins if isinstance(logins, dict) else {}


def _parse(entry: object) -> Login | None:
    if not isinstance(entry, dict):
        return None
    user, password, both = entry.get("username"), entry.get("password"), entry.get("auth")
    if isinstance(both, str) and both:
        try:
            user, _, password = base64.b64decode(both, validate=True).decode().partition(":")
        except ValueError:
            return None
    if isinstance(user, str) and isinstance(password, str) and user and password:
        return Login(user=user, password=password)
    return None
