"""Renderings kept on disk by all that they follow from.

Invariants: an entry that is damaged counts as absent and is written anew; the folder holds at most
`size_limit` bytes, the longest unused going first; a cache that cannot be written is no error. Calls block:
run them on a thread. Safe to call concurrently, from several processes too.
"""

import contextlib
import hashlib
import json
import os
import tempfile
from pathlib import Path

from headway.app.ports import Reference, Rendered

_MARK = b"headway-rendering-2\n"


class RenderingCache:
    """A folder of renderings."""

    def __init__(self, folder: Path, size_limit: int) -> None:
        self._folder = folder
        self._size_limit = size_limit
        self._written: int | None = None

    def get(self, key: str) -> Rendered | None:
        """Give the rendering of a key; None: it is not there, or not as it was written."""
        path = self._path(key)
        try:
            data = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        return _decode(data)

    def put(self, key: str, rendered: Rendered) -> None:
        """Keep a rendering; what was longest unused makes room."""
        data = _encode(rendered)
        path = self._path(key)
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor, unfinished = tempfile.mkstemp(dir=path.parent, prefix=".new-")
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
            Path(unfinished).replace(path)
            self._make_room(len(data))

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / key

    def _make_room(self, added: int) -> None:
        if self._written is not None and self._written + added <= self._size_limit:
            self._written += added
            return
        kept = []
        for path in self._folder.glob("*/*"):
            with contextlib.suppress(OSError):
                status = path.stat()
                kept.append((status.st_mtime, status.st_size, path))
        kept.sort(reverse=True)
        total = 0
        # A fifth is freed at once, so that not every new entry looks at the whole folder.
        room = (
            self._size_limit
            if sum(size for _, size, _ in kept) <= self._size_limit
            else self._size_limit * 4 // 5
        )
        for _, size, path in kept:
            total += size
            if total > room:
                path.unlink(missing_ok=True)
        self._written = min(total, room)


def _encode(rendered: Rendered) -> bytes:
    body = json.dumps(
        {
            "files": {name: data.decode() for name, data in rendered.files.items()},
            "references": [[reference.kind, reference.name] for reference in rendered.references],
            "images": rendered.images,
        }
    ).encode()
    return _MARK + hashlib.sha256(body).hexdigest().encode() + b"\n" + body


def _decode(data: bytes) -> Rendered | None:
    mark, rest = data[: len(_MARK)], data[len(_MARK) :]
    checksum, _, body = rest.partition(b"\n")
    if mark != _MARK or hashlib.sha256(body).hexdigest().encode() != checksum:
        return None
    value = json.loads(body)
    return Rendered(
        files={name: text.encode() for name, text in value["files"].items()},
        references=tuple(Reference(kind=kind, name=name) for kind, name in value["references"]),
        images=tuple(value["images"]),
    )
