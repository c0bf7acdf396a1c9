"""A check that must hold is believed only when it was heard often enough; time passes as fast as it can."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from headway.app.check_attempts import ask_until_right
from headway.app.ports import CheckRequest
from headway.domain.checks import HttpCheck, Verdict
from headway.domain.names import EnvironmentName, InstanceName

CHECK = HttpCheck(service="app")
REQUEST = CheckRequest(
    environment=EnvironmentName("staging"),
    instance=InstanceName("shop", "staging"),
    namespace="shop-staging",
    attempt_id="1",
    check="answers",
    run=CHECK,
    timeout=timedelta(seconds=8),
    holds_for=timedelta(seconds=12),
)


class HastyLoop(asyncio.SelectorEventLoop):
    """A loop that does not wait until something is due: its clock goes there."""

    def __init__(self) -> None:
        super().__init__()
        self._ahead = 0.0
        selector: Any = self._selector  # type: ignore[attr-defined]  # what every selector loop has
        self._select: Callable[[float | None], Any] = selector.select
        selector.select = self._hurry

    def time(self) -> float:
        """Give its time, in seconds."""
        return super().time() + self._ahead

    def _hurry(self, within: float | None = None) -> Any:  # what a selector gives
        self._ahead += within or 0.0
        return self._select(0)


@pytest.mark.parametrize(
    ("takes_s", "is_right", "verdict"),
    [
        (0.1, lambda _: True, Verdict.PASSED),
        (0.1, lambda at: at % 12 < 6, Verdict.FAILED),
        (5.0, lambda _: True, Verdict.ERRORED),
        (2.0, lambda _: True, Verdict.PASSED),
        (0.1, lambda at: True if at % 3 < 2 else None, Verdict.ERRORED),
        (0.1, lambda at: None if 3 < at < 4 else True, Verdict.PASSED),
    ],
    ids=[
        "right all along",
        "flaps",
        "answers too seldom to tell",
        "answers slowly for longer",
        "is reached in its good moments only",
        "one question is lost",
    ],
)
def test_what_must_hold_is_heard_often_enough(
    takes_s: float, is_right: Callable[[float], bool | None], verdict: Verdict
) -> None:
    async def ask(_: float) -> tuple[str, bool | None]:
        at = asyncio.get_running_loop().time() - begun
        await asyncio.sleep(takes_s)
        right = is_right(at)
        return {True: ("200", True), False: ("500", False), None: ("no pod is ready", None)}[right]

    with asyncio.Runner(loop_factory=HastyLoop) as runner:
        begun = runner.get_loop().time()
        found, words = runner.run(ask_until_right(REQUEST, CHECK, ask, "GET /"))
    assert found is verdict, words
    if verdict is Verdict.ERRORED:
        assert "to tell whether it is steady" in words
