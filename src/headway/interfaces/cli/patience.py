"""Asks a server that may be away for a while, as the commands do that follow something."""

import time
from collections.abc import Callable
from typing import Any

from headway.domain.errors import Transient
from headway.interfaces.cli.client import Client, Params
from headway.interfaces.cli.screen import note

_ASKS_AGAIN_AFTER_S = 2.0


class Patience:
    """One server that is asked again and again; that it is away, or back, is said once."""

    def __init__(self, client: Client, tell: Callable[[str], None] = note) -> None:
        self._client = client
        self._tell = tell
        self._is_away = False

    def get(self, path: str, params: Params, *, waits_s: float, left_s: float = _ASKS_AGAIN_AFTER_S) -> Any:  # noqa: ANN401  # JSON
        """Ask; None: it is away, and a pause was made, of `left_s` at most.

        Raises:
            HeadwayError: what the server answered, unless asking again helps.
        """
        try:
            found = self._client.get(path, params, waits_s=waits_s)
        except Transient as error:
            if not self._is_away:
                self._tell(f"{error.what}: {error.why}; it is asked until it answers again")
            self._is_away = True
            time.sleep(min(left_s, _ASKS_AGAIN_AFTER_S))
            return None
        if self._is_away:
            self._tell("the server answers again")
        self._is_away = False
        return found
