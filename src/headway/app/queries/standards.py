"""What was found by the standards, as surfaces show it: in the words of `headway check`."""

from dataclasses import dataclass
from datetime import datetime

from headway.domain.estate import Estate
from headway.domain.gates.standards import weigh_found
from headway.domain.names import Cell
from headway.domain.situation import Situation
from headway.domain.standards.waiver import Finding, Waiver, WaiverState, Weighed
from headway.domain.standards.words import message_of, object_of, waiver_words


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingShown:
    """One thing that does not meet a standard."""

    rule: str
    object: str
    """With the place in it: ``Deployment app1, spec.replicas``."""
    message: str
    blocks: bool
    waiver: str | None
    """Who answers for it until when, and why; or that this has ended. None: nobody does."""


def shown(weighed: Weighed | None) -> tuple[FindingShown, ...]:
    """Show what was found, what blocks first; nothing was, or is known: none."""
    if weighed is None:
        return ()
    standing = (
        _shown(one.finding, one.ended, WaiverState.ENDED if one.ended else None, blocks=True)
        for one in weighed.standing
    )
    waived = (_shown(one.finding, one.waiver, one.state, blocks=False) for one in weighed.waived)
    return (*standing, *waived)


def running(situation: Situation, cell: Cell, now: datetime) -> tuple[FindingShown, ...]:
    """Show what of the standards does not hold for what runs in a cell, what blocks first."""
    found = situation.running.get(cell)
    if found is None or found.version != situation.cell(cell).locked:
        return ()
    return shown(weigh_found(situation, cell, found.judgement, now))


def ending(estate: Estate | None, now: datetime) -> tuple[str, ...]:
    """Say which waivers end within the notice, and by whom and for what they are."""
    return tuple(
        f"{one.rule} for {one.scope}: {waiver_words(one, WaiverState.ENDING)}"
        for one in (estate.waivers if estate else ())
        if one.state(now) is WaiverState.ENDING
    )


def _shown(
    finding: Finding, waiver: Waiver | None, state: WaiverState | None, *, blocks: bool
) -> FindingShown:
    return FindingShown(
        rule=finding.rule,
        object=object_of(finding),
        message=message_of(finding),
        blocks=blocks,
        waiver=waiver_words(waiver, state) or None,
    )
