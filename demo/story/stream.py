"""People who use OneConnect all the while: a gentle, steady stream of requests at one entrance.

Every answer that is not 200 with app1's own words counts as failed, and is kept with what was seen.
"""

import http.client
import json
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

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
    """One thread that asks twenty times a second, over a connection that it keeps as long as it may."""

    def __init__(self, url: str) -> None:
        self.tally = Tally()
        self._address = urlsplit(url).netloc
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="stream", daemon=True)
        self._thread.start()

    def end(self) -> Tally:
        """Stop asking and give the tally; harmless when done twice."""
        self._ended.set()
        self._thread.join(2 * _PATIENCE_S)
        return self.tally

    def _run(self) -> None:
        connection = http.client.HTTPConnection(self._address, timeout=_PATIENCE_S)
        due = time.monotonic()
        while not self._ended.wait(max(0.0, due - time.monotonic())):
            due = max(due + _EVERY_S, time.monotonic())
            self._ask(connection)
        connection.close()

    def _ask(self, connection: http.client.HTTPConnection) -> None:
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
        if self.tally.versions[-1:] != [said["version"]]:
            self.tally.versions.append(said["version"])

    def _note(self, seen: str) -> None:
        self.tally.failed.append(f"{time.strftime('%H:%M:%S')} {seen}")
