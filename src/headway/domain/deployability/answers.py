"""The five answers of one application."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from headway.domain.deployability.results import (
    Answer,
    DayAnswers,
    Deployability,
    Evidence,
    Feedback,
    KeptFirst,
    Mending,
    OnDemand,
    Shares,
    Thresholds,
    Throughout,
)
from headway.domain.deployability.rows import ACTS, CANS, WHYS
from headway.domain.deployability.spans import Divided
from headway.domain.deployability.watch import Can, Subject
from headway.domain.metrics.counted import Mask, Whole
from headway.domain.metrics.delivery import Start
from headway.domain.metrics.distribution import distribution
from headway.domain.metrics.rows import NO, NONE, STARTS, instant, promotion_of, whole
from headway.domain.metrics.selection import Selection, Stretch, stretches

EVIDENCE_SHOWN = 5
MOST_TRENDED = 62
"""Days or weeks of which each is answered by itself: two months of days, or more than a year of weeks."""

Table = Mapping[str, Whole]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What was watched of one application, and what else its answers rest on."""

    application: str
    owner: str | None
    subjects: Sequence[Subject]
    """Of all applications, by number."""
    spells: Table
    """Only this application's, here and below; `of_artifact`: whether each is of an artifact as a whole."""
    published: Table
    judged: Table
    reds: Table
    freezes: Sequence[tuple[datetime, datetime]]
    """Windows in the asked time in which a production instance was frozen, by the rules in force now."""
    proofs: Whole
    """When something was verified in production, in the order of time."""
    proven_by: Whole
    """By which promotion, as a number."""
    seen_by: str


def answer(
    watched: Watched, selection: Selection, limits: Thresholds, days: Sequence[Stretch] = ()
) -> Deployability:
    """Answer the five questions, and those of a share of time for each of some days or weeks too."""
    return Deployability(
        application=watched.application,
        owner=watched.owner,
        throughout=_throughout(watched, selection, limits, days),
        kept_first=_kept_first(watched, selection),
        feedback=_feedback(watched, selection, limits),
        mending=_mending(watched, selection, limits),
        on_demand=_on_demand(watched, selection, limits, days),
    )


def over_time(watched: Watched, selection: Selection, limits: Thresholds) -> tuple[DayAnswers, ...]:
    """Answer the five of each of the latest days or weeks by itself."""
    found = []
    for stretch in stretches(selection)[-MOST_TRENDED:]:
        asked = replace(selection, since=stretch.begins, until=stretch.ends)
        given = answer(_touching(watched, asked), asked, limits)
        found.append(
            DayAnswers(
                stretch=stretch,
                throughout=given.throughout.answer,
                kept_first=given.kept_first.answer,
                feedback=given.feedback.answer,
                mending=given.mending.answer,
                on_demand=given.on_demand.answer,
            )
        )
    return tuple(found)


def _touching(watched: Watched, selection: Selection) -> Watched:
    """Leave out what the asked time does not touch: of a year, each week looks at little."""
    spells = watched.spells
    lasts = (spells["until"] == NONE) | (spells["until"] > whole(selection.since))
    lasts &= spells["since"] < whole(selection.until)
    return replace(
        watched,
        spells=_only(spells, lasts),
        published=_only(watched.published, _within(watched.published["at"], selection)),
        judged=_only(watched.judged, _within(watched.judged["at"], selection)),
    )


def _only(table: Table, mask: Mask) -> Table:
    return {name: column[mask] for name, column in table.items()}


def _throughout(
    watched: Watched, selection: Selection, limits: Thresholds, days: Sequence[Stretch]
) -> Throughout:
    mine = watched.spells["of_artifact"]
    divided = _divided(watched, mine, selection, ())
    shares = divided.shares()
    return Throughout(
        answer=_by_shares(shares, limits.throughout, limits),
        shares=shares,
        trend=divided.by(days),
        evidence=_spells(watched, mine, selection),
    )


def _on_demand(
    watched: Watched, selection: Selection, limits: Thresholds, days: Sequence[Stretch]
) -> OnDemand:
    mine = ~watched.spells["of_artifact"]
    divided = _divided(watched, mine, selection, watched.freezes)
    shares = divided.shares()
    # The last before the end that was asked about: what was proven later proves nothing of it.
    last = int(np.searchsorted(watched.proofs, whole(selection.until))) - 1
    proven_at = instant(int(watched.proofs[last])) if last >= 0 else None
    is_proven = proven_at is not None and proven_at >= selection.since
    given = _by_shares(shares, limits.on_demand, limits)
    frozen = Divided(*_windows(watched.freezes), whole(selection.since), whole(selection.until))
    asked = (selection.until - selection.since) / timedelta(microseconds=1)
    return OnDemand(
        answer=Answer.UNKNOWN if given is Answer.YES and not is_proven else given,
        shares=shares,
        frozen=frozen.lasting(Can.NO) / asked,
        last_proof=proven_at,
        proven_by=promotion_of(watched.proven_by[last]) if last >= 0 else None,
        trend=divided.by(days),
        evidence=_spells(watched, mine, selection),
    )


def _by_shares(shares: Shares, least: float, limits: Thresholds) -> Answer:
    known = shares.yes + shares.no
    if known < limits.known or known == 0:
        return Answer.UNKNOWN
    return Answer.YES if shares.yes / known >= least else Answer.NO


def _windows(freezes: Sequence[tuple[datetime, datetime]]) -> tuple[Whole, Whole, Whole]:
    begins = np.array([whole(one) for one, _ in freezes], dtype=np.int64)
    ends = np.array([whole(one) for _, one in freezes], dtype=np.int64)
    return begins, ends, np.full(len(freezes), CANS.index(Can.NO))


