"""What every engine's checks share: attempts that are joined, and the patience of an HTTP check.

An attempt is known by its id: asked again, the running one is joined, and its result is given again. Failed
is said only of what answered or ran; what could not be asked is errored.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from headway.app.ports import CheckRequest
from headway.domain.checks import CheckResult, HttpCheck, Verdict

KEPT = 1000
"""How many results are remembered for those who ask again."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 2.0
WRONG_IN_A_ROW, WRONG_FOR_S = 5, 2.0
"""So many wrong answers, over at least so long, fail a check before its time is up."""
SHORTEST_ASK_S = 0.5
"""With less time left nobody is asked once more: the silence of so short a while tells nothing."""
HOLD_PAUSE_S = 1.0
HEARD_OF_THESE = 0.5
"""How many of the answers that one a second would give must be heard for as long as a check must hold."""
SILENT_OF_THESE = 0.2
"""How many of the questions of a check that must hold may stay without an answer; one always may.

What flaps and has a readiness probe is reached in its good moments only: the rest is silence.
"""
WRONG_WHILE_HELD = 2
"""So many wrong answers fail a check that must hold; one slip is forgiven."""

Ask = Callable[[float], Awaitable[tuple[str, bool | None]]]
"""Asks once, within so many seconds: what came back, and whether it is right; None: no answer came."""


class CheckAttempts:
    """The checks that one engine runs, and the results of those that it ran."""

    def __init__(self) -> None:
        self._running: OrderedDict[str, asyncio.Task[CheckResult]] = OrderedDict()

    async def run(
        self, request: CheckRequest, work: Callable[[], Coroutine[Any, Any, tuple[Verdict, str]]]
    ) -> CheckResult:
        """Run a check, or join the attempt that runs."""
        task = self._running.get(request.attempt_id)
        if task is None or task.cancelled():
            task = asyncio.create_task(_result(request, work))
            self._running[request.attempt_id] = task
            while len(self._running) > KEPT and next(iter(self._running.values())).done():
                self._running.popitem(last=False)
        return await asyncio.shield(task)

    async def stop(self) -> None:
        """Call off everything; who asked asks again."""
        for task in self._running.values():
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)


async def _result(
    request: CheckRequest, work: Callable[[], Coroutine[Any, Any, tuple[Verdict, str]]]
) -> CheckResult:
    verdict, words = await work()
    return CheckResult(check=request.check, verdict=verdict, words=" ".join(words.split())[:600])


async def ask_until_right(
    request: CheckRequest, check: HttpCheck, ask: Ask, asked: str
) -> tuple[Verdict, str]:
    """Ask until the answer is right and stays so for as long as it must, or until time is up."""
    loop = asyncio.get_running_loop()
    ends_at = loop.time() + request.timeout.total_seconds()
    pause, wrong, wrong_since, last = FIRST_PAUSE_S, 0, 0.0, ""
    silence = "nothing answered"
    while True:
        left = ends_at - loop.time()
        answer, right = await ask(max(SHORTEST_ASK_S, min(10.0, left)))
        if right:
            return await _hold(request, check, ask, f"{asked} answered {answer}")
        if right is None:
            silence, wrong = answer, 0
        else:
            wrong_since = loop.time() if wrong == 0 else wrong_since
            wrong, last = wrong + 1, answer
            if wrong >= WRONG_IN_A_ROW and loop.time() - wrong_since >= WRONG_FOR_S:
                words = f"{asked} answered {answer}, {wrong} times in a row, not {wanted(check)}"
                return Verdict.FAILED, words
        if loop.time() + pause + SHORTEST_ASK_S >= ends_at:
            if last and right is not None:
                return Verdict.FAILED, f"{asked} answered {last} to the end, not {wanted(check)}"
            seen = f"; before that it answered {last}" if last else ""
            within = f"{request.timeout.total_seconds():g} s"
            return Verdict.ERRORED, f"{asked}: {silence} within {within}{seen}"
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, LONGEST_PAUSE_S, 0.5 if wrong else LONGEST_PAUSE_S)


async def _hold(request: CheckRequest, check: HttpCheck, ask: Ask, passed: str) -> tuple[Verdict, str]:
    """Ask on for as long as the answer must stay right: what flaps is not steady."""
    loop = asyncio.get_running_loop()
    ends_at = loop.time() + request.holds_for.total_seconds()
    wrong, answer, heard, silent = 0, "", 0, 0
    right: bool | None = True
    silence = ""
    enough = request.holds_for.total_seconds() / HOLD_PAUSE_S * HEARD_OF_THESE
    # The last answer must be right and not before its time: silence may be the crash that ends it all. And on
    # a machine so busy that each answer takes seconds, what flaps would be asked in its good moments only.
    while (left := ends_at - loop.time()) > 0 or right is not True or heard < enough:
        if left <= -request.timeout.total_seconds():
            then = f"{passed}, then {answer} to the end" if right is not True else passed
            return Verdict.ERRORED, f"{then}: heard {heard} times, too seldom to tell whether it is steady"
        await asyncio.sleep(min(HOLD_PAUSE_S, left) if left > 0 else HOLD_PAUSE_S)
        answer, right = await ask(10.0)
        wrong, heard, silent = wrong + (right is False), heard + (right is not None), silent + (right is None)
        silence = answer if right is None else silence
        if wrong >= WRONG_WHILE_HELD:
            return Verdict.FAILED, f"{passed}, then {answer}, not {wanted(check)}: it is not steady"
    if silent > max(1, (heard + silent) * SILENT_OF_THESE):
        times = f"{silent} of {heard + silent} times"
        return Verdict.ERRORED, f"{passed}, then {silence} {times}: too often to tell whether it is steady"
    return Verdict.PASSED, passed


def weigh(check: HttpCheck, status: int, body: str) -> tuple[str, bool]:
    """Say what an application answered, and whether it is what the check wants."""
    right = status == check.expect and (check.contains is None or check.contains in body)
    lacks = "" if right or status != check.expect else f" without {check.contains!r}"
    return f"{status}{lacks}", right


def wanted(check: HttpCheck) -> str:
    """Say what would be right."""
    return f"{check.expect}" + (f" with {check.contains!r}" if check.contains is not None else "")
