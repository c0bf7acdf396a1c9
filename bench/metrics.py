"""What questions about delivery cost when a million deployments are counted, all of them production.

Over two years, 1,000 artifacts in 50 applications go to five regions; one in fifty fails and is rolled back.
Each question is asked many times; its p99 is what is held against the aim.
"""

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import TypeVar

from tests.fixtures.big_estate import REPOSITORY, BigEstate, commit, configuration, digest, image, tree

from bench.row import Against, Row
from headway.adapters.ledger.situation_form import JsonTallies
from headway.app.metrics.asking import Filters
from headway.app.metrics.books import Books
from headway.app.queries.deployability import deployability
from headway.app.queries.metrics import deployments, metrics
from headway.domain.deployability.results import Thresholds
from headway.domain.facts import (
    Change,
    EstateTaken,
    Fact,
    Outcome,
    PromotionDecided,
    PromotionEnded,
    PromotionKind,
    PromotionLanded,
)
from headway.domain.facts.fact import HEADWAY
from headway.domain.metrics.words import By, Per, Which
from headway.domain.names import ArtifactName, InstanceName, PromotionId, Version
from headway.domain.situation import Situation
from headway.interfaces.http.shown import answer, to_json

DEPLOYMENTS = 1_000_000
_REGIONS = 5
_ARTIFACTS = 1_000
_ASKED = 100
_BATCH = 2_000
_END = datetime(2026, 7, 1, tzinfo=UTC)
_BEGIN = _END - timedelta(days=730)
_FAILS_EVERY = 50
_T = TypeVar("_T")


@dataclass
class _Asked:
    """As much of a desk and of a keeper as a question needs."""

    books: Books
    situation: Situation
    now: datetime = _END

    async def ask(self, question: Callable[[Books], _T]) -> _T:
        """Ask as the keeper does, on a thread."""
        return await asyncio.to_thread(question, self.books)


def rows() -> Iterable[Row]:
    """Count them, take up what was kept of them, and ask."""
    books, begun = Books(), time.perf_counter()
    facts = 0
    for batch in _batches(_facts()):
        books.fold(batch)
        facts += len(batch)
    yield _shown(
        f"{DEPLOYMENTS:,} deployments counted from {facts:,} facts", time.perf_counter() - begun, "s"
    )
    size = sum(table.bytes_held for table in books.tables.values())
    yield _shown("… their columns in memory", size / 1e6, "MB")
    form = JsonTallies()
    state = form.encode(books.remembered)
    pages = {name: table.take_changed() for name, table in books.tables.items()}
    begun = time.perf_counter()
    fresh = Books.going_on(form.decode(state))
    for name, table in fresh.tables.items():
        table.restore(pages[name])
    yield _shown("… taken up at a start from what was kept", time.perf_counter() - begun, "s")
    asked = _Asked(fresh, fresh.tally.known)
    for name, question in _questions(asked).items():
        yield from asyncio.run(_measured(name, question))


def _questions(asked: _Asked) -> dict[str, Callable[[], object]]:
    """Give what pages and commands ask, as the API answers it."""
    quarter, ever = Filters(), Filters(since="730d", per=Per.WEEK)
    one = replace(ever, application="a7", zone="Europe/Berlin")

    def of(filters: Filters, by: By | None = None) -> Callable[[], object]:
        async def question() -> object:
            return answer(await metrics(asked, asked, filters, by))  # type: ignore[arg-type]  # all that it needs

        return question

    async def failed() -> object:
        found = await deployments(asked, asked, ever, Which.FAILED, limit=20)  # type: ignore[arg-type]  # likewise
        return [to_json(each) for each in found]

    def five(filters: Filters) -> Callable[[], object]:
        async def question() -> object:
            return answer(await deployability(asked, asked, filters, Thresholds()))  # type: ignore[arg-type]  # likewise

        return question

    return {
        "metrics of 90 days": of(quarter),
        "metrics of two years, by region": of(ever, By.REGION),
        "metrics of two years, by artifact": of(ever, By.ARTIFACT),
        "metrics of one application in two years, in Berlin": of(one),
        "the newest failed deployments of two years": failed,
        "deployability of one application, 90 days": five(replace(quarter, application="a7")),
        "deployability of 50 applications, two years": five(ever),
    }


