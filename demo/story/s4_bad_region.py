"""Scene 4: a version that only fails in the first production region; the second never sees it."""

from demo.story.stage import FIRST_REGION, SECOND_REGION, Stage
from demo.world.changes import FAILS_IN_FIRST_REGION

TITLE = "4. A version that fails in one region"
_WORDS = """\
app1 1.3.0 says the region's currency, and its table misses a line. Every test passes,
staging too; ap-southeast-2 answers 500."""


def play(stage: Stage) -> None:
    """Publish it, see it taken back where it failed, and held; then somebody says go on."""
    with stage.teller.scene(TITLE, _WORDS):
        since = stage.publish("1.3.0", change=FAILS_IN_FIRST_REGION)
        stage.arrives("1.3.0", ("staging",), since=since)
        stage.is_taken_back("1.3.0", FIRST_REGION, good="1.1.0", since=since)
        stage.never_came("1.3.0", (SECOND_REGION,), good="1.1.0")
        held = stage.board().cell(FIRST_REGION, "app1").held
        stage.expect(f"{FIRST_REGION} held", bool(held), True)
        stage.teller.done(FIRST_REGION, "held until a person resumes it")
        stage.resume(FIRST_REGION, "the next version knows its currency")
