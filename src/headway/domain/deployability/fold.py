"""The fold of what is watched: one fact more, and what it wrote."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from headway.domain.deployability.entries import can_enter
from headway.domain.deployability.watch import (
    HALVES_KEPT,
    VERSIONS_KEPT,
    Act,
    ArtifactWatch,
    Can,
    Judged,
    Published,
    Red,
    Spell,
    Subject,
    SubjectFound,
    Verdict,
    Watch,
    Why,
)
from headway.domain.facts import (
    ConfigurationFound,
    EstateTaken,
    Fact,
    HoldLifted,
    HoldPlaced,
    ImageFound,
    InstanceTouched,
    InstanceUntouched,
    NoChangePassed,
    Outcome,
    PromotionAsked,
    PromotionDecided,
    PromotionEnded,
    PromotionKind,
    QuarantineLifted,
    QuarantinePlaced,
    SourceAway,
    SourceBack,
)
from headway.domain.facts.fact import HEADWAY
from headway.domain.metrics.delivery import Delivery, Start
from headway.domain.metrics.tally import Tally, is_production
from headway.domain.names import ArtifactName, Cell, CommitId, Digest, InstanceName, Version
from headway.domain.situation import Situation

Written = SubjectFound | Spell | Published | Judged | Red
"""What a fact wrote: a spell or a red is written again, under its number, when it ends or is acted on."""

_OF_OUTCOME = {
    Outcome.VERIFIED: (Can.YES, Why.VERIFIED),
    Outcome.FAILED: (Can.NO, Why.FAILED),
    Outcome.WITHDRAWN: (Can.UNKNOWN, Why.UNCLEAR),
    Outcome.LEFT: (Can.UNKNOWN, Why.UNCLEAR),
}


@dataclass(slots=True)
class _Page:
    """A watch in the making, and what was written so far."""

    watch: Watch
    before: Tally
    tally: Tally
    fact: Fact
    written: list[Written]

    @property
    def known(self) -> Situation:
        return self.tally.known

    def subject(self, artifact: ArtifactName, instance: InstanceName | None = None) -> int:
        """Give a subject's number, a new one if need be."""
        subject = Subject(artifact, instance)
        number = self.watch.subjects.get(subject)
        if number is None:
            number = len(self.watch.subjects)
            self.watch = replace(self.watch, subjects=self.watch.subjects.set(subject, number))
            self.written.append(SubjectFound(number=number, subject=subject))
        return number

    def put(self, artifact: ArtifactName, state: ArtifactWatch) -> None:
        self.watch = replace(self.watch, artifacts=self.watch.artifacts.set(artifact, state))


def evolve_watch(watch: Watch, before: Tally, tally: Tally, fact: Fact) -> tuple[Watch, tuple[Written, ...]]:
    """Fold one fact in, and give what it wrote, in order.

    Args:
        watch: what was watched up to the fact.
        before: the tally without the fact: it knows what was under way.
        tally: the tally with it: it knows estate, shelves, holds and who is away.
        fact: the fact.
    """
    page = _Page(watch, before, tally, fact, [])
    fold = _FOLDS.get(type(fact.body))
    if fold is not None:
        fold(page, fact.body)
    return page.watch, tuple(page.written)


def _image(page: _Page, body: ImageFound) -> None:
    # An image whose tags change, or that gets its place, does not come again; it may be the newest by now.
    is_known = body.digest in page.before.known.shelf(body.artifact).images
    if not is_known and not body.in_first_look:
        _published(page, body.artifact)
    _weigh(page, body.artifact)


def _configuration(page: _Page, body: ConfigurationFound) -> None:
    if body.commit not in page.before.known.shelf(body.artifact).configurations:
        _published(page, body.artifact)
    _weigh(page, body.artifact)


def _published(page: _Page, artifact: ArtifactName) -> None:
    state, fact = page.watch.artifact(artifact), page.fact
    page.written.append(
        Published(
            number=page.watch.published,
            subject=page.subject(artifact),
            at=fact.happened_at,
            can=state.spell.can if state.spell else Can.UNKNOWN,
            red=state.red.number if state.red else None,
            sequence=fact.sequence,
        )
    )
    page.watch = replace(page.watch, published=page.watch.published + 1)
    if state.red is not None:
        _write_red(page, artifact, replace(state.red, published=state.red.published + 1))
    _acted(page, artifact, Act.PUBLISHED)


def _acted(page: _Page, artifact: ArtifactName, act: Act) -> None:
    """Note what was first done about what is red; what comes later adds nothing."""
    red = page.watch.artifact(artifact).red
    if red is not None and red.acted_at is None:
        _write_red(page, artifact, replace(red, acted_at=page.fact.happened_at, act=act))


def _write_red(page: _Page, artifact: ArtifactName, red: Red) -> None:
    page.written.append(red)
    kept = None if red.green_at is not None else red
    page.put(artifact, replace(page.watch.artifact(artifact), red=kept))


