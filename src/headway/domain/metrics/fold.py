"""The fold of the counting: one fact more, and what it wrote."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from immutables import Map

from headway.domain.facts import (
    Change,
    ConfigurationFound,
    EstateTaken,
    Fact,
    HoldLifted,
    HoldPlaced,
    ImageFound,
    InstanceFound,
    InstanceTouched,
    InstanceUntouched,
    NoChangePassed,
    Outcome,
    PromotionDecided,
    PromotionEnded,
    PromotionKind,
    PromotionLanded,
    PromotionLost,
    QuarantineLifted,
    QuarantinePlaced,
    SourceAway,
    SourceBack,
    SourceCommitsFound,
)
from headway.domain.facts.fact import HEADWAY
from headway.domain.metrics.carried import changes_in, delivered
from headway.domain.metrics.delivery import Carried, Delivery, FailedBy, PlaceFound, Start
from headway.domain.metrics.tally import BROUGHT_KEPT, CellTally, Tally, place_of
from headway.domain.names import ArtifactName, Cell, InstanceName, Version
from headway.domain.situation import evolve

Entry = PlaceFound | Delivery | Carried
"""What a fact wrote: a delivery is written again, under its number, whenever more of it is known."""


@dataclass(slots=True)
class _Page:
    """A tally in the making, and what was written so far."""

    tally: Tally
    written: list[Entry]

    def cell(self, cell: Cell) -> CellTally:
        return self.tally.cell(cell)

    def put(self, cell: Cell, state: CellTally) -> None:
        self.tally = replace(self.tally, cells=self.tally.cells.set(cell, state))

    def write(self, delivery: Delivery) -> Delivery:
        """Write what is known of a delivery now, and put it in the place of what was known before."""
        self.written.append(delivery)
        number, state = delivery.number, self.cell(delivery.cell)
        standing = state.standing
        brought = tuple(
            (version, delivery if one.number == number else one) for version, one in state.brought
        )
        now = replace(
            state,
            standing=delivery if standing is not None and standing.number == number else standing,
            brought=brought,
            failing=tuple(delivery if one.number == number else one for one in state.failing),
        )
        if now != state:
            self.put(delivery.cell, now)
        under = self.tally.underway.get(delivery.promotion_id, ())
        if any(one.number == number for one in under):
            known = tuple(delivery if one.number == number else one for one in under)
            self.tally = replace(self.tally, underway=self.tally.underway.set(delivery.promotion_id, known))
        return delivery


def evolve_tally(tally: Tally, fact: Fact) -> tuple[Tally, tuple[Entry, ...]]:
    """Fold one fact in, and give what it wrote, in order. A fact that counts nothing writes nothing."""
    page = _Page(tally, [])
    fold = _FOLDS.get(type(fact.body))
    if fold is not None:
        fold(page, fact, fact.body)
    passed_over = page.tally.passed_over + (fact.body is None)
    return replace(page.tally, sequence=fact.sequence, passed_over=passed_over), tuple(page.written)


def passing_over(tally: Tally, fact: Fact) -> Tally:
    """Go on after a fact that could not be counted."""
    return replace(tally, sequence=fact.sequence, passed_over=tally.passed_over + 1)


def _knows(page: _Page, fact: Fact, _: object) -> None:
    page.tally = replace(page.tally, known=evolve(page.tally.known, fact))


def _source_commits(page: _Page, _: Fact, body: SourceCommitsFound) -> None:
    line = page.tally.lines.get(body.artifact, Map()).update({one.position: one for one in body.commits})
    page.tally = replace(page.tally, lines=page.tally.lines.set(body.artifact, line))


def _decided(page: _Page, fact: Fact, body: PromotionDecided) -> None:
    begun: list[Delivery] = []
    for change in body.changes:
        if change.after is None:
            # Taken out: nothing is delivered, and nothing stands there any more.
            continue
        cell = Cell(change.artifact, body.instance)
        blamed = _blamed(page, fact, body, change, cell)
        begun.append(
            page.write(
                Delivery(
                    number=page.tally.deliveries + len(begun),
                    place=_numbered(page, cell),
                    cell=cell,
                    promotion_id=body.promotion_id,
                    sequence=fact.sequence,
                    kind=body.kind,
                    version=change.after,
                    by_person=body.asked_by is not None,
                    decided_at=fact.happened_at,
                    blames=blamed.number if blamed else None,
                    mends=bool(page.cell(cell).failing) and body.kind is PromotionKind.PROMOTION,
                )
            )
        )
    page.tally = replace(
        page.tally,
        deliveries=page.tally.deliveries + len(begun),
        underway=page.tally.underway.set(body.promotion_id, tuple(begun)),
    )


def _numbered(page: _Page, cell: Cell) -> int:
    place = place_of(page.tally.known, cell)
    number = page.tally.places.get(place)
    if number is None:
        number = len(page.tally.places)
        page.tally = replace(page.tally, places=page.tally.places.set(place, number))
        page.written.append(PlaceFound(number=number, place=place))
    return number


def _blamed(page: _Page, fact: Fact, body: PromotionDecided, change: Change, cell: Cell) -> Delivery | None:
    """Say which delivery a person's rollback takes back, which has failed by that; None: none that is known.

    A rollback without a person follows a failure that its verdict told of.
    """
    if body.kind is not PromotionKind.ROLLBACK or body.asked_by is None or change.before is None:
        return None
    found = _bringer(page, cell, change.before)
    return None if found is None else _failed(page, found, fact.happened_at, FailedBy.TAKEN_BACK)


def _bringer(page: _Page, cell: Cell, version: Version) -> Delivery | None:
    """Give the delivery that brought what stands in a cell, verified or not; a remedy brings nothing new."""
    for under in page.tally.underway.values():
        for one in under:
            if one.version == version and one.cell == cell and _is_news(one) and one.landed_at:
                return one
    return next((one for brought, one in reversed(page.cell(cell).brought) if brought == version), None)


def _is_news(delivery: Delivery) -> bool:
    return delivery.kind in (PromotionKind.PROMOTION, PromotionKind.FIRST_LOCK)


def _failed(page: _Page, delivery: Delivery, at: datetime, by: FailedBy) -> Delivery:
    """Mark a delivery as failed, once: what took it back after its verdict adds nothing."""
    if delivery.failed_at is not None:
        return delivery
    failed = page.write(replace(delivery, failed_at=at, failed_by=by))
    state = page.cell(delivery.cell)
    page.put(delivery.cell, replace(state, failing=(*state.failing, failed)))
    return failed


def _landed(page: _Page, fact: Fact, body: PromotionLanded) -> None:
    under = page.tally.underway.get(body.promotion_id)
    if under is None or all(one.landed_at is not None for one in under):
        return
    for one in under:
        page.write(replace(one, landed_at=fact.happened_at))


def _lost(page: _Page, fact: Fact, body: PromotionLost) -> None:
    for one in _taken(page, body):
        page.write(replace(one, ended_at=fact.happened_at))


def _taken(page: _Page, body: PromotionLost | PromotionEnded) -> tuple[Delivery, ...]:
    """Take a promotion's deliveries from those under way; none where an earlier ledger decided it."""
    under = page.tally.underway.get(body.promotion_id, ())
    if under:
        page.tally = replace(page.tally, underway=page.tally.underway.delete(body.promotion_id))
    return under


