"""What of the standards a change that goes back does not meet: it is said, and stops nothing."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta

from headway.app.actions.judge_standards import weighed_now
from headway.app.desk import Desk
from headway.domain.facts import Change
from headway.domain.gates.judged import asked_of
from headway.domain.names import Cell, InstanceName
from headway.domain.standards.waiver import WaiverState
from headway.domain.standards.words import in_one_line

_LOG = logging.getLogger(__name__)
_ASKS_FOR = timedelta(seconds=1.5)
"""Nobody waits longer than that for what would stop nothing."""
_MOST_TOLD = 20
"""A commit's message is read by people."""


async def unmet_by(desk: Desk, instance: InstanceName, changes: Sequence[Change]) -> tuple[str, ...]:
    """Say what of the standards the versions that go back do not meet, one line each.

    Raises nothing: that it could not be found out in time is a line too.
    """
    if not asked_of(desk.situation, instance):
        return ()
    try:
        async with asyncio.timeout(_ASKS_FOR.total_seconds()):
            lines = [line for one in changes for line in await _unmet(desk, instance, one)]
    except Exception as error:
        _LOG.warning("what goes back into %s was not judged: %s", instance, type(error).__name__)
        return ("it could not be judged, which is no pass, and stops nothing",)
    more = len(lines) - _MOST_TOLD
    return (*lines[:_MOST_TOLD], *((f"and {more} more",) if more > 0 else ()))


async def _unmet(desk: Desk, instance: InstanceName, change: Change) -> list[str]:
    if change.after is None or change.manifests is None:
        return []
    cell = Cell(change.artifact, instance)
    weighed = await weighed_now(desk, cell, change.after, change.manifests)
    problems = desk.situation.standards.problems if desk.situation.standards else ()
    return [
        *(f"a standard cannot be asked: {one}" for one in problems),
        *(
            in_one_line(one.finding, one.ended, WaiverState.ENDED if one.ended else None)
            for one in weighed.standing
        ),
    ]
