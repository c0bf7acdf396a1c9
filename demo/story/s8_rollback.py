"""Scene 8: support takes a version back in one command, and it stays back."""

import time

from demo.story.stage import FIRST_REGION, SECOND_REGION, Stage

TITLE = "8. Support takes one back"
_WORDS = """\
People in us-west-2 do not like to be welcomed. Sina of support takes 1.4.0 back there:
one command, one commit, and a hold in the same commit."""


def play(stage: Stage) -> None:
    """Roll back, time it, see the old version over HTTP; resume, and see that nothing comes back."""
    with stage.teller.scene(TITLE, _WORDS):
        since = time.monotonic()
        reason = "people find the greeting odd"
        stage.command("rollback", "app1", "--from", SECOND_REGION, "--reason", reason, person="sina")
        with stage.teller.waiting(f"{SECOND_REGION}: app1 1.1.0 again"):
            first = stage.all_answer(SECOND_REGION, "1.1.0")
        took = f"{first - since:.1f} s from the command to the answers"
        stage.teller.done(SECOND_REGION, f"1.1.0 again, {took}")
        stage.until(
            f"{SECOND_REGION}: app1 1.1.0 verified",
            lambda board: board.cell(SECOND_REGION, "app1").is_verified,
            SECOND_REGION,
        )
        stage.teller.done(SECOND_REGION, "1.1.0 verified there again", since=since)
        stage.answers(FIRST_REGION, "1.4.0")
        stage.resume(SECOND_REGION, "greeting is being discussed")
        cell = stage.board().cell(SECOND_REGION, "app1")
        stage.expect("what was taken back stays back", cell.is_at("1.1.0") and cell.verification, "passed")
        stage.answers(SECOND_REGION, "1.1.0")
