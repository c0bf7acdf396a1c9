"""Any history: counted bit by bit, kept and taken up in between, it is what it is from nothing; and right."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fixtures.delivery_history import History, counted_in, everything, version
from tests.fixtures.metrics_oracle import Oracle

from headway.adapters.ledger.situation_form import JsonTallies
from headway.app.metrics.books import Books
from headway.app.metrics.columns import PAGE
from headway.domain.facts import Outcome, PromotionKind
from headway.domain.metrics.measure import measure, rows_of
from headway.domain.metrics.trend import trend
from headway.domain.names import PromotionId, Version

FORM = JsonTallies()
INSTANCES = st.sampled_from(["staging", "prod1", "prod2"])
ARTIFACTS = st.sampled_from(["app1", "app2"])
NUMBERS = st.integers(1, 4)
STEP = st.tuples(
    st.sampled_from(
        [
            "deliver",
            "begin",
            "end",
            "roll back",
            "take back",
            "withdraw",
            "quarantine",
            "lift",
            "image",
            "commit",
        ]
    ),
    INSTANCES,
    ARTIFACTS,
    NUMBERS,
    st.sampled_from(list(Outcome)),
)
STEPS = st.lists(STEP, max_size=40)


def tell(steps: list[tuple[str, str, str, int, Outcome]]) -> History:
    """Tell a history of steps, some of them nonsense, one every ten minutes."""
    history = History()
    going: list[tuple[PromotionId, str, Version, str]] = []
    for artifact in ("app1", "app2"):
        history.configuration(1, artifact=artifact)
        for number in (1, 2, 3, 4):
            history.image(number, artifact=artifact)
        for into in ("staging", "prod1", "prod2"):
            history.first_lock(into, version(1, 1, artifact), artifact=artifact)
    for place, (what, into, artifact, number, outcome) in enumerate(steps):
        _step(history, going, 10.0 * place, what, into, artifact, number, outcome)
    return history


def _step(  # noqa: PLR0917  # the parts of one step
    history: History,
    going: list[tuple[PromotionId, str, Version, str]],
    at: float,
    what: str,
    into: str,
    artifact: str,
    number: int,
    outcome: Outcome,
) -> None:
    new = version(number, 1, artifact)
    match what:
        case "deliver":
            history.delivered(into, new, at, artifact=artifact, outcome=outcome)
        case "begin":
            promotion = history.decided(into, new, at, artifact=artifact)
            history.landed(promotion, into, new, at + 1, artifact)
            going.append((promotion, into, new, artifact))
        case "end" if going:
            promotion, there, brought, name = going.pop(0)
            history.ended(promotion, there, brought, at, outcome=outcome, artifact=name)
        case "roll back":
            history.delivered(into, new, at, artifact=artifact, kind=PromotionKind.ROLLBACK)
        case "take back":
            history.delivered(into, new, at, artifact=artifact, kind=PromotionKind.ROLLBACK, by="sue")
        case "withdraw":
            history.delivered(into, new, at, artifact=artifact, kind=PromotionKind.WITHDRAWAL)
        case "quarantine":
            history.quarantined(new, at, by="sue", artifact=artifact)
        case "lift":
            history.lifted(new, at, artifact=artifact)
        case "image":
            history.image(number + 4, at, artifact=artifact)
        case "commit":
            history.configuration(int(at) + 10, at, artifact=artifact)
        case _:
            pass


def taken_up(books: Books) -> Books:
    """Keep books and take them up again, as a start does."""
    fresh = Books.going_on(FORM.decode(FORM.encode(books.remembered)))
    for name, table in fresh.tables.items():
        old = books.tables[name]
        old.give_back(range(-(-len(old) // PAGE)))
        table.restore(old.take_changed())
    assert fresh.is_whole()
    return fresh


@settings(max_examples=150, deadline=None)
@given(steps=STEPS, cuts=st.sets(st.integers(0, 120), max_size=4))
def test_counting_by_increments_is_counting_from_nothing(
    steps: list[tuple[str, str, str, int, Outcome]], cuts: set[int]
) -> None:
    facts = tell(steps).facts
    whole, parts = Books(), Books()
    whole.fold(facts)
    bounds = [0, *sorted(cut for cut in cuts if cut < len(facts)), len(facts)]
    for start, end in pairwise(bounds):
        parts = taken_up(parts)
        parts.fold(facts[start:end])
    assert parts.remembered == whole.remembered
    assert (parts.places, parts.subjects) == (whole.places, whole.subjects)
    for name, table in whole.tables.items():
        assert dict(parts.tables[name].columns()) == dict(table.columns())


@settings(max_examples=150, deadline=None)
@given(steps=STEPS)
def test_what_is_counted_is_what_reading_all_facts_again_tells(
    steps: list[tuple[str, str, str, int, Outcome]],
) -> None:
    history = tell(steps)
    oracle, found = Oracle(history.facts), history.metrics()
    assert found.frequency.deployments == oracle.deployed()
    assert found.failures.failed == oracle.failed()
    spans = oracle.recoveries()
    assert found.recovery.recovered.count + found.recovery.clock == len(
        [one for one in spans if one is not None]
    )
    assert found.recovery.open == len([one for one in spans if one is None])
    assert found.rework.rollbacks + found.rework.forward == oracle.reworked()


@settings(max_examples=60, deadline=None)
@given(steps=STEPS)
def test_the_trend_adds_up_to_the_whole(steps: list[tuple[str, str, str, int, Outcome]]) -> None:
    books = Books()
    books.fold(tell(steps).facts)
    rows = rows_of(counted_in(books), everything())
    found, points = measure(rows), trend(rows, everything())
    assert sum(one.deployments for one in points) == found.frequency.deployments
    assert sum(one.judged for one in points) == found.failures.judged
    assert sum(one.failed for one in points) == found.failures.failed
    assert sum(one.changes for one in points) == found.lead_time.from_commit.count
    assert sum(one.broken for one in points) == (
        found.recovery.recovered.count + found.recovery.open + found.recovery.clock
    )
    assert sum(one.rework for one in points) == found.rework.rollbacks + found.rework.forward