def _ended(page: _Page, fact: Fact, body: PromotionEnded) -> None:
    for one in _taken(page, body):
        entry = (one.cell.artifact, one.version)
        stood = body.outcome is not Outcome.VERIFIED or entry in body.verified
        # Of a first lock, what a later promotion changed before the verdict is judged by that one.
        outcome = body.outcome if stood else Outcome.REPLACED
        ended = page.write(replace(one, ended_at=fact.happened_at, outcome=outcome))
        if outcome is Outcome.VERIFIED:
            _verified(page, ended, fact.happened_at)
        elif outcome is Outcome.FAILED:
            _failed(page, ended, ended.landed_at or fact.happened_at, FailedBy.VERDICT)


def _verified(page: _Page, delivery: Delivery, at: datetime) -> None:
    cell = delivery.cell
    before = page.cell(cell)
    for one in before.failing:
        if one.number != delivery.number:
            page.write(replace(one, recovered_at=at, recovered_by=delivery.number))
    if _is_news(delivery):
        _carry(page, cell, before, delivery, at)
    state = page.cell(cell)
    brought = state.brought
    if _is_news(delivery):
        brought = (*(pair for pair in brought if pair[0] != delivery.version), (delivery.version, delivery))
    page.put(
        cell,
        replace(
            delivered(page.tally, cell.artifact, state, delivery.version),
            standing=delivery,
            version=delivery.version,
            brought=brought[-BROUGHT_KEPT:],
            failing=tuple(one for one in state.failing if one.recovered_at is None),
        ),
    )


