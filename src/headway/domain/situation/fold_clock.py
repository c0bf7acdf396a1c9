"""The fold of a clock that is taken: spans that are being measured stay as long as they are."""

from dataclasses import replace
from datetime import datetime, timedelta

from immutables import Map

from headway.domain.facts import ClockTaken, Fact
from headway.domain.situation.records import CellState, InstanceState, Reckoned, Soak
from headway.domain.situation.situation import Situation
from headway.domain.situation.watching import watched_anew


def clock_taken(situation: Situation, fact: Fact, body: ClockTaken) -> Situation:
    """Move instants that spans are measured from along with the clock, and watch what is under way anew.

    Clocks of different machines, or of one before and after it came up, are believed to show the same time.
    """
    before = situation.clock
    by = body.zero - before.zero if before is not None and before.boot == body.boot else timedelta(0)
    return replace(
        situation,
        clock=Reckoned(boot=body.boot, zero=body.zero),
        instances=situation.instances.update(
            {
                name: _with_clock(state, fact.happened_at, by)
                for name, state in situation.instances.items()
                if state.underway or (by and state.lost)
            }
        ),
        cells=situation.cells.update(
            {cell: _moved(state, by) for cell, state in situation.cells.items() if by and state.soak}
        ),
        away=Map({key: (since + by, words) for key, (since, words) in situation.away.items()}),
        # All that they are measured for begins anew.
        away_spells=Map(),
    )


def _with_clock(state: InstanceState, at: datetime, by: timedelta) -> InstanceState:
    lost = Map({entries: replace(one, at=one.at + by) for entries, one in state.lost.items()})
    there = replace(state, lost=lost)
    return watched_anew(there, at) if state.underway else there


def _moved(state: CellState, by: timedelta) -> CellState:
    soaks = {
        version: Soak(
            total=soak.total,
            since=soak.since + by if soak.since else None,
            stood_since=soak.stood_since + by if soak.stood_since else None,
        )
        for version, soak in state.soak.items()
    }
    return replace(state, soak=Map(soaks))
