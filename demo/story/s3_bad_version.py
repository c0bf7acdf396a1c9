"""Scene 3: a bad version that looks well is caught in staging and taken back by itself."""

from demo.story.stage import FIRST_REGION, SECOND_REGION, Stage
from demo.world.changes import BREAKS_CONTRACT

TITLE = "3. A bad version"
_WORDS = """\
app1 1.2.0 renames a field that its consumers rely on. It answers 200 everywhere;
only staging runs the consumers' contract check."""


def play(stage: Stage) -> None:
    """Publish it, see it taken back, and production untouched; then somebody says go on."""
    with stage.teller.scene(TITLE, _WORDS):
        since = stage.publish("1.2.0", change=BREAKS_CONTRACT)
        stage.arrives("1.2.0", ("dev",), since=since)
        stage.is_taken_back("1.2.0", "staging", good="1.1.0", since=since)
        stage.never_came("1.2.0", (FIRST_REGION, SECOND_REGION), good="1.1.0")
        stage.resume("staging", "seen: the field's name")
