"""Style, script and icon, under names that hold their hash, so that browsers keep them for good."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

_FOLDER = Path(__file__).parent / "static"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
PREFIX = "/assets/"
"""They hold nothing but the design, and need no identity."""


@dataclass(frozen=True, slots=True)
class _Asset:
    path: str
    media_type: str
    data: bytes


def _read(name: str) -> _Asset:
    file = _FOLDER / name
    data = file.read_bytes()
    return _Asset(
        f"{PREFIX}{file.stem}.{sha256(data).hexdigest()[:12]}{file.suffix}", _TYPES[file.suffix], data
    )


class Assets:
    """All files, read once."""

    def __init__(self) -> None:
        self._by_name = {file.name: _read(file.name) for file in sorted(_FOLDER.iterdir())}
        self._by_path = {one.path: one for one in self._by_name.values()}

    def path(self, name: str) -> str:
        """Give the address of a file."""
        return self._by_name[name].path

    def has(self, path: str) -> bool:
        """Say whether that is the address of a file, letter for letter."""
        return path in self._by_path

    async def answer(self, request: Request) -> Response:
        """Give a file; the door lets only those in that are there."""
        one = self._by_path[request.url.path]
        headers = {"Cache-Control": "public, max-age=31536000, immutable"}
        return Response(one.data, media_type=one.media_type, headers=headers)
