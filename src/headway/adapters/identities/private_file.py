"""Files that nobody else may read: written whole or not at all, mode 0600 from the first byte."""

import os
import tempfile
from pathlib import Path


def write_private(path: Path, text: str) -> None:
    """Put a text in a file in one step; its folder is made (0700) if need be.

    Raises:
        OSError: it cannot be written; what was there stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")  # made with mode 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as opened:
            opened.write(text)
            opened.flush()
            os.fsync(opened.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
