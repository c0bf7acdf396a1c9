"""The image registry on this machine: Debian's docker-registry with its notifications.

It can be started again on the same port with other settings or after it was away; images stay.
"""

import json
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from demo.world.processes import Process
from headway.domain.errors import Broken

_START_S = 60.0
_LOOK_S = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Notifications:
    """Where the registry tells of every push."""

    url: str
    authorization: str | None = None
    """The value of the `Authorization` header; None: it sends none."""


class Registry:
    """One registry process and its storage folder. Not safe to use from several threads."""

    def __init__(self, *, world: Path, address: str) -> None:
        """Prepare; `address` is ``ADDRESS:PORT``."""
        self.address = address
        self._world = world
        self._folder = world / "registry"
        self._folder.mkdir(exist_ok=True)
        self._process: Process | None = None

    def start(self, notifications: Notifications | None = None) -> None:
        """Start it and wait until it answers; one that runs is ended first.

        Raises:
            Broken: `demo-registry-failed`: it does not answer within a minute.
        """
        self.stop()
        configuration = self._folder / "config.yml"
        # JSON is YAML, and needs no quoting rules of ours.
        configuration.write_text(json.dumps(self._configuration(notifications), indent=2))
        log = self._world / "logs" / "registry.log"
        self._process = Process(["docker-registry", "serve", str(configuration)], world=self._world, log=log)
        until = time.monotonic() + _START_S
        while not self.is_answering():
            if not self._process.is_running() or time.monotonic() > until:
                raise Broken(
                    "demo-registry-failed",
                    f"the registry does not answer on {self.address}",
                    why=log.read_text(errors="replace")[-500:],
                    next_step="free the port, or look at the log",
                )
            time.sleep(_LOOK_S)

    def stop(self) -> None:
        """End it; harmless when it does not run."""
        if self._process is not None:
            self._process.end()
            self._process = None

    def is_answering(self) -> bool:
        """Say whether it answers now."""
        try:
            with urllib.request.urlopen(f"http://{self.address}/v2/", timeout=2) as response:
                return bool(response.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def _configuration(self, notifications: Notifications | None) -> dict[str, object]:
        told: dict[str, object] = {}
        if notifications is not None:
            header = notifications.authorization
            told["notifications"] = {
                "endpoints": [
                    {
                        "name": "listener",
                        "url": notifications.url,
                        "headers": {"Authorization": [header]} if header else {},
                        "timeout": "2s",
                        "threshold": 3,
                        "backoff": "1s",
                    }
                ]
            }
        return {
            "version": "0.1",
            "log": {"level": "warn", "accesslog": {"disabled": True}},
            "storage": {
                "filesystem": {"rootdirectory": str(self._folder / "storage")},
                "delete": {"enabled": True},
            },
            "http": {"addr": self.address},
            **told,
        }
