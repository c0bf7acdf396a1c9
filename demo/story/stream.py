"""People who use OneConnect all the while: a gentle, steady stream of requests at one entrance.

Every answer that is not 200 with app1's own words counts as failed, and is kept with what was seen.
"""

import http.client
import json
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from demo.engines import Crowd

_EVERY_S = 0.05
_PATIENCE_S = 5.0


@dataclass(slots=True, kw_only=True)
class Tally:
    """What the stream saw."""

    asked: int = 0
    failed: list[str] = field(default_factory=list)
    versions: list[str] = field(default_factory=list)
    """The versions that answered, in the order in which each was first seen after another."""


class Stream:
    """Its people are threads, each of which asks twenty times a second, or as often as it is answered."""

    def __init__(self, url: str, crowd: Crowd | None = None) -> None:
        """Begin to ask; `crowd` None: one person, who keeps the connection."""
        self.tally = Tally()
        self._crowd = crowd or Crowd()
        self._address = urlsplit(url).netloc
        self._ended = threading.Event()
        self._lock = threading.Lock()
        begun, apart = time.monotonic(), _EVERY_S / self._crowd.people
        self._threads = [
            threading.Thread(target=self._run, args=(begun + apart * number,), name="stream", daemon=True)
            for number in range(self._crowd.people)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def requests_per_s(self) -> int:
        """How many they make together, while each is answered at once."""
        return round(self._crowd.people / _EVERY_S)

    def end(self) -> Tally:
        """Stop asking and give the tally; harmless when done twice."""
        self._ended.set()
        for thread in self._threads:
            thread.join(2 * _PATIENCE_S)
        return self.tally

    def _run(self, due: float) -> None:
        connection = http.client.HTTPConnection(self._address, timeout=_PATIENCE_S)
        while not self._ended.wait(max(0.0, due - time.monotonic())):
            due = max(due + _EVERY_S, time.monotonic())
            self._ask(connection)
            if not self._crowd.keeps_connections:
                connection.close()
        connection.close()

    def _ask(self, connection: http.client.HTTPConnection) -> None:
        with self._lock:
            self.tally.asked += 1
        try:
            connection.request("GET", "/")
            response = connection.getresponse()
            body = response.read(65536)
            said = json.loads(body) if response.status == 200 else {}
            if response.status != 200 or not said.get("version"):
                self._note(f"{response.status}: {body[:120]!r}")
                return
        except (OSError, http.client.HTTPException, ValueError) as error:
            connection.close()
            self._note(f"{type(error).__name__}: {error}")
            return
        with self._lock:
            if self.tally.versions[-1:] != [said["version"]]:
                self.tally.versions.append(said["version"])

    def _note(self, seen: str) -> None:
        with self._lock:
            self.tally.failed.append(f"{time.strftime('%H:%M:%S')} {seen}")
