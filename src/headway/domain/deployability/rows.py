"""Rows of whole numbers: how what is watched is written down. See `headway.domain.metrics.rows`."""

from headway.domain.deployability.watch import Act, Can, Judged, Published, Red, Spell, Why
from headway.domain.metrics.rows import NO, STARTS, whole

CANS, WHYS, ACTS = tuple(Can), tuple(Why), tuple(Act)

SPELL_COLUMNS = {"subject": "i", "can": "b", "why": "b", "since": "q", "until": "q", "sequence": "q"}
PUBLISHED_COLUMNS = {"subject": "i", "at": "q", "can": "b", "red": "i", "sequence": "q"}
JUDGED_COLUMNS = {"subject": "i", "at": "q", "start": "b", "started": "q", "good": "b", "sequence": "q"}
RED_COLUMNS = {
    "subject": "i",
    "since": "q",
    "sequence": "q",
    "acted": "q",
    "act": "b",
    "green": "q",
    "published": "i",
}


def watched_row(one: Spell | Published | Judged | Red) -> tuple[int, ...]:
    """Give a row, in the order of its columns."""
    match one:
        case Spell():
            can, why = CANS.index(one.can), WHYS.index(one.why)
            return (one.subject, can, why, whole(one.since), whole(one.until), one.sequence)
        case Published():
            red = NO if one.red is None else one.red
            return (one.subject, whole(one.at), CANS.index(one.can), red, one.sequence)
        case Judged():
            start, started = STARTS.index(one.start), whole(one.started_at)
            return (one.subject, whole(one.at), start, started, int(one.is_good), one.sequence)
        case Red():
            act = NO if one.act is None else ACTS.index(one.act)
            times = (whole(one.acted_at), act, whole(one.green_at), one.published)
            return (one.subject, whole(one.since), one.sequence, *times)
