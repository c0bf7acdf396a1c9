"""Scene 9: the board, a why and the history: what everyone may ask at any moment."""

from demo.story.stage import SECOND_REGION, Stage

TITLE = "9. Is it out yet, and can it go?"
_WORDS = "Everyone may ask at any moment, and gets the same answer everywhere."


def play(stage: Stage) -> None:
    """Ask the three questions, and hold the answers against what the story knows."""
    with stage.teller.scene(TITLE, _WORDS):
        said = stage.command("why", "app1", "--in", SECOND_REGION)
        stage.expect("why names what was taken back", "1.4.0" in said, True)
        said = stage.command("history", "--instance", f"oneconnect/{SECOND_REGION}")
        stage.expect("the history names the rollback", "rollback" in said, True)
        stage.teller.begin_picture()
        said = stage.command("status", "oneconnect")
        stage.expect("the board names 1.4.0", "1.4.0" in said, True)
