"""What every ledger must do; run on the one in a file and the one in memory."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import pytest
from tests.fixtures.ledger_facts import NOON, SetClock

from headway.adapters.ledger.ledger import SqliteLedger
from headway.app.ports import FoldKept, Folds, Ledger, Looks, PromotionHistory, Snapshots
from headway.domain.errors import Broken, UsageError
from headway.domain.facts import (
    Actor,
    ApprovalGiven,
    Change,
    Fact,
    FactBody,
    HoldPlaced,
    ImagesLookedAt,
    NewFact,
    Outcome,
    PromotionDecided,
    PromotionEnded,
    PromotionKind,
    PromotionLanded,
    PromotionLost,
)
from headway.domain.names import ArtifactName, CommitId, Digest, InstanceName, PromotionId, TreeId, Version
from headway.testing.ledger import MemoryLedger

APP1 = ArtifactName("oneconnect", "app1")
APP2 = ArtifactName("oneconnect", "app2")
STAGING = InstanceName("oneconnect", "staging")
TEST = InstanceName("oneconnect", "test")
V1 = Version(Digest("sha256:" + "1" * 64), CommitId("a" * 40))
V2 = Version(None, CommitId("b" * 40))


class WholeLedger(Folds, Ledger, Looks, PromotionHistory, Snapshots, Protocol):
    """All five ports that a ledger offers."""


@pytest.fixture(params=["file", "memory"])
async def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[WholeLedger]:
    if request.param == "memory":
        yield MemoryLedger(SetClock())
    else:
        async with await SqliteLedger.open(tmp_path / "ledger.db", SetClock()) as opened:
            yield opened


def new(body: FactBody, minutes: int = 0, reason: str = "") -> NewFact:
    return NewFact(
        body=body, happened_at=NOON + timedelta(minutes=minutes), actor=Actor("person:ann"), reason=reason
    )


def looked(name: str = "app1") -> NewFact:
    return new(ImagesLookedAt(artifact=ArtifactName("oneconnect", name)))


def decided(number: int, instance: InstanceName = STAGING, artifact: ArtifactName = APP1) -> PromotionDecided:
    return PromotionDecided(
        promotion_id=PromotionId(f"{number:016x}"),
        instance=instance,
        kind=PromotionKind.PROMOTION,
        changes=(Change(artifact=artifact, before=V2, after=V1),),
        folder=TreeId("f" * 40),
        previous=None,
        asked_by="ann",
    )


async def all_of(ledger: Ledger, after: int = 0) -> list[Fact]:
    return [fact async for fact in ledger.read(after)]


async def test_facts_come_back_as_they_were_recorded_in_order_without_gaps(ledger: WholeLedger) -> None:
    recorded = [*await ledger.append([looked(), new(decided(1), reason="why not ünïcode \n")])]
    recorded += await ledger.append([looked("app2")])
    assert [fact.sequence for fact in recorded] == [1, 2, 3]
    assert await all_of(ledger) == recorded
    assert recorded[1].body == decided(1)
    assert recorded[1].type == "promotion-decided"
    assert recorded[1].reason == "why not ünïcode \n"
    assert recorded[1].actor == "person:ann"


async def test_the_recorded_instant_is_the_clock_s_and_the_happened_one_the_caller_s(
    ledger: WholeLedger,
) -> None:
    [fact] = await ledger.append([new(decided(1), minutes=-7)])
    assert fact.happened_at == NOON - timedelta(minutes=7)
    assert fact.recorded_at == NOON


async def test_nothing_appended_is_nothing_recorded(ledger: WholeLedger) -> None:
    assert [*await ledger.append([])] == []
    assert await all_of(ledger) == []


async def test_reading_goes_on_after_the_fact_that_is_named(ledger: WholeLedger) -> None:
    await ledger.append([looked() for _ in range(2500)])
    assert [fact.sequence for fact in await all_of(ledger, after=2498)] == [2499, 2500]
    assert [fact.sequence for fact in await all_of(ledger)] == list(range(1, 2501))
    assert await all_of(ledger, after=2500) == []


async def test_reading_after_a_fact_that_is_gone_says_that_facts_are_missing(ledger: WholeLedger) -> None:
    await ledger.append([looked()])
    with pytest.raises(Broken, match="not in the ledger any more") as told:
        await all_of(ledger, after=2)
    assert told.value.code == "ledger-tampered"


async def test_one_fact_that_cannot_be_recorded_keeps_the_whole_batch_out(ledger: WholeLedger) -> None:
    naive = NewFact(body=decided(2), happened_at=datetime(2026, 1, 1))  # noqa: DTZ001  the fault under test
    with pytest.raises(UsageError) as told:
        await ledger.append([looked(), naive])
    assert told.value.code == "fact-malformed"
    with pytest.raises(UsageError):
        await ledger.append([looked(), NewFact(body="not a fact", happened_at=NOON)])
    assert await all_of(ledger) == []
    assert (await ledger.append([looked()]))[0].sequence == 1


async def test_what_a_fact_is_about_finds_it_newest_first_page_by_page(ledger: WholeLedger) -> None:
    await ledger.append([new(decided(1)), looked(), new(decided(2, TEST)), new(decided(3))])
    newest = await ledger.about("instance:oneconnect/staging", limit=1)
    assert [fact.sequence for fact in newest] == [4]
    older = await ledger.about("instance:oneconnect/staging", limit=5, before=4)
    assert [fact.sequence for fact in older] == [1]
    assert [fact.sequence for fact in await ledger.about("artifact:oneconnect/app1", limit=9)] == [4, 3, 2, 1]
    assert [fact.sequence for fact in await ledger.about(f"promotion:{2:016x}", limit=9)] == [3]
    assert await ledger.about("instance:oneconnect/app1", limit=9) == []


async def test_a_hold_is_about_its_artifact_by_full_name_and_an_approval_about_its_entries(
    ledger: WholeLedger,
) -> None:
    hold = HoldPlaced(hold_id="h1", instance=STAGING, artifact="app2", owner="ann")
    approval = ApprovalGiven(application="oneconnect", wave="w", entries=((APP2, V1),), differences={})
    await ledger.append([new(hold), new(approval)])
    assert [fact.sequence for fact in await ledger.about("artifact:oneconnect/app2", limit=9)] == [2, 1]
    assert [fact.sequence for fact in await ledger.about("hold:h1", limit=9)] == [1]
    assert [fact.sequence for fact in await ledger.about("application:oneconnect", limit=9)] == [2]


async def test_a_promotion_s_record_follows_it_from_decision_to_end(ledger: WholeLedger) -> None:
    one = PromotionId(f"{1:016x}")
    await ledger.append([new(decided(1), reason="asked")])
    landed = PromotionLanded(promotion_id=one, instance=STAGING, commit=CommitId("c" * 40))
    ended = PromotionEnded(promotion_id=one, instance=STAGING, outcome=Outcome.VERIFIED)
    await ledger.append([new(landed, 1)])
    await ledger.append([new(ended, 2)])
    [record] = await ledger.promotions(limit=9)
    assert (record.promotion_id, record.instance, record.sequence) == (one, STAGING, 1)
    assert record.kind is PromotionKind.PROMOTION
    assert record.changes == decided(1).changes
    assert (record.actor, record.reason, record.asked_by) == ("person:ann", "asked", "ann")
    assert (record.decided_at, record.landed_at) == (NOON, NOON + timedelta(minutes=1))
    assert (record.commit, record.outcome) == ("c" * 40, Outcome.VERIFIED)
    assert (record.ended_at, record.lost) == (NOON + timedelta(minutes=2), None)


async def test_a_lost_promotion_says_why_until_it_is_decided_again(ledger: WholeLedger) -> None:
    one = PromotionId(f"{1:016x}")
    lost = PromotionLost(promotion_id=one, instance=STAGING, why="the branch moved")
    await ledger.append([new(decided(1)), new(lost, 1)])
    [record] = await ledger.promotions(limit=9)
    assert (record.lost, record.ended_at) == ("the branch moved", NOON + timedelta(minutes=1))
    await ledger.append([new(decided(1), 2)])
    [record] = await ledger.promotions(limit=9)
    assert (record.lost, record.ended_at, record.sequence) == (None, None, 3)


async def test_history_is_filtered_by_instance_and_artifact_and_paged(ledger: WholeLedger) -> None:
    await ledger.append(
        [new(decided(1)), new(decided(2, TEST)), new(decided(3, artifact=APP2)), new(decided(4))]
    )

    async def numbers(**filters: object) -> list[int]:
        records = await ledger.promotions(**({"limit": 9} | filters))  # type: ignore[arg-type]
        return [int(record.promotion_id, 16) for record in records]

    assert await numbers() == [4, 3, 2, 1]
    assert await numbers(limit=2) == [4, 3]
    assert await numbers(before=3) == [2, 1]
    assert await numbers(instance=STAGING) == [4, 3, 1]
    assert await numbers(artifact=APP2) == [3]
    assert await numbers(instance=STAGING, artifact=APP1, limit=1, before=4) == [1]


async def test_a_name_that_no_estate_would_hold_does_not_stop_its_promotion_s_record(
    ledger: WholeLedger,
) -> None:
    odd = InstanceName("OneConnect", "Staging_1")
    await ledger.append([new(decided(1, odd))])
    landed = PromotionLanded(promotion_id=PromotionId(f"{1:016x}"), instance=odd, commit=CommitId("c" * 40))
    await ledger.append([new(landed)])
    [record] = await ledger.promotions(limit=9)
    assert (record.instance, record.commit) == (odd, "c" * 40)


async def test_an_end_without_a_decision_makes_no_record(ledger: WholeLedger) -> None:
    ended = PromotionEnded(promotion_id=PromotionId("e" * 16), instance=STAGING, outcome=Outcome.LEFT)
    await ledger.append([new(ended)])
    assert await ledger.promotions(limit=9) == []


async def test_only_the_newest_snapshot_of_the_asking_version_is_given(ledger: WholeLedger) -> None:
    await ledger.append([looked(), looked()])
    assert await ledger.load("1") is None
    await ledger.save("1", 2, b"two")
    await ledger.save("1", 1, b"one")
    assert await ledger.load("1") == (2, b"two")
    assert await ledger.load("2") is None
    await ledger.save("2", 1, b"")
    assert await ledger.load("2") == (1, b"")
    assert await ledger.load("1") is None


async def test_a_snapshot_of_facts_that_are_not_recorded_is_refused(ledger: WholeLedger) -> None:
    with pytest.raises(UsageError) as told:
        await ledger.save("1", 1, b"")
    assert told.value.code == "snapshot-ahead"
    await ledger.save("1", 0, b"nothing yet")
    assert await ledger.load("1") == (0, b"nothing yet")


async def test_what_a_look_left_is_given_to_the_next_look_for_the_same(ledger: WholeLedger) -> None:
    await ledger.keep_look(APP1, "registry/app1 >=1.0", "one")
    await ledger.keep_look(APP2, "registry/app2 >=1.0", "another")
    await ledger.keep_look(APP1, "registry/app1 >=1.0", "two")
    assert await ledger.recall_look(APP1, "registry/app1 >=1.0") == "two"
    assert await ledger.recall_look(APP2, "registry/app2 >=1.0") == "another"
    await ledger.keep_look(APP1, "registry/app1 >=2.0", "three")
    assert await ledger.recall_look(APP1, "registry/app1 >=2.0") == "three"


async def test_what_a_look_for_something_else_left_is_given_to_nobody(ledger: WholeLedger) -> None:
    assert await ledger.recall_look(APP1, "registry/app1 >=1.0") is None
    await ledger.keep_look(APP1, "registry/app1 >=1.0", "one")
    assert await ledger.recall_look(APP1, "registry/app1 >=2.0") is None
    await ledger.keep_look(APP1, "registry/app1 >=2.0", "two")
    assert await ledger.recall_look(APP1, "registry/app1 >=1.0") is None


async def test_instants_of_other_time_zones_come_back_in_utc(ledger: WholeLedger) -> None:
    from zoneinfo import ZoneInfo

    at = datetime(2026, 7, 1, 12, tzinfo=ZoneInfo("Australia/Sydney"))
    [fact] = await ledger.append([NewFact(body=decided(1), happened_at=at)])
    assert fact.happened_at == at
    assert fact.happened_at.tzinfo is UTC


def kept(sequence: int, **tables: dict[int, bytes]) -> FoldKept:
    return FoldKept(sequence=sequence, state=f"state {sequence}".encode(), pages=tables)


async def test_a_fold_is_recalled_with_all_its_pages_the_changed_ones_anew(ledger: WholeLedger) -> None:
    await ledger.append([looked(), looked("app2")])
    await ledger.keep_fold("metrics", "v1", kept(1, rows={0: b"old", 1: b"one"}, more={0: b"m"}))
    await ledger.keep_fold("metrics", "v1", kept(2, rows={0: b"new", 2: b"two"}))
    found = await ledger.recall_fold("metrics", "v1")
    assert found is not None
    assert (found.sequence, found.state) == (2, b"state 2")
    assert found.pages == {"rows": {0: b"new", 1: b"one", 2: b"two"}, "more": {0: b"m"}}


async def test_a_fold_is_recalled_by_its_name_and_by_the_code_that_kept_it(ledger: WholeLedger) -> None:
    await ledger.append([looked()])
    await ledger.keep_fold("metrics", "v1", kept(1, rows={0: b"a", 1: b"b"}))
    await ledger.keep_fold("other", "v1", kept(1, rows={0: b"c"}))
    assert await ledger.recall_fold("metrics", "v2") is None
    assert await ledger.recall_fold("nothing", "v1") is None
    await ledger.keep_fold("metrics", "v2", kept(1, rows={0: b"d"}))
    found = await ledger.recall_fold("metrics", "v2")
    assert found is not None
    assert found.pages == {"rows": {0: b"d"}}
    assert await ledger.recall_fold("metrics", "v1") is None
    other = await ledger.recall_fold("other", "v1")
    assert other is not None
    assert other.pages == {"rows": {0: b"c"}}


async def test_a_fold_of_facts_that_are_not_there_is_refused(ledger: WholeLedger) -> None:
    await ledger.append([looked()])
    await ledger.keep_fold("metrics", "v1", kept(1))
    with pytest.raises(UsageError) as raised:
        await ledger.keep_fold("metrics", "v1", kept(2))
    assert raised.value.code == "snapshot-ahead"
    found = await ledger.recall_fold("metrics", "v1")
    assert found is not None
    assert found.sequence == 1
