"""What planning costs among 1,000 artifacts: 50 applications of 20 in 50 instances each, so 50,000 cells.

CPU time, so that a busy machine does not count. The floor of one new fact is the same fact in an estate of
one artifact in two instances: what the fact costs by itself, whatever the size.
"""

import gc
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from statistics import median
from time import process_time

from tests.fixtures.big_estate import (
    HEALTHY,
    BigEstate,
    commit,
    configuration,
    fact,
    image,
    seen,
    tree,
    version,
)

from bench.row import Against, Row
from headway.app.planner import Planner
from headway.domain.facts import (
    Change,
    HoldPlaced,
    Outcome,
    PromotionDecided,
    PromotionEnded,
    PromotionKind,
    PromotionLanded,
    Source,
    SourceAway,
)
from headway.domain.names import ArtifactName, EnvironmentName, InstanceName, PromotionId
from headway.domain.plan import touched_by
from headway.domain.situation import Situation, evolve
from headway.testing.clock import EPOCH

TINY = BigEstate(applications=1, artifacts=1, instances=2, waves=2)
BIG = BigEstate()
NOW = EPOCH.replace(hour=12)
_PROMOTION = PromotionId("0" * 16)


@dataclass(frozen=True, slots=True)
class Measured:
    """A situation with its planner, up to date."""

    situation: Situation
    planner: Planner
    whole_s: float
    """CPU seconds of the whole plan from nothing."""


def rows() -> Iterable[Row]:
    """Measure the whole plan and one new fact of each kind that is frequent or wide."""
    tiny, big = _measured(TINY), _measured(BIG)
    yield Row(
        name="plan the whole estate from nothing (50,000 cells)",
        ours=big.whole_s,
        floor=None,
        floor_is="",
        against=Against.LIMIT,
        aim=5,
        unit="s",
    )
    for name, body in _news(BIG):
        others = dict(_news(TINY))
        yield Row(
            name=f"one new fact among 50,000 cells: {name}",
            ours=_cost_ms(big, body),
            floor=_cost_ms(tiny, others[name]),
            floor_is="among 2 cells",
            against=Against.LIMIT,
            aim=50,
        )


def _measured(size: BigEstate) -> Measured:
    situation = size.situation()
    planner = Planner()
    gc.collect()
    start = process_time()
    planner.plan(situation, NOW)
    return Measured(situation, planner, process_time() - start)


def _cost_ms(measured: Measured, body: object) -> float:
    """Fold one fact in, find what it touches, and plan that: the median of five, in milliseconds."""
    times = []
    for _ in range(5):
        news = fact(measured.situation.sequence + 1, body)
        start = process_time()
        situation = evolve(measured.situation, news)
        measured.planner.touch(touched_by(measured.situation, situation, news))
        measured.planner.plan(situation, NOW)
        times.append((process_time() - start) * 1000)
        measured.planner.touch(touched_by(measured.situation, situation, news))
        measured.planner.plan(measured.situation, NOW)
    return median(times)


def _news(size: BigEstate) -> Iterator[tuple[str, object]]:
    artifact, instance = ArtifactName("a0", "p0"), InstanceName("a0", "i0")
    names = [ArtifactName("a0", f"p{number}") for number in range(size.artifacts)]
    first = next(
        body.promotion_id
        for body in size.bodies()
        if isinstance(body, PromotionDecided) and body.instance == instance
    )
    yield "an image", image(artifact, 2)
    yield "a configuration", configuration(artifact, 2, size.instances)
    yield (
        "a decision",
        PromotionDecided(
            promotion_id=_PROMOTION,
            instance=instance,
            kind=PromotionKind.PROMOTION,
            changes=(Change(artifact=artifact, before=version(artifact, 1), after=version(artifact, 2)),),
            folder=tree("2"),
            previous=first,
        ),
    )
    yield "health seen", seen(instance, first, HEALTHY, names)
    yield "a hold", HoldPlaced(hold_id="h", instance=instance, artifact=None, owner="sue")
    yield "an engine away", SourceAway(source=Source.ENGINE, name=EnvironmentName("e-i0"), words="gone")
    yield "a push that landed", PromotionLanded(promotion_id=first, instance=instance, commit=commit(2))
    verified = ((artifact, version(artifact, 1)),)
    ended = PromotionEnded(promotion_id=first, instance=instance, outcome=Outcome.VERIFIED, verified=verified)
    yield "a verdict", ended
