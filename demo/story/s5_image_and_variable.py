"""Scene 5: an image and the variable that it needs travel together, whichever comes first."""

from demo.story.stage import Stage
from demo.world.changes import NEEDS_WELCOME
from demo.world.manifest_edits import set_welcome

TITLE = "5. An image and its variable"
_WORDS = """\
app1 1.4.0 refuses to start without WELCOME. The image is pushed first, the commit that
sets the variable comes after it: an image travels with its own manifests, as one version."""


def play(stage: Stage) -> None:
    """Publish the image, commit the variable, and see both arrive as one."""
    with stage.teller.scene(TITLE, _WORDS):
        since = stage.publish("1.4.0", change=NEEDS_WELCOME)
        commit = stage.world.commit_manifests("argocd-oc-apps", "Welcome people", set_welcome("Nau mai,"))
        stage.teller.done("WELCOME committed", f"{commit[:8]} on main, by Mele")
        stage.arrives("1.4.0", since=since)
        for instance, port in stage.world.entrances.items():
            del port
            cell = stage.board().cell(instance, "app1")
            stage.expect(f"{instance}: one version of both", cell.version, f"1.4.0+{commit[:8]}")
            greeting = str(stage.answers(instance, "1.4.0")["greeting"])
            stage.expect(f"{instance}: the variable is read", greeting.startswith("Nau mai,"), True)
        stage.teller.done("everywhere one version", f"1.4.0+{commit[:8]}: the digest and the commit")
