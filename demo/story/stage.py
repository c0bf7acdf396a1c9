"""The stage: the world, Headway in it, and what every scene does again: publish, wait, look over HTTP."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from demo.engines import Crowd
from demo.story.board import Board, CellSeen, is_part, read_board
from demo.story.failure import StepFailed
from demo.story.headway import Headway
from demo.story.stream import Stream
from demo.story.teller import Teller
from demo.world import Change, World
from demo.world.world import INSTANCES

FIRST_REGION, SECOND_REGION = INSTANCES[-2:]
_PATIENCE_S = 90.0
_ANSWERS_WITHIN_S = 30.0
_IN_A_ROW = 20
_LOOK_S = 2.0


@dataclass(kw_only=True)
class Stage:
    """What scenes play on. Not safe to use from several threads."""

    world: World
    headway: Headway
    teller: Teller
    crowd: Crowd
    stream: Stream | None = None

    def publish(self, version: str, *, change: Change | None = None, application: str = "app1") -> float:
        """Let a team change, build, test and publish; give when the push was done, by `time.monotonic`."""
        began = time.monotonic()
        with self.teller.waiting(f"{application} {version}: build, test, publish"):
            self.world.publish(application, version, change=change)
        message = f"“{change.message}”" if change else "built, tested, pushed"
        self.teller.done(f"{application} {version} published", message, since=began)
        return time.monotonic()

    def command(self, *arguments: str, person: str | None = None) -> str:
        """Run a person's command, and show it like a prompt with its answer."""
        said = self.headway.run(*arguments, person=person, colour=self.teller.is_colourful)
        shown = " ".join(f'"{one}"' if " " in one else one for one in arguments)
        self.teller.prompt(f"headway {shown}", said)
        return said

    def board(self) -> Board:
        """Ask Headway for its board."""
        return read_board(self.headway.ask("status"))

    def until(self, what: str, is_so: Callable[[Board], bool], shows: str | None = None) -> Board:
        """Wait until Headway's board says something; give that board.

        Args:
            what: what is waited for.
            is_so: judges a board.
            shows: the instance that is told of when it is not so in time; None: what needs attention.

        Raises:
            StepFailed: not within 90 s.
        """
        until = time.monotonic() + _PATIENCE_S
        board = self.board()
        with self.teller.waiting(what):
            while not is_so(board):
                if time.monotonic() > until:
                    raise StepFailed(
                        what, expected=f"this within {_PATIENCE_S:g} s", seen=_seen(board, shows)
                    )
                after = {"wait_after": board.sequence, "timeout": _LOOK_S}
                board = read_board(self.headway.ask("status", **after))
        return board

    def arrives(
        self,
        version: str,
        instances: Sequence[str] = INSTANCES,
        *,
        since: float,
        answers: str | None = None,
    ) -> None:
        """See an app1 arrive in instance after instance: verified by Headway, answering people.

        Args:
            version: the image's version, or the beginning of the configuration commit.
            instances: where, in order.
            since: when it began, by `time.monotonic`.
            answers: the image's version; None: it is what `version` names.

        Raises:
            StepFailed: it does not.
        """
        for instance in instances:
            self.until(
                f"{instance}: app1 {version}",
                lambda board, at=instance: _is_verified_at(board.cell(at, "app1"), version),  # type: ignore[misc]
                instance,
            )
            answer = self.answers(instance, answers or version)
            self.teller.done(instance, f"{answer['version']}: {answer['greeting']}", since=since)

    def answers(self, instance: str, version: str) -> Mapping[str, Any]:
        """Ask app1 through the instance's entrance, as people do, and hold its version against one.

        Raises:
            StepFailed: it answers otherwise.
        """
        status, answer = ask(self.world.entrance(instance))
        if status != 200 or answer.get("version") != version:
            raise StepFailed(
                f"GET {self.world.entrance(instance)} ({instance})",
                expected=f"200 from app1 {version}",
                seen=f"{status} {json.dumps(answer)}",
            )
        return answer

    def all_answer(self, instance: str, version: str) -> float:
        """Ask until twenty answers in a row are of one version; give when their first came, by the clock.

        While pods are replaced both versions answer, in turns.

        Raises:
            StepFailed: not within 30 s.
        """
        until = time.monotonic() + _ANSWERS_WITHIN_S
        first, in_a_row = 0.0, 0
        while in_a_row < _IN_A_ROW:
            seen = ask(self.world.entrance(instance))[1].get("version")
            now = time.monotonic()
            first, in_a_row = (first if in_a_row else now, in_a_row + 1) if seen == version else (0.0, 0)
            if now > until:
                expected = f"app1 {version} within {_ANSWERS_WITHIN_S:g} s"
                raise StepFailed(f"{instance} answers", expected=expected, seen=str(seen))
        return first

    def is_taken_back(self, bad: str, instance: str, *, good: str, since: float) -> None:
        """See Headway take an app1 back by itself, and the good one answer again.

        Args:
            bad: the image's version, or the beginning of the configuration commit.
            instance: where it failed.
            good: the image's version that comes again.
            since: when it began, by `time.monotonic`.

        Raises:
            StepFailed: it does not.
        """
        found: list[Mapping[str, Any]] = []

        def is_judged(board: Board) -> bool:
            del board
            found[:] = [one for one in self._promotions(instance) if _takes_back(one, bad)]
            return bool(found)

        self.until(f"{instance}: {bad} judged", is_judged, instance)
        self.teller.done(instance, f"{bad} is bad: taken back by itself", since=since)

        def is_good(board: Board) -> bool:
            cell = board.cell(instance, "app1")
            return cell.is_at(good) and not cell.is_at(bad) and cell.is_verified

        self.until(f"{instance}: app1 {good} again", is_good, instance)
        self.answers(instance, good)
        self.teller.done(instance, f"answers {good} again, verified", since=since)
        self.teller.note(self._blame(found[0], instance))

    def never_came(self, bad: str, instances: Sequence[str], *, good: str) -> None:
        """See that an app1 was never promoted into instances, and that people there get the good one.

        Raises:
            StepFailed: it was.
        """
        for instance in instances:
            self.expect_untouched(bad, instance, good=good)
            self.teller.done(instance, f"untouched, answers {good}")

    def expect_untouched(self, bad: str, instance: str, *, good: str) -> None:
        """See that an app1 was never promoted into an instance, and that people there get the good one.

        Raises:
            StepFailed: it was.
        """
        for one in self._promotions(instance):
            if any(is_part(bad, change["after"]) for change in one["changes"]):
                raise StepFailed(f"{instance} untouched", expected=f"no {bad}", seen=str(one))
        self.answers(instance, good)

    def expect(self, what: str, seen: object, wanted: object) -> None:
        """Hold what was seen against what was wanted.

        Raises:
            StepFailed: they differ.
        """
        if seen != wanted:
            raise StepFailed(what, expected=str(wanted), seen=str(seen))

    def resume(self, instance: str, reason: str) -> None:
        """Let a person of the platform lift the holds on app1 in an instance, and see that it is so."""
        self.command(
            "resume", f"oneconnect/{instance}", "--artifact", "app1", "--reason", reason, person="tane"
        )
        self.expect(f"{instance} resumed", self.board().cell(instance, "app1").held, ())

    def _blame(self, rollback: Mapping[str, Any], instance: str) -> str:
        """Give what Headway says of the version that a rollback took out."""
        label = next(one["before"] for one in rollback["changes"])
        name = f"oneconnect/{instance}"
        said = self.headway.ask("progress", artifact="oneconnect/app1", instance=name, version=label)
        return str(said["words"])

    def _promotions(self, instance: str) -> list[dict[str, Any]]:
        name = f"oneconnect/{instance}"
        said: list[dict[str, Any]] = self.headway.ask("history", instance=name, artifact="oneconnect/app1")
        return said


def ask(url: str) -> tuple[int, dict[str, Any]]:
    """GET a JSON object; status 0 when nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310 - the world's own entrance
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, {"error": error.read(300).decode(errors="replace")}
    except (OSError, ValueError) as error:
        return 0, {"error": str(error)}


def _takes_back(promotion: Mapping[str, Any], version: str) -> bool:
    taken = any(is_part(version, change["before"]) for change in promotion["changes"])
    return taken and promotion["kind"] == "rollback"


def _is_verified_at(cell: CellSeen, version: str) -> bool:
    return cell.is_at(version) and cell.is_verified


def _seen(board: Board, instance: str | None) -> str:
    lines = [str(one) for one in board.in_instance(instance)] if instance else []
    return "\n".join([*lines, *board.attention]) or "nothing that needs attention"
