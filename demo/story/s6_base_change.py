"""Scene 6: a change to a base, read by every overlay, is a version like any other: staging catches it."""

import time

from demo.story.stage import FIRST_REGION, SECOND_REGION, Stage
from demo.world.manifest_edits import move_service_port, move_service_port_back

TITLE = "6. A change to a base"
_WORDS = """\
Somebody moves app1's service to port 8080, in the base that every overlay shares. Where
every overlay is read from one branch, production would have it at once."""


def play(stage: Stage) -> None:
    """Commit it, see it taken back in staging; mend it, and see the mend arrive."""
    with stage.teller.scene(TITLE, _WORDS):
        since = time.monotonic()
        edit = stage.world.commit_manifests
        bad = edit("argocd-oc-apps", "Serve app1 at 8080", move_service_port)[:8]
        stage.teller.done("the port is moved", f"{bad} on main")
        stage.is_taken_back(bad, "staging", good="1.4.0", since=since)
        stage.never_came(bad, (FIRST_REGION, SECOND_REGION), good="1.4.0")
        since = time.monotonic()
        mended = edit("argocd-oc-apps", "Serve app1 at 80 again", move_service_port_back)[:8]
        stage.teller.done("the team mends it", f"{mended} on main")
        stage.resume("staging", "mended on main")
        stage.arrives(mended, since=since, answers="1.4.0")
