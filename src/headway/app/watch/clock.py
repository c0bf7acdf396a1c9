"""Watches the machine's clock: that it was set, or that the machine slept, is a fact before it decides."""

import logging

from headway.app.desk import Desk
from headway.domain.errors import Transient
from headway.domain.facts import ClockTaken
from headway.domain.situation import Situation

_LOG = logging.getLogger(__name__)


class ClockWatch:
    """Keeps the situation's instants and the service's time in one reckoning."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._has_begun = False

    async def look(self) -> bool:
        """Take the machine's clock where that must be; say whether what is to be decided may be decided now.

        It must be where the clock is not as it was, and at a start where anything is under way, since nobody
        watched it meanwhile. False: the ledger did not take it; ask again.
        """
        situation, clock = self._desk.situation, self._desk.outside.clock
        was = situation.clock
        if was is not None and not clock.is_off(was) and (self._has_begun or not _is_under_way(situation)):
            clock.keep(was)
            self._has_begun = True
            return True
        if was is not None and clock.is_off(was):
            _LOG.info("the clock was set, the machine slept, or this is another one")
        taken = clock.take()
        try:
            await self._desk.record(self._desk.fact(ClockTaken(boot=taken.boot, zero=taken.zero)))
        except Transient as error:
            _LOG.warning("%s", error)
            return False
        self._has_begun = True
        return True


def _is_under_way(situation: Situation) -> bool:
    return any(one.landed_at for state in situation.instances.values() for one in state.underway)