def _ended(page: _Page, body: PromotionEnded) -> None:
    for one in page.before.underway.get(body.promotion_id, ()):
        artifact = one.cell.artifact
        stood = body.outcome is not Outcome.VERIFIED or (artifact, one.version) in body.verified
        if body.outcome not in _OF_OUTCOME or not stood or _is_remedy(one):
            continue
        if body.outcome in (Outcome.VERIFIED, Outcome.FAILED):
            _first_verdict(page, artifact, one.version, is_good=body.outcome is Outcome.VERIFIED)
        can, why = _OF_OUTCOME[body.outcome]
        _judged(page, artifact, one.version, Verdict(can=can, why=why, instance=one.cell.instance))
        _weigh(page, artifact)


def _is_remedy(delivery: Delivery) -> bool:
    """An older version that is put back says nothing of the newest."""
    return delivery.kind in (PromotionKind.ROLLBACK, PromotionKind.WITHDRAWAL)


def _judged(page: _Page, artifact: ArtifactName, version: Version, verdict: Verdict) -> None:
    """Remember a verdict; a good one elsewhere does not clear a bad one."""
    state = page.watch.artifact(artifact)
    known = next((one for of, one in state.verdicts if of == version), None)
    if known and known.can is Can.NO and verdict.can is not Can.NO and known.instance != verdict.instance:
        verdict = known
    others = tuple(pair for pair in state.verdicts if pair[0] != version)
    page.put(artifact, replace(state, verdicts=(*others, (version, verdict))[-VERSIONS_KEPT:]))


def _first_verdict(page: _Page, artifact: ArtifactName, version: Version, *, is_good: bool) -> None:
    """Write how long each half of a version waited for its first verdict anywhere."""
    for half in (version.digest, version.commit):
        state = page.watch.artifact(artifact)
        if half is None or half in state.judged:
            continue
        page.put(artifact, replace(state, judged=(*state.judged, half)[-HALVES_KEPT:]))
        start, started_at = _start(page, artifact, half)
        is_after = started_at is not None and started_at > page.fact.happened_at
        page.written.append(
            Judged(
                number=page.watch.judged,
                subject=page.subject(artifact),
                at=page.fact.happened_at,
                start=Start.CLOCK if is_after else start,
                started_at=None if is_after else started_at,
                is_good=is_good,
                sequence=page.fact.sequence,
            )
        )
        page.watch = replace(page.watch, judged=page.watch.judged + 1)


def _start(page: _Page, artifact: ArtifactName, half: str) -> tuple[Start, Any]:
    shelf = page.known.shelf(artifact)
    configuration = shelf.configurations.get(CommitId(half))
    if configuration is not None:
        at = configuration.committed_at
        return (Start.COMMIT, at) if at is not None else (Start.UNKNOWN, None)
    image = shelf.images.get(Digest(half))
    line = page.tally.lines.get(artifact)
    commit = line.get(image.source_position) if image and line and image.source_position is not None else None
    if commit is not None and commit.committed_at is not None:
        return Start.COMMIT, commit.committed_at
    if image is not None and image.built_at is not None:
        return Start.BUILD, image.built_at
    return Start.UNKNOWN, None


def _no_change(page: _Page, body: NoChangePassed) -> None:
    _judged(page, body.artifact, body.version, Verdict(can=Can.YES, why=Why.VERIFIED, instance=body.instance))
    _weigh(page, body.artifact)


def _decided(page: _Page, body: PromotionDecided) -> None:
    """A person takes a version back: it is found bad there."""
    if body.kind is not PromotionKind.ROLLBACK or body.asked_by is None:
        return
    for change in body.changes:
        if change.before is not None:
            bad = Verdict(can=Can.NO, why=Why.TAKEN_BACK, instance=body.instance)
            _judged(page, change.artifact, change.before, bad)
            _weigh(page, change.artifact)
            _acted(page, change.artifact, Act.TAKEN_BACK)


def _quarantined(page: _Page, body: QuarantinePlaced) -> None:
    if page.fact.actor == HEADWAY:
        return
    for version, _ in page.watch.artifact(body.artifact).verdicts:
        if version == body.version or (body.whole_digest and version.digest == body.version.digest):
            bad = Verdict(can=Can.NO, why=Why.QUARANTINED, instance=None)
            _judged(page, body.artifact, version, bad)
    _weigh(page, body.artifact)
    _acted(page, body.artifact, Act.QUARANTINED)


def _lifted(page: _Page, body: QuarantineLifted) -> None:
    """What may go out again has no verdict until it gets one."""
    state = page.watch.artifact(body.artifact)
    left = tuple(
        (version, one)
        for version, one in state.verdicts
        if one.can is not Can.NO or page.known.quarantine_of(body.artifact, version) is not None
        if version != body.version or one.can is not Can.NO
    )
    page.put(body.artifact, replace(state, verdicts=left))
    _weigh(page, body.artifact)


