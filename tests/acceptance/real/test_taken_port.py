"""A published port that somebody else has: said where people look, nobody blamed, mended by itself."""

import socket
from collections.abc import Iterator

import pytest
from tests.fixtures.real_delivery import RealDelivery
from tests.fixtures.tiny_estate import ENTRANCE, TinyApplication

from headway.domain.facts import Outcome, PromotionEnded, QuarantinePlaced


@pytest.fixture
def somebody() -> Iterator[socket.socket]:
    """Give a program that listens on a port of this machine, as somebody else's would."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening


async def test_a_taken_port_is_said_and_taken_up_when_it_is_free(
    delivery: RealDelivery, somebody: socket.socket
) -> None:
    port = somebody.getsockname()[1]
    delivery.begin([TinyApplication(name="shop", more=ENTRANCE.format(port=port))])
    await delivery.agent.start()
    delivery.publish("shop", "1.0.0")
    async with delivery.running():
        await delivery.until(
            "the port is told on the board", lambda: str(port) in delivery.cell("shop").words
        )
        told = delivery.why("shop")
        assert any(str(port) in words for words in (*told.underway, told.health)), told
        assert delivery.cell("shop").verification != "passed"
        somebody.close()
        await delivery.until_verified(["shop"], "1.0.0", within_s=90)
        assert delivery.bodies(QuarantinePlaced) == []
        assert [one.outcome for one in delivery.bodies(PromotionEnded)] == [Outcome.VERIFIED]
