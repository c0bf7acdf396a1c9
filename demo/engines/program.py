"""Headway's own program, as the demo runs it."""

import os
import sys
from pathlib import Path

PROGRAM = (sys.executable, "-m", "headway")


def variables(state: Path) -> dict[str, str]:
    """Give the variables that every command of Headway runs with."""
    return {
        "HEADWAY_STATE": str(state),
        "HEADWAY_CACHE": str(state.with_name("desk-cache")),
        "PATH": f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin",
    }