def _asked(page: _Page, body: PromotionAsked) -> None:
    _acted(page, body.artifact, Act.ASKED)


def _weigh(page: _Page, artifact: ArtifactName) -> None:
    """Answer anew whether the newest version could go on; where the answer is another, begin a spell."""
    can, why = _newest(page, artifact)
    state, fact = page.watch.artifact(artifact), page.fact
    if state.spell is None or (state.spell.can, state.spell.why) != (can, why):
        ended = () if state.spell is None else (replace(state.spell, until=fact.happened_at),)
        spell = Spell(
            number=page.watch.spells,
            subject=page.subject(artifact),
            can=can,
            why=why,
            since=fact.happened_at,
            sequence=fact.sequence,
        )
        page.written += [*ended, spell]
        page.watch = replace(page.watch, spells=page.watch.spells + 1)
        page.put(artifact, replace(state, spell=spell))
    _redden(page, artifact, can)


def _redden(page: _Page, artifact: ArtifactName, can: Can) -> None:
    """Red begins with a no, and ends with a yes: what nobody knows is not green."""
    red, fact = page.watch.artifact(artifact).red, page.fact
    if can is Can.NO and red is None:
        number = page.watch.reds
        page.watch = replace(page.watch, reds=number + 1)
        _write_red(
            page,
            artifact,
            Red(
                number=number, subject=page.subject(artifact), since=fact.happened_at, sequence=fact.sequence
            ),
        )
    elif can is Can.YES and red is not None:
        _write_red(page, artifact, replace(red, green_at=fact.happened_at))


def _newest(page: _Page, artifact: ArtifactName) -> tuple[Can, Why]:
    shelf, verdicts = page.known.shelf(artifact), page.watch.artifact(artifact).verdicts
    digest = shelf.newest_images[0] if shelf.newest_images else None
    commit = shelf.newest_configurations[0] if shelf.newest_configurations else None
    mine = next((one for (of, at), one in verdicts if (of, at) == (digest, commit)), None)
    is_bad = mine is not None and mine.can is Can.NO
    newest = None if commit is None else Version(digest, commit)
    if not is_bad and newest and page.known.quarantine_of(artifact, newest) is not None:
        return Can.NO, Why.QUARANTINED
    if mine is not None:
        return mine.can, mine.why
    if not verdicts:
        return Can.UNKNOWN, Why.NOTHING
    last = verdicts[-1][1]
    return (last.can, last.why) if last.can is Can.NO else (Can.UNKNOWN, Why.NOT_YET)


def _enter(page: _Page, _: object) -> None:
    """Answer anew whether each cell of production that this can change could be entered."""
    for cell in _cells(page):
        can, why = can_enter(page.known, cell)
        spell = page.watch.entries.get(cell)
        if spell is not None and (spell.can, spell.why) == (can, why):
            continue
        at = page.fact.happened_at
        begun = Spell(
            number=page.watch.spells,
            subject=page.subject(cell.artifact, cell.instance),
            can=can,
            why=why,
            since=at,
            sequence=page.fact.sequence,
        )
        page.written += [] if spell is None else [replace(spell, until=at)]
        page.written.append(begun)
        page.watch = replace(
            page.watch, spells=page.watch.spells + 1, entries=page.watch.entries.set(cell, begun)
        )
    _left(page)


def _cells(page: _Page) -> Iterable[Cell]:
    """Give the cells of production that the fact can have changed: those of its instance, else all."""
    estate, body = page.known.estate, page.fact.body
    instance = getattr(body, "instance", None)
    for application in estate.applications.values() if estate else ():
        if instance is not None and instance.application != application.name:
            continue
        for one in (instance,) if instance is not None else estate.instances(application.name):  # type: ignore[union-attr]  # there is an application
            if is_production(page.known, one):
                for artifact in application.artifacts.values():
                    yield Cell(artifact.name, one)


def _left(page: _Page) -> None:
    """End the spells of cells that left the estate, or are production no more."""
    if not isinstance(page.fact.body, EstateTaken):
        return
    there = set(_cells(page))
    for cell, spell in page.watch.entries.items():
        if cell not in there:
            page.written.append(replace(spell, until=page.fact.happened_at))
            page.watch = replace(page.watch, entries=page.watch.entries.delete(cell))


_FOLDS: dict[type, Callable[[_Page, Any], None]] = {
    EstateTaken: _enter,
    HoldPlaced: _enter,
    HoldLifted: _enter,
    InstanceTouched: _enter,
    InstanceUntouched: _enter,
    SourceAway: _enter,
    SourceBack: _enter,
    ImageFound: _image,
    ConfigurationFound: _configuration,
    PromotionDecided: _decided,
    PromotionEnded: _ended,
    PromotionAsked: _asked,
    NoChangePassed: _no_change,
    QuarantinePlaced: _quarantined,
    QuarantineLifted: _lifted,
}
