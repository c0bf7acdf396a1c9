"""Registry, Git remote and agent each away in mid-rollout: said, nobody blamed, recovered by itself."""

from collections.abc import Callable, Iterable

import httpx
import pytest
from tests.fixtures.real_delivery import RealDelivery
from tests.fixtures.tiny_estate import TinyApplication

from headway.app.commands.roll_back import roll_back
from headway.domain.errors import Refused
from headway.domain.facts import (
    Fact,
    Outcome,
    PromotionDecided,
    PromotionEnded,
    PromotionLanded,
    QuarantinePlaced,
    SourceAway,
    SourceBack,
)
from headway.domain.names import ArtifactName, InstanceName, Version

SHOP, DEV = ArtifactName("shop", "app"), InstanceName("shop", "dev")


@pytest.fixture
async def shop(delivery: RealDelivery) -> RealDelivery:
    """Give a delivery of one application whose agent runs, with its first version published."""
    delivery.begin([TinyApplication(name="shop")])
    await delivery.agent.start()
    delivery.publish("shop", "1.0.0")
    return delivery


async def test_a_registry_that_is_away_in_mid_rollout_condemns_nothing(shop: RealDelivery) -> None:
    """The image cannot be pulled: it is said as such, and goes on when the registry is back."""
    async with shop.running():
        await shop.until_verified(["shop"], "1.0.0")
        _when(shop, PromotionDecided, shop.registry.stop)
        await shop.deliver("shop", "1.1.0")
        await shop.until("trouble told", lambda: "pull" in shop.cell("shop").words)
        await _until_away(shop, "registry", shop.controller.images.look_at_all)
        assert await shop.answer("shop") == "shop 1.0.0"
        shop.registry.start()
        await shop.until_verified(["shop"], "1.1.0", within_s=120)
        await shop.until("the registry is back", lambda: not shop.board().away)
        _blamed_nobody(shop, ["registry"])


async def test_a_git_remote_that_is_away_in_mid_rollout_condemns_nothing(shop: RealDelivery) -> None:
    """What was decided waits on the ledger for its push, once."""
    hidden = shop.remote.folder.with_suffix(".away")
    async with shop.running():
        await shop.until_verified(["shop"], "1.0.0")
        _when(shop, PromotionDecided, lambda: shop.remote.folder.rename(hidden) and None)
        await shop.deliver("shop", "1.1.0")
        await _until_away(shop, "git")
        assert any("not yet on its branch" in words for words in shop.why("shop").underway)
        assert await shop.answer("shop") == "shop 1.0.0"
        hidden.rename(shop.remote.folder)
        await shop.until_verified(["shop"], "1.1.0", within_s=120)
        await shop.until("the remote is back", lambda: not shop.board().away)
        _blamed_nobody(shop, ["git"])
    landed = shop.remote.git(
        "log", "--format=%(trailers:key=Promotion-Id,valueonly)", "environments/development"
    )
    assert len(landed.split()) == len(set(landed.split())) == 2


async def test_an_agent_that_is_away_in_mid_rollout_condemns_nothing(shop: RealDelivery) -> None:
    """Its instances are said to be away; the old version serves without it; then it goes on."""
    async with shop.running():
        await shop.until_verified(["shop"], "1.0.0")
        _when(shop, PromotionLanded, shop.agent.kill)
        await shop.deliver("shop", "1.1.0")
        await _until_away(shop, "engine")
        assert shop.board().instances[0].away
        assert await shop.answer("shop") == "shop 1.0.0"
        await shop.agent.start()
        await shop.until_verified(["shop"], "1.1.0", within_s=120)
        await shop.until("the agent is back", lambda: not shop.board().away)
        _blamed_nobody(shop, ["engine"])


async def test_a_rollback_needs_no_registry_but_refuses_a_digest_that_is_gone(shop: RealDelivery) -> None:
    """One command while the registry is down; once it says that an image is gone, that one is refused."""
    async with shop.running():
        await shop.until_verified(["shop"], "1.0.0")
        newer = await shop.deliver("shop", "1.1.0")
        await shop.until_verified(["shop"], "1.1.0")
        commit = (shop.desk.situation.instance(DEV).lock or {})["app"].commit
        shop.registry.stop()
        await roll_back(shop.desk, "sue", SHOP, [DEV], reason="customers complain")
        await shop.until_verified(["shop"], "1.0.0")
        assert await shop.answer("shop") == "shop 1.0.0"
        shop.registry.start()
        repository = f"{shop.registry.url}/v2/shop/app"
        async with httpx.AsyncClient(trust_env=False) as client:
            (await client.delete(f"{repository}/manifests/{newer}")).raise_for_status()
        version = Version(newer, commit)
        with pytest.raises(Refused, match="cannot run in shop/dev again") as refused:
            await roll_back(shop.desk, "sue", SHOP, [DEV], to=version, reason="the other way")
        assert refused.value.code == "digest-gone"
        assert "push the image again" in str(refused.value)


def _when(shop: RealDelivery, kind: type, deed: Callable[[], None]) -> None:
    """Do something at the first fact of a kind, before anybody acts on it."""
    done: list[Fact] = []

    def heard(fact: Fact, _: object) -> None:
        if isinstance(fact.body, kind) and not done:
            done.append(fact)
            deed()

    shop.desk.recorder.listen(heard)


async def _until_away(shop: RealDelivery, source: str, look: Callable[[], object] | None = None) -> None:
    async def looks() -> bool:
        if look is not None:
            await look()  # type: ignore[misc]
        return any(words.startswith(source) for words in shop.board().away)

    await shop.until_async(f"{source} said to be away", looks)


def _blamed_nobody(shop: RealDelivery, sources: Iterable[str]) -> None:
    assert not shop.bodies(QuarantinePlaced)
    assert {one.outcome for one in shop.bodies(PromotionEnded)} == {Outcome.VERIFIED}
    for kind in (SourceAway, SourceBack):
        assert {str(one.source) for one in shop.bodies(kind)} == set(sources)
