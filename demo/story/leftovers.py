"""Looks whether anything of an engine is left on the machine after its end."""

import json
from pathlib import Path

from demo.world.commands import run
from headway.domain.errors import Broken


def expect_nothing_left(engine: str) -> None:
    """See that no network, process or route of a demo's engine is left.

    Raises:
        Broken: `demo-left-something`: with what it is.
    """
    names = run(["podman", "network", "ls", "--format", "{{.Name}}"]).split()
    left = [f"network {name}" for name in names if name.startswith(f"headway-{engine}-")]
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if f"headway-{engine}" in words or f"{engine}-" in words:
            left.append(f"process {path.parent.name}: {words[:60]}")
    if left:
        raise Broken(
            "demo-left-something",
            "something of the demo is left",
            why="; ".join(left),
            next_step="end it by hand, and tell us",
        )


def routes() -> list[str]:
    """Give this machine's local routes into the addresses of Services."""
    shown = json.loads(run(["ip", "-json", "route", "show", "table", "local"]) or "[]")
    return [str(one["dst"]) for one in shown if str(one["dst"]).startswith("10.202.")]
