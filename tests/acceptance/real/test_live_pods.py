"""From a page to a real container and back: pods and logs through the agent, and what is told without it."""

from pathlib import Path

from tests.fixtures.pages import text_of
from tests.fixtures.real_delivery import RealDelivery
from tests.fixtures.served import Surface, surface_of
from tests.fixtures.tiny_estate import TinyApplication

PAGE = "/instances/shop/dev"


async def _containers(surface: Surface) -> list[dict[str, object]]:
    async with surface.browser("sue") as browser:
        told = (await browser.get(f"{PAGE}/live.json")).json()
    resources = [one for artifact in told["artifacts"] for one in artifact["resources"]]
    return [
        {**one, "pod": pod["name"]} for each in resources for pod in each["pods"] for one in pod["containers"]
    ]


async def test_pods_and_logs_of_what_was_delivered_are_seen_and_unknown_without_the_agent(
    delivery: RealDelivery, tmp_path: Path
) -> None:
    delivery.begin([TinyApplication(name="shop")])
    await delivery.agent.start()
    delivery.publish("shop", "1.0.0", {"LOG_LINES": "300"})
    state = tmp_path / "served"
    state.mkdir()
    async with delivery.running(), surface_of(delivery.controller, state, "sue") as surface:
        await delivery.until_verified(["shop"], "1.0.0")
        (one,) = await _containers(surface)
        assert (one["state"], one["is_ready"], one["is_locked"]) == ("running", True, True)
        async with surface.browser("sue") as browser:
            log = f"{PAGE}/logs/{one['pod']}/{one['name']}"
            page = text_of((await browser.get(log)).text)
            assert "probe begins, line 300" in page
            assert "probe begins, line 100 " not in page
            assert "are left out" in page
            await delivery.podman("kill", f"{one['pod']}-{one['name']}")

            async def is_started_again() -> bool:
                return any(each["restarts"] and each["last_exit"] for each in await _containers(surface))

            await delivery.until_async("the container runs again", is_started_again)
            before = text_of((await browser.get(f"{log}?previous=yes")).text)
            assert "probe begins, line 300" in before
            delivery.agent.kill()
            await delivery.until("it is away", lambda: delivery.board().away)
            away = text_of((await browser.get(f"{PAGE}/live")).text)
            assert "The engine does not answer since" in away
            assert "nobody listens on its socket" in away
            assert one["pod"] not in away
