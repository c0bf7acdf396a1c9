"""What people get wrong, end to end: the words that they meet, and everything else going on (rule 10)."""

from collections import Counter
from dataclasses import dataclass

import pytest
from tests.fixtures.ledger_rows import add_row
from tests.fixtures.real_delivery import RealDelivery
from tests.fixtures.served import surface_of
from tests.fixtures.small_disk import fill, small_disk
from tests.fixtures.tiny_estate import TinyApplication

from headway.bootstrap.outside import opened
from headway.domain.errors import Broken, Transient
from headway.domain.facts import PromotionDecided, PromotionLanded

BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{after}: &{after} [{', '.join([f'*{before}'] * 10)}]\n"
    for before, after in zip("abcdefg", "bcdefgh", strict=True)
)
TEAM = "the team, by a commit on main"
OVERLAY = "app/overlays/dev/kustomization.yaml"


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """One mistake of a team, and what its people read in `headway why`."""

    what: str
    reason: str
    gate: str = "references"
    who: str = TEAM

    def is_in(self, words: str) -> bool:
        """Say whether words tell what happened, and why."""
        return self.what in words and self.reason in words


MISTAKES = {
    "missing": Mistake(
        what="missing/app/overlays/dev holds no kustomization: ",
        reason="the artifact has no overlay of that name at this commit",
    ),
    "absent": Mistake(
        what="absent/app/base/kustomization.yaml:1 names what is not there: ",
        reason="resources holds 'nowhere.yaml', which is in none of the artifact's inputs",
    ),
    "doubled": Mistake(
        what="Kustomize cannot render doubled/app/overlays/dev: ",
        reason="may not add resource with an already registered id: Deployment.v1.apps/app.[noNs]",
    ),
    "bomb": Mistake(
        what="bomb/app/base/all.yaml:6 holds more than manifests may: ",
        reason="it holds more than 200000 values",
    ),
    "linked": Mistake(
        what="'linked/app/base/all.yaml' is a symbolic link: ",
        reason="it is not followed: it may lead out of the repository",
    ),
    "remote": Mistake(
        what=f"remote/{OVERLAY}:1 names something remote: ",
        reason="resources holds 'https://example.org/base'; what is rendered comes from this commit alone",
    ),
    "foreign": Mistake(
        gate="present",
        what="cannot be pulled for development: ",
        reason="there is none for linux/amd64: only for linux/arm64",
        who="the registry, or whoever mirrors images to it",
    ),
}
"""By application."""


async def test_each_mistake_is_told_by_name_and_stops_nobody_else(delivery: RealDelivery) -> None:
    """Eight applications in one repository, seven with a mistake: the eighth goes out; mended, each does."""
    delivery.begin([TinyApplication(name=name) for name in (*MISTAKES, "good")])
    right = {
        f"{name}/{path}": f"{delivery.remote.show('main', f'{name}/{path}')}\n".encode()
        for name in MISTAKES
        for path in (OVERLAY, "app/base/kustomization.yaml", "app/base/all.yaml")
    }
    _make_mistakes(delivery)
    for name in (*MISTAKES, "good"):
        platform = ("linux", "arm64") if name == "foreign" else ("linux", "amd64")
        delivery.images.publish(f"{name}/app", tags=["1.0.0"], platform=platform)
    async with delivery.running(), surface_of(delivery.controller, delivery.home.state) as people:
        await delivery.until("good went out", lambda: _went(delivery) == {"good"})
        for name, mistake in MISTAKES.items():
            await delivery.until(f"{name} explained", lambda name=name: _is_told(delivery, name))
            ran = await people.headway("why", f"{name}/app", "--in", f"{name}/dev")
            (told,) = (line for line in ran.out.splitlines() if line.startswith("  ✗ "))
            assert told.startswith(f"  ✗ {mistake.gate}: app: "), ran.out
            assert mistake.is_in(told), ran.out
            assert f"    who can change it: {mistake.who}" in ran.out.splitlines()
        assert _went(delivery) == {"good"}
        delivery.commit(right, "Mend all")
        await delivery.deliver("foreign", "1.0.1")
        await delivery.until("each went out", lambda: _went(delivery) == {*MISTAKES, "good"})


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
    ledger = disk / "ledger.db"
    with small_disk(disk, "1m"):
        delivery.home.state.mkdir()
        (delivery.home.state / "ledger.db").symlink_to(ledger)
        await delivery.agent.start()
        async with delivery.running(), surface_of(delivery.controller, delivery.home.state) as people:
            await delivery.until_verified(["shop"], "1.0.0", within_s=90)
            fill(disk / "filler")
            recorded = delivery.desk.situation.sequence
            with pytest.raises(Transient) as refused:
                await delivery.deliver("shop", "1.0.1")
            assert refused.value.code == "ledger-full"
            ran = await people.headway("hold", "shop/dev", "--reason", "a bad day")
            assert ran.code == 1
            assert f"the ledger {ledger} could not be written" in ran.err
            assert f"the disk under {disk} is full" in ran.err
            assert "what a person asked for ask again; make room there" in ran.err
            assert delivery.cell("shop").held == ()
            assert delivery.desk.situation.sequence == recorded
            (disk / "filler").unlink()
            await delivery.deliver("shop", "1.1.0")
            await delivery.until_verified(["shop"], "1.1.0", within_s=90)
            facts = [fact.sequence async for fact in delivery.desk.outside.ledger.read()]
        assert facts == list(range(1, len(facts) + 1))
    landed = Counter(one.promotion_id for one in delivery.bodies(PromotionLanded))
    form = "--format=%(trailers:key=Promotion-Id,valueonly)"
    committed = Counter(delivery.remote.git("log", form, "environments/development").split())
    assert landed == committed == dict.fromkeys(landed, 1)
    assert len(landed) == 2, "1.0.0 and 1.1.0, each once"


def _make_mistakes(delivery: RealDelivery) -> None:
    remote = delivery.remote
    remote.commit(
        "main",
        {
            f"missing/{OVERLAY}": None,
            "absent/app/base/kustomization.yaml": b"resources: [nowhere.yaml]\n",
            f"doubled/{OVERLAY}": b"resources: [../../base, ../../base]\n",
            "bomb/app/base/all.yaml": BOMB.encode(),
            f"remote/{OVERLAY}": b"resources: ['https://example.org/base?ref=v1']\n",
        },
        "Make mistakes",
    )
    remote.link("main", "linked/app/base/all.yaml", "../../../../outside.yaml")


def _went(delivery: RealDelivery) -> set[str]:
    return {one.instance.application for one in delivery.bodies(PromotionLanded)}


def _is_told(delivery: RealDelivery, application: str) -> bool:
    shut = [one for answer in delivery.why(application).answers for one in answer.blocked]
    return any(MISTAKES[application].is_in(one.words) for one in shut)
