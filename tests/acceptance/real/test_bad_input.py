"""What people get wrong, end to end: the words that they meet, and everything else going on (rule 10)."""

import asyncio

import pytest
from tests.fixtures.ledger_rows import add_row
from tests.fixtures.real_delivery import RealDelivery
from tests.fixtures.small_disk import fill, small_disk
from tests.fixtures.tiny_estate import TinyApplication

from headway.bootstrap import opened
from headway.domain.errors import Broken
from headway.domain.facts import PromotionDecided, PromotionLanded

BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{after}: &{after} [{', '.join([f'*{before}'] * 10)}]\n"
    for before, after in zip("abcdefg", "bcdefgh", strict=True)
)
SAID = {
    "missing": "overlays/dev",
    "broken": "nowhere.yaml",
    "bomb": "all.yaml",
    "linked": "symbolic link",
    "remote": "https://example.org/base",
    "foreign": "linux/amd64",
}
"""By application, what its words must name."""


async def test_each_mistake_is_told_by_name_and_stops_nobody_else(delivery: RealDelivery) -> None:
    """Seven applications in one repository, six of them with a mistake: the seventh goes out."""
    delivery.begin([TinyApplication(name=name) for name in (*SAID, "good")])
    _make_mistakes(delivery)
    for name in (*SAID, "good"):
        platform = ("linux", "arm64") if name == "foreign" else ("linux", "amd64")
        delivery.images.publish(f"{name}/app", tags=["1.0.0"], platform=platform)
    async with delivery.running():
        await delivery.until("good went out", lambda: _went(delivery) == {"good"})
        for name, words in SAID.items():
            await delivery.until(
                f"{name} explained", lambda name=name, words=words: words in _words(delivery, name)
            )
        assert _went(delivery) == {"good"}
        # Mended, each goes out in its turn.
        files = {"broken/app/base/kustomization.yaml": b"resources: [all.yaml]\n"}
        delivery.commit(files, "Mend it")
        await delivery.until("mended", lambda: "broken" in _went(delivery))


async def test_a_broken_estate_leaves_the_last_good_one_in_force(delivery: RealDelivery) -> None:
    """An artifact without a folder is refused with its file and line, and the board says so."""
    delivery.begin([TinyApplication(name="shop")])
    delivery.publish("shop", "1.0.0")
    async with delivery.running():
        await delivery.until("out", lambda: _went(delivery) == {"shop"})
        good = delivery.remote.show("main", "shop/application.yaml").encode() + b"\n"
        bad = good.replace(b"  app:", b"  gone: {}\n  app:")
        delivery.commit({"shop/application.yaml": bad}, "Name an artifact that is not there")
        await delivery.until("refused", lambda: delivery.board().refused)
        (problem,) = delivery.board().refused
        assert "shop/application.yaml:5" in problem
        assert "gone" in problem
        assert "folder" in problem
        assert delivery.cell("shop").version is not None
        delivery.commit({"shop/application.yaml": good}, "Take it out again")
        await delivery.until("in force again", lambda: not delivery.board().refused)


async def test_a_second_server_on_one_ledger_is_refused(delivery: RealDelivery) -> None:
    """Two would decide against each other; the second one says who has it and ends."""
    delivery.begin([TinyApplication(name="shop")])
    async with delivery.running():
        with pytest.raises(Broken) as refused:
            async with opened(delivery.home):
                pass
    assert refused.value.code == "ledger-taken"


async def test_a_poisoned_row_stops_nothing(delivery: RealDelivery) -> None:
    """Neither at the start nor later: it is passed over, and versions go on."""
    delivery.begin([TinyApplication(name="shop")])
    async with delivery.running():
        await delivery.until("the estate is known", lambda: delivery.board().instances)
    ledger = delivery.home.state / "ledger.db"
    row = add_row(ledger, type="promotion-landed", body='{"promotion_id":[]}')
    add_row(ledger, type="from-the-future", schema=9, body="{}")
    delivery.publish("shop", "1.0.0")
    async with delivery.running() as again:
        await again.until("out", lambda: _went(again) == {"shop"})
        facts = {fact.sequence: fact async for fact in again.desk.outside.ledger.read()}
    assert facts[row].body is None
    assert min(fact.sequence for fact in delivery.facts if isinstance(fact.body, PromotionDecided)) > row


async def test_a_full_disk_under_the_ledger_stops_nothing_for_good(delivery: RealDelivery) -> None:
    """Nothing is decided that cannot be recorded; once there is room it goes on by itself, nothing twice."""
    delivery.begin([TinyApplication(name="shop")])
    delivery.publish("shop", "1.0.0")
    disk = delivery.folder / "disk"
    with small_disk(disk, "1m"):
        delivery.home.state.mkdir()
        (delivery.home.state / "ledger.db").symlink_to(disk / "ledger.db")
        async with delivery.running():
            await delivery.until("the estate is known", lambda: delivery.board().instances)
            await delivery.until("out", lambda: _went(delivery) == {"shop"})
            fill(disk / "filler")
            files = {f"shop/app/base/{number}.yaml": b"{}\n" * 2000 for number in range(3)}
            delivery.commit(files, "A new version")
            await asyncio.gather(*(delivery.deliver_if_possible("shop", f"1.0.{n}") for n in range(1, 40)))
            known = delivery.desk.situation.sequence
            (disk / "filler").unlink()
            await delivery.deliver("shop", "1.1.0")
            await delivery.until("recorded again", lambda: delivery.desk.situation.sequence > known)
            facts = [fact.sequence async for fact in delivery.desk.outside.ledger.read()]
        assert facts == list(range(1, len(facts) + 1))


def _make_mistakes(delivery: RealDelivery) -> None:
    overlay = "app/overlays/dev/kustomization.yaml"
    remote = delivery.remote
    remote.commit(
        "main",
        {
            f"missing/{overlay}": None,
            "broken/app/base/kustomization.yaml": b"resources: [nowhere.yaml]\n",
            "bomb/app/base/all.yaml": BOMB.encode(),
            f"remote/{overlay}": b"resources: ['https://example.org/base?ref=v1']\n",
        },
        "Make mistakes",
    )
    remote.link("main", "linked/app/base/all.yaml", "../../../outside/all.yaml")


def _went(delivery: RealDelivery) -> set[str]:
    return {one.instance.application for one in delivery.bodies(PromotionLanded)}


def _words(delivery: RealDelivery, application: str) -> str:
    told = delivery.why(application)
    shut = [f"{one.gate}: {one.words}" for answer in told.answers for one in answer.blocked]
    return " ".join([told.conclusion, *shut])
