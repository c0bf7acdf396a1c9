"""The metrics over time and side by side: each day or week, each application, region or team."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from headway.domain.metrics.counted import Counted, Mask, Whole
from headway.domain.metrics.delivery import Place
from headway.domain.metrics.distribution import percentiles
from headway.domain.metrics.measure import Rows, recovery_spans
from headway.domain.metrics.results import Group, Point
from headway.domain.metrics.rows import NONE, promotion_of, whole
from headway.domain.metrics.selection import Selection, stretches
from headway.domain.metrics.words import By

IDS_SHOWN = 5
"""Deployments that a point names, the newest; the list of them has all."""


def trend(rows: Rows, selection: Selection) -> tuple[Point, ...]:
    """Reckon each day or week of a selection; a day on which nothing happened is there too."""
    days = stretches(selection)
    edges = np.array([whole(one.begins) for one in days], dtype=np.int64)
    columns = rows.deliveries
    deployed = _parted(edges, columns["ended"], rows.deployed)
    judged = _counts(edges, rows.judged_at[rows.judged])
    failed = _parted(edges, rows.judged_at, rows.failed)
    mended, spans = recovery_spans(rows)
    broken = _counts(edges, columns["failed"][rows.broken])
    healed = _parted(edges, columns["failed"], mended & (spans >= 0))
    rework = _counts(edges, columns["ended"][rows.rework])
    changes = _parted(edges, rows.carried["verified"], rows.from_commit)
    points = []
    for index, stretch in enumerate(days):
        lead_p50, lead_p90 = percentiles(rows.lead[changes.at(index)])
        recovery_p50, recovery_p90 = percentiles(spans[healed.at(index)])
        named = np.concatenate((deployed.at(index)[-IDS_SHOWN:], failed.at(index)[-IDS_SHOWN:]))
        points.append(
            Point(
                stretch=stretch,
                deployments=len(deployed.at(index)),
                judged=int(judged[index]),
                failed=len(failed.at(index)),
                changes=len(changes.at(index)),
                lead_p50=lead_p50,
                lead_p90=lead_p90,
                broken=int(broken[index]),
                recovery_p50=recovery_p50,
                recovery_p90=recovery_p90,
                rework=int(rework[index]),
                newest=tuple(promotion_of(columns["promotion"][row]) for row in np.unique(named)),
            )
        )
    return tuple(points)


@dataclass(frozen=True, slots=True)
class _Parts:
    """Rows in the order of their parts, and where each part begins."""

    rows: Whole
    bounds: Whole

    def at(self, part: int) -> Whole:
        return self.rows[self.bounds[part] : self.bounds[part + 1]]


def _parted(edges: Whole, instants: Whole, mask: Mask) -> _Parts:
    """Part rows by the stretch that their instant lies in, each part in the order of its rows."""
    rows = np.flatnonzero(mask)
    return _sorted(rows, _stretch_of(edges, instants[rows]), len(edges))


def _counts(edges: Whole, instants: Whole) -> Whole:
    """Count the instants in each stretch."""
    found: Whole = np.bincount(_stretch_of(edges, instants), minlength=len(edges))
    return found


def _stretch_of(edges: Whole, instants: Whole) -> Whole:
    found: Whole = np.searchsorted(edges, instants, side="right") - 1
    return found


def _by_part(mask: Mask, parts: Whole, count: int) -> _Parts:
    """Part rows by the number that each has."""
    rows = np.flatnonzero(mask)
    return _sorted(rows, parts[rows], count)


def _sorted(rows: Whole, parts: Whole, count: int) -> _Parts:
    # Numbers of 16 bits are sorted by radix, in one look at each; there are never more parts than that.
    narrow = parts.astype(np.uint16)
    order = np.argsort(narrow, kind="stable")
    return _Parts(rows[order], np.searchsorted(narrow[order], np.arange(count + 1)))


_NAMES: dict[By, Callable[[Place], str | None]] = {
    By.APPLICATION: lambda place: place.application,
    By.ARTIFACT: lambda place: f"{place.application}/{place.artifact}",
    By.ENVIRONMENT: lambda place: place.environment,
    By.REGION: lambda place: place.region,
    By.OWNER: lambda place: place.owner,
}


def groups(counted: Counted, rows: Rows, selection: Selection, by: By) -> tuple[Group, ...]:
    """Reckon the metrics of each application, region … by itself, in the order of names."""
    names, code = _coded(counted, rows, by)
    count, columns = len(names), rows.deliveries
    places = code[columns["place"]]

    def counted_by(mask: Mask) -> Whole:
        found: Whole = np.bincount(places[mask], minlength=count)
        return found

    deployed, judged, failed = (counted_by(one) for one in (rows.deployed, rows.judged, rows.failed))
    rolled_back, rework = counted_by(rows.rolled_back), counted_by(rows.rework)
    mended, spans = recovery_spans(rows)
    still = counted_by(rows.broken & (columns["recovered"] == NONE))
    recovered = _by_part(mended & (spans >= 0), places, count)
    carried = _by_part(rows.from_commit, code[rows.carried["place"]], count)
    days = (selection.until - selection.since) / timedelta(days=1)
    found = []
    for index, name in enumerate(names):
        lead_p50, lead_p90 = percentiles(rows.lead[carried.at(index)])
        recovery_p50, recovery_p90 = percentiles(spans[recovered.at(index)])
        found.append(
            Group(
                name=name,
                deployments=int(deployed[index]),
                per_day=int(deployed[index]) / days if days > 0 else 0.0,
                changes=len(carried.at(index)),
                lead_p50=lead_p50,
                lead_p90=lead_p90,
                judged=int(judged[index]),
                failed=int(failed[index]),
                failure_rate=_rate(failed[index], judged[index]),
                open=int(still[index]),
                recovery_p50=recovery_p50,
                recovery_p90=recovery_p90,
                rework=int(rework[index]),
                rework_rate=_rate(rework[index], deployed[index] + rolled_back[index]),
            )
        )
    return tuple(found)


def _rate(part: int, whole_of: int) -> float | None:
    return int(part) / int(whole_of) if whole_of else None


def _coded(counted: Counted, rows: Rows, by: By) -> tuple[list[str | None], Whole]:
    """Give the names that are set side by side, and by place which of them it is; the rest has no row."""
    name_of = _NAMES[by]
    asked = {
        number: name_of(place) for number, place in enumerate(counted.places) if bool(rows.taken[number])
    }
    names = sorted(set(asked.values()), key=lambda one: (one is None, one or ""))
    index = {name: number for number, name in enumerate(names)}
    codes = np.zeros(max(len(counted.places), 1), dtype=np.int64)
    for number, name in asked.items():
        codes[number] = index[name]
    return names, codes
