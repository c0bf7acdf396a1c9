"""No broken image ever counts as verified: a hundred of them meet real containers (rules 4 and 5)."""

import asyncio
import contextlib
import os
from collections import Counter
from collections.abc import Iterator, Mapping

import pytest
from tests.fixtures.real_delivery import RealDelivery
from tests.fixtures.tiny_estate import TinyApplication

from headway.app.commands.resume import resume
from headway.domain.facts import Outcome, PromotionEnded
from headway.domain.names import InstanceName

APPLICATIONS = int(os.environ.get("HEADWAY_BROKEN_APPLICATIONS", "34"))
ROUNDS = int(os.environ.get("HEADWAY_BROKEN_ROUNDS", "3"))
CHECKS = (
    "{name: answers, http: {service: app, path: /}, timeout: 8s}",
    "{name: steady, steady: {for: 25s}}",
)
LANE = ("{wave: dev, instances: {dev: development}, deploymentTimeout: 60s, verificationTimeout: 20s}",)

KINDS: tuple[tuple[Mapping[str, str], bool], ...] = (
    ({"CRASH_AFTER_S": "0"}, True),
    ({"CRASH_AFTER_S": "0", "EXIT_CODE": "0"}, False),
    ({"CRASH_AFTER_S": "1"}, True),
    ({"CRASH_AFTER_S": "1", "EXIT_CODE": "3"}, False),
    ({"CRASH_AFTER_S": "20"}, True),
    ({"CRASH_AFTER_S": "20", "EXIT_CODE": "0"}, False),
    ({"NEVER_LISTEN": "1"}, True),
    ({"NEVER_LISTEN": "1"}, False),
    ({"STATUS": "500"}, True),
    ({"STATUS": "500"}, False),
    ({"FLAP_S": "4"}, True),
    ({"FLAP_S": "6"}, False),
    ({"FLAP_S": "1.3"}, True),
)
"""How an image is broken, and whether its application has a readiness probe that could tell."""

_TAKEN_BACK = (Outcome.FAILED, Outcome.WITHDRAWN)


def broken() -> Iterator[tuple[Mapping[str, str], bool]]:
    """Go round the kinds for ever, each time another image."""
    number = 0
    while True:
        for environment, probe in KINDS:
            number += 1
            yield {**environment, "NUMBER": str(number)}, probe


@pytest.mark.timeout(600)
async def test_no_broken_image_ever_counts_as_verified(delivery: RealDelivery) -> None:
    """Each is taken back with its reason told, and the good version before it serves all along."""
    kinds = broken()
    given = {f"a{number:02}": next(kinds) for number in range(APPLICATIONS)}
    delivery.begin(
        [
            TinyApplication(name=name, checks=CHECKS, probe=probe, progress_deadline_s=12)
            for name, (_, probe) in given.items()
        ],
        LANE,
    )
    await delivery.agent.start()
    good = {name: delivery.publish(name, "1.0.0").digest for name in given}
    async with delivery.running():
        await delivery.until_verified(given, "1.0.0", within_s=120)
        untouched = [
            name for name, (environment, probe) in given.items() if _is_never_ready(environment, probe)
        ]
        serving = asyncio.create_task(_ask_on_and_on(delivery, untouched))
        await asyncio.gather(*(_suffer(delivery, name, given[name][0], good[name]) for name in given))
        serving.cancel()
        assert await asyncio.gather(serving, return_exceptions=True) == [None]
        _believed_only_what_is_good(delivery, good)
        for name in given:
            assert await delivery.answer(name) == f"{name} 1.0.0"


def _is_never_ready(environment: Mapping[str, str], probe: bool) -> bool:
    """Say whether no pod of the broken image ever takes the place of the good one."""
    return probe and (
        "NEVER_LISTEN" in environment or "STATUS" in environment or environment.get("CRASH_AFTER_S") == "0"
    )


async def _suffer(delivery: RealDelivery, name: str, environment: Mapping[str, str], good: str) -> None:
    """Publish one broken image after the other, each when the one before was taken back."""
    instance = InstanceName(name, "dev")
    for number in range(1, ROUNDS + 1):
        tag = f"1.{number}.0"
        bad = await delivery.deliver(name, tag, {**environment, "TAG": tag})
        if delivery.desk.situation.instance(instance).holds:
            # Nobody could tell whether the one before was bad, so a person lets the next one in.
            await resume(delivery.desk, "sue", instance, reason="a newer version is there")

        def is_taken_back(bad: str = bad) -> bool:
            state = delivery.desk.situation.instance(instance)
            locked = (state.lock or {}).get("app")
            stopped = _is_quarantined(delivery, name, bad) or bool(state.holds)
            return stopped and not state.underway and locked is not None and locked.digest == good

        await delivery.until(f"{name} {tag} taken back", is_taken_back, within_s=200)
        assert delivery.why(name).conclusion


async def _ask_on_and_on(delivery: RealDelivery, names: list[str]) -> None:
    """Ask each application in turn until cancelled: the good version answers, never another nor nobody."""
    with contextlib.suppress(asyncio.CancelledError):
        while True:
            for name in names:
                text = await delivery.answer(name)
                assert text == f"{name} 1.0.0", text
                await asyncio.sleep(0.2)


def _is_quarantined(delivery: RealDelivery, name: str, digest: str) -> bool:
    return any(
        version.digest == digest
        for artifact, placed in delivery.desk.situation.quarantines.items()
        if artifact.application == name
        for version in placed
    )


def _believed_only_what_is_good(delivery: RealDelivery, good: Mapping[str, str]) -> None:
    ends = delivery.bodies(PromotionEnded)
    believed = {version.digest for one in ends for _, version in one.verified}
    assert believed <= set(good.values())
    told = Counter(one.outcome for one in ends)
    assert told[Outcome.FAILED] + told[Outcome.WITHDRAWN] == APPLICATIONS * ROUNDS, told
    reasons = [
        fact.reason
        for fact in delivery.facts
        if isinstance(fact.body, PromotionEnded) and fact.body.outcome in _TAKEN_BACK
    ]
    assert all(reasons), reasons
