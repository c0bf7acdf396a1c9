"""Scene 2: a good version of app1 goes through every wave, and nobody does anything for it."""

from demo.story.stage import Stage

TITLE = "2. A good version"
_WORDS = """\
The team of app1 publishes 1.1.0. Each wave opens when the one before has verified
exactly this version; production also asks that it was good in staging for a while."""


def play(stage: Stage) -> None:
    """Publish it and see it everywhere."""
    with stage.teller.scene(TITLE, _WORDS):
        since = stage.publish("1.1.0")
        stage.arrives("1.1.0", since=since)