async def _measured(name: str, question: Callable[[], object]) -> list[Row]:
    times = []
    for _ in range(_ASKED):
        begun = time.perf_counter()
        await question()  # type: ignore[misc]  # each is a coroutine
        times.append((time.perf_counter() - begun) * 1000)
    times.sort()
    p50, p99 = (times[ceil(len(times) * share) - 1] for share in (0.5, 0.99))
    return [_shown(f"{name}: p50", p50, "ms"), _shown("… p99", p99, "ms", aim=200)]


def _facts() -> Iterator[Fact]:
    for sequence, (at, body) in enumerate(_told(), 1):
        yield Fact(sequence=sequence, body=body, happened_at=at, recorded_at=at, actor=HEADWAY, reason="")


def _told() -> Iterator[tuple[datetime, object]]:
    estate = BigEstate(applications=50, artifacts=20, instances=_REGIONS, waves=_REGIONS).estate()
    environments = {
        name: replace(one, region=f"r{number}", production=True)
        for number, (name, one) in enumerate(estate.environments.items())
    }
    yield (
        _BEGIN,
        EstateTaken(commits={REPOSITORY: commit(0)}, estate=replace(estate, environments=environments)),
    )
    artifacts = [
        artifact.name
        for application in estate.applications.values()
        for artifact in application.artifacts.values()
    ]
    for artifact in artifacts:
        yield _BEGIN, image(artifact, 1)
    step = (_END - _BEGIN) / DEPLOYMENTS
    for number in range(DEPLOYMENTS):
        at = _BEGIN + number * step
        artifact = artifacts[number % _ARTIFACTS]
        region, turn = (number // _ARTIFACTS) % _REGIONS, number // (_ARTIFACTS * _REGIONS)
        if region == 0:
            found = configuration(artifact, turn + 1, _REGIONS)
            yield at, replace(found, committed_at=at - timedelta(minutes=number % 997))
        yield from _delivered(
            number, at, artifact, InstanceName(artifact.application, f"i{region}"), turn + 1
        )


def _delivered(
    number: int, at: datetime, artifact: ArtifactName, instance: InstanceName, turn: int
) -> Iterator[tuple[datetime, object]]:
    new, old = _version(artifact, turn), _version(artifact, max(1, turn - 1))
    fails = number % _FAILS_EVERY == 0
    kind = PromotionKind.FIRST_LOCK if turn == 1 else PromotionKind.PROMOTION
    outcome = Outcome.FAILED if fails and turn > 1 else Outcome.VERIFIED
    yield from _promoted(2 * number, at, artifact, instance, new, old, kind, outcome)
    if outcome is Outcome.FAILED:
        later = at + timedelta(seconds=40)
        yield from _promoted(
            2 * number + 1, later, artifact, instance, old, new, PromotionKind.ROLLBACK, Outcome.VERIFIED
        )


def _promoted(  # noqa: PLR0917  # the parts of one promotion
    number: int,
    at: datetime,
    artifact: ArtifactName,
    instance: InstanceName,
    new: Version,
    old: Version,
    kind: PromotionKind,
    outcome: Outcome,
) -> Iterator[tuple[datetime, object]]:
    promotion = PromotionId(f"{number:016x}")
    yield (
        at,
        PromotionDecided(
            promotion_id=promotion,
            instance=instance,
            kind=kind,
            changes=(Change(artifact=artifact, before=old, after=new),),
            folder=_TREE,
            previous=None,
        ),
    )
    yield (
        at + timedelta(seconds=1),
        PromotionLanded(promotion_id=promotion, instance=instance, commit=_COMMIT),
    )
    verified = ((artifact, new),) if outcome is Outcome.VERIFIED else ()
    yield (
        at + timedelta(seconds=30),
        PromotionEnded(promotion_id=promotion, instance=instance, outcome=outcome, verified=verified),
    )


_TREE, _COMMIT = tree("any"), commit(1)


def _version(artifact: ArtifactName, turn: int) -> Version:
    return Version(digest(artifact, 1), commit(turn))


def _batches(facts: Iterator[Fact]) -> Iterator[list[Fact]]:
    batch: list[Fact] = []
    for fact in facts:
        batch.append(fact)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    yield batch


def _shown(name: str, ours: float, unit: str, aim: float | None = None) -> Row:
    return Row(name=name, ours=ours, floor=None, floor_is="", against=Against.LIMIT, aim=aim, unit=unit)