def _divided(
    watched: Watched, mine: Mask, selection: Selection, freezes: Sequence[tuple[datetime, datetime]]
) -> Divided:
    begins, ends, cans = _windows(freezes)
    spells = watched.spells
    return Divided(
        np.concatenate((spells["since"][mine], begins)),
        np.concatenate((spells["until"][mine], ends)),
        np.concatenate((spells["can"][mine], cans)),
        whole(selection.since),
        whole(selection.until),
    )


def _spells(watched: Watched, mine: Mask, selection: Selection) -> tuple[Evidence, ...]:
    """Give the latest spells in the asked time that said no."""
    spells = watched.spells
    until = np.where(spells["until"] == NONE, whole(selection.until), spells["until"])
    said = mine & (spells["can"] == CANS.index(Can.NO)) & (until > whole(selection.since))
    said &= spells["since"] < whole(selection.until)
    return tuple(
        _evidence(
            watched,
            spells,
            row,
            spells["since"][row],
            spells["until"][row],
            WHYS[spells["why"][row]].value,
        )
        for row in np.flatnonzero(said)[::-1][:EVIDENCE_SHOWN]
    )


def _evidence(  # noqa: PLR0917  # a row's parts
    watched: Watched, table: Table, row: int, since: int, until: int, words: str
) -> Evidence:
    subject = watched.subjects[int(table["subject"][row])]
    begun = instant(int(since))
    if begun is None:
        message = "evidence without an instant"
        raise ValueError(message)
    return Evidence(
        artifact=str(subject.artifact),
        instance=None if subject.instance is None else str(subject.instance),
        since=begun,
        until=instant(int(until)),
        words=words,
        sequence=int(table["sequence"][row]),
    )


def _within(instants: Whole, selection: Selection) -> Mask:
    mask: Mask = (instants >= whole(selection.since)) & (instants < whole(selection.until))
    return mask


def _kept_first(watched: Watched, selection: Selection) -> KeptFirst:
    published, reds = watched.published, watched.reds
    mine = _within(published["at"], selection)
    while_red = mine & (published["red"] != NO)
    mended = set(reds["number"][reds["green"] != NONE].tolist())
    came_in = {int(one) for one in published["red"][while_red]}
    mending, count = len(came_in & mended), int(np.count_nonzero(while_red))
    given = Answer.UNKNOWN
    if np.count_nonzero(mine):
        given = Answer.YES if count <= mending else Answer.NO
    return KeptFirst(
        answer=given,
        published=int(np.count_nonzero(mine)),
        while_red=count,
        mending=mending,
        evidence=tuple(
            _evidence(watched, published, row, published["at"][row], NONE, "published while red")
            for row in np.flatnonzero(while_red)[::-1][:EVIDENCE_SHOWN]
        ),
    )


def _feedback(watched: Watched, selection: Selection, limits: Thresholds) -> Feedback:
    judged = watched.judged
    mine = _within(judged["at"], selection)
    spans = judged["at"] - judged["started"]

    def having(start: Start) -> Mask:
        mask: Mask = mine & (judged["start"] == STARTS.index(start))
        return mask

    found = distribution(spans[having(Start.COMMIT)])
    given = Answer.UNKNOWN
    if found.p90 is not None:
        given = Answer.YES if found.p90 <= limits.feedback else Answer.NO
    rows = np.flatnonzero(having(Start.COMMIT))
    slowest = rows[np.argsort(spans[rows], kind="stable")][::-1][:EVIDENCE_SHOWN]
    return Feedback(
        answer=given,
        from_commit=found,
        from_build=distribution(spans[having(Start.BUILD)]),
        unknown=int(np.count_nonzero(having(Start.UNKNOWN))),
        clock=int(np.count_nonzero(having(Start.CLOCK))),
        seen_by=watched.seen_by,
        evidence=tuple(
            _evidence(
                watched,
                judged,
                row,
                judged["started"][row],
                judged["at"][row],
                "verified" if judged["good"][row] else "failed",
            )
            for row in slowest
        ),
    )


def _mending(watched: Watched, selection: Selection, limits: Thresholds) -> Mending:
    reds = watched.reds
    mine = _within(reds["since"], selection)
    acted, mended = mine & (reds["acted"] != NONE), mine & (reds["green"] != NONE)
    first = distribution((reds["acted"] - reds["since"])[acted])
    waits = mine & (reds["acted"] == NONE) & (reds["green"] == NONE)
    neglected = waits & (reds["since"] < whole(selection.until - limits.mending))
    given = Answer.UNKNOWN
    if np.count_nonzero(neglected):
        given = Answer.NO
    elif first.p50 is not None:
        given = Answer.YES if first.p50 <= limits.mending else Answer.NO
    return Mending(
        answer=given,
        reds=int(np.count_nonzero(mine)),
        open=int(np.count_nonzero(mine & (reds["green"] == NONE))),
        acted=first,
        mended=distribution((reds["green"] - reds["since"])[mended]),
        evidence=tuple(
            _evidence(watched, reds, row, reds["since"][row], reds["green"][row], _said(reds, int(row)))
            for row in np.flatnonzero(mine)[::-1][:EVIDENCE_SHOWN]
        ),
    )


def _said(reds: Table, row: int) -> str:
    act = int(reds["act"][row])
    if act == NO:
        return "nobody acted" if reds["green"][row] == NONE else "green without anybody's act"
    minutes = int(reds["acted"][row] - reds["since"][row]) // 60_000_000
    hours, days = minutes // 60, minutes // 1440
    waited = f"{days} d {hours % 24} h" if days else f"{hours} h {minutes % 60} min"
    return f"first act after {waited}: {ACTS[act].value}"
