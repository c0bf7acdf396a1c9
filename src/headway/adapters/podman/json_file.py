"""Small JSON files of the agent's own, written so that a kill at any point leaves the old or the new one."""

import json
import os
from pathlib import Path
from typing import Any


def read_json(path: Path) -> dict[str, Any]:
    """Read a file; one that is missing or spoilt reads as empty (the agent then judges anew)."""
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def write_json(path: Path, value: dict[str, Any]) -> None:
    """Write a file whole: to a neighbour, to the disk, then in its place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    neighbour = path.with_suffix(".new")
    with neighbour.open("w") as file:
        json.dump(value, file, sort_keys=True)
        file.flush()
        os.fsync(file.fileno())
    neighbour.replace(path)
