"""Fills the cache with all that comes over the network, so that worlds are built without it.

Done once for what the sources pin: a stamp holds a hash of that. Safe for several processes: the second
waits.
"""

import fcntl
import hashlib
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from demo.world import foundations
from demo.world.builder import Builder

CACHE = Path(__file__).parents[2] / ".cache" / "demo"
"""What builds keep between worlds, unless another folder is named."""

_CONTENT = Path(__file__).parent
_PINS = ("app1/go.mod", "app1/go.sum", "app2/requirements.txt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """The images that are no team's, by their names in the builder's store."""

    python_base: str
    nats_server: str


def prepare(builder: Builder, *, say: Callable[[str], None]) -> Prepared:
    """Fetch, build once what makes later builds quick, and make the images that are no team's.

    Raises:
        Broken: `demo-command-failed`, `demo-program-missing`: a program is missing or failed, or a package
            registry cannot be reached.
    """
    with (builder.cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp, pins = builder.cache / "stamp", _hash_of_pins()
        if not stamp.exists() or stamp.read_text() != pins or not builder.is_ready():
            say("Python for the build server, and the wheels of app2 (once)")
            builder.make_python()
            _try_build(builder, "app2")
            say("the Go modules of app1 (once)")
            _try_build(builder, "app1")
            stamp.write_text(pins)
        return Prepared(
            python_base=foundations.python_base(builder, say=say),
            nats_server=foundations.nats_server(builder, say=say),
        )


def _try_build(builder: Builder, application: str) -> None:
    """Build and test once, elsewhere, for what that leaves in the caches."""
    with tempfile.TemporaryDirectory(dir=builder.cache) as folder:
        copy = shutil.copytree(_CONTENT / application, Path(folder) / application)
        for step in ("build", "test"):
            builder.make(step, copy, {})


def _hash_of_pins() -> str:
    digest = hashlib.sha256()
    for name in _PINS:
        digest.update((_CONTENT / name).read_bytes())
    return digest.hexdigest()