def _carry(page: _Page, cell: Cell, before: CellTally, delivery: Delivery, at: datetime) -> None:
    """Write what a verified delivery carried; what a first lock brings was there before: no change."""
    if delivery.kind is PromotionKind.FIRST_LOCK:
        return
    for change in changes_in(page.tally, cell.artifact, before, delivery.version):
        is_after = change.started_at is not None and change.started_at > at
        page.written.append(
            Carried(
                number=page.tally.carried,
                delivery=delivery.number,
                place=delivery.place,
                verified_at=at,
                half=change.half,
                commit=change.commit,
                start=Start.CLOCK if is_after else change.start,
                started_at=None if is_after else change.started_at,
                count=change.many,
            )
        )
        page.tally = replace(page.tally, carried=page.tally.carried + 1)


def _no_change(page: _Page, _: Fact, body: NoChangePassed) -> None:
    """Let the instance stand at a version that renders what runs: nothing is deployed, nothing is carried."""
    cell = Cell(body.artifact, body.instance)
    state = delivered(page.tally, cell.artifact, page.cell(cell), body.version)
    brought = state.brought
    if state.standing is not None:
        original = next((one for version, one in brought if version == body.before), state.standing)
        brought = (*(pair for pair in brought if pair[0] != body.version), (body.version, original))
    page.put(cell, replace(state, version=body.version, brought=brought[-BROUGHT_KEPT:]))


def _quarantined(page: _Page, fact: Fact, body: QuarantinePlaced) -> None:
    """A person found a version bad: where it stands, its delivery has failed."""
    _knows(page, fact, body)
    if fact.actor == HEADWAY or page.tally.known.estate is None:
        return
    application = body.artifact.application
    if application not in page.tally.known.estate.applications:
        return
    for instance in page.tally.known.estate.instances(application):
        cell = Cell(body.artifact, instance)
        version = page.cell(cell).version
        if version is None or not _is_meant(body, version):
            continue
        found = _bringer(page, cell, version)
        if found is not None:
            _failed(page, found, fact.happened_at, FailedBy.QUARANTINED)


def _lifted(page: _Page, fact: Fact, body: QuarantineLifted) -> None:
    """What was quarantined by hand where it stands, and is no more, has recovered without a deployment."""
    _knows(page, fact, body)
    for cell, state in page.tally.cells.items():
        if cell.artifact != body.artifact or not state.failing:
            continue
        for one in state.failing:
            is_by_hand = one.failed_by is FailedBy.QUARANTINED
            if is_by_hand and page.tally.known.quarantine_of(body.artifact, one.version) is None:
                page.write(replace(one, recovered_at=fact.happened_at))
        left = tuple(one for one in page.cell(cell).failing if one.recovered_at is None)
        page.put(cell, replace(page.cell(cell), failing=left))


def _is_meant(body: QuarantinePlaced, version: Version) -> bool:
    return version == body.version or (body.whole_digest and version.digest == body.version.digest)


def _found(page: _Page, _: Fact, body: InstanceFound) -> None:
    """Begin with what a lost ledger had delivered: it is known to be there, and not by which delivery."""
    for name, version in body.lock.items():
        cell = Cell(_artifact(body.instance, name), body.instance)
        state = delivered(page.tally, cell.artifact, page.cell(cell), version)
        page.put(cell, replace(state, version=version))


def _artifact(instance: InstanceName, name: str) -> ArtifactName:
    return ArtifactName(instance.application, name)


_FOLDS: dict[type, Callable[[_Page, Fact, Any], None]] = {
    EstateTaken: _knows,
    ImageFound: _knows,
    ConfigurationFound: _knows,
    SourceCommitsFound: _source_commits,
    HoldPlaced: _knows,
    HoldLifted: _knows,
    InstanceTouched: _knows,
    InstanceUntouched: _knows,
    SourceAway: _knows,
    SourceBack: _knows,
    PromotionDecided: _decided,
    PromotionLanded: _landed,
    PromotionLost: _lost,
    PromotionEnded: _ended,
    NoChangePassed: _no_change,
    QuarantinePlaced: _quarantined,
    QuarantineLifted: _lifted,
    InstanceFound: _found,
}
