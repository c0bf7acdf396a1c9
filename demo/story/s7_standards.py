"""Scene 7: a manifest that lacks a probe is refused on the desk, and at the gate with the same words."""

import re
import time

from demo.story.board import Board, is_part
from demo.story.stage import Stage
from demo.story.watched_desk import WatchedDesk
from demo.world.manifest_edits import drop_probe, put_probe_back
from demo.world.world import INSTANCES

TITLE = "7. A manifest without a probe"
_WORDS = """\
All standards that come with Headway are in force here. Mele has her desk checked at each save.
She tidies app1 up, and the readiness probe goes with the rest: requests would reach pods that
cannot answer yet."""
_DESKS = ("argocd-oc-apps", "argocd-oc-system")
_FINDING = re.compile(r"^✗ (\S+) · \S+ everywhere: (.+)\n +(.+)$", re.MULTILINE)
_AT_THE_GATE = "does not meet a standard: "
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def play(stage: Stage) -> None:
    """See it refused on the desk; push it all the same, see the gate say so; mend it, and see that arrive."""
    with stage.teller.scene(TITLE, _WORDS):
        since = time.monotonic()
        desk = stage.headway.watch_desk(*_DESKS)
        with stage.teller.waiting("the estate is checked as it is"):
            said = desk.answer()
        stage.expect("the estate meets all standards", said.partition(":")[0], "In order")
        stage.teller.done("before", said.rpartition(";")[2].strip() + " All is in order.", since=since)
        on_the_desk = _refused_on_the_desk(stage, desk)
        desk.end()
        bad = _push_all_the_same(stage, on_the_desk)
        for instance in INSTANCES:
            stage.expect_untouched(bad, instance, good="1.4.0")
        stage.teller.done("it came nowhere", f"{len(INSTANCES)} instances answer 1.4.0, as before")
        since = time.monotonic()
        mended = stage.world.commit_manifests("argocd-oc-apps", "Probe app1 again", put_probe_back)[:8]
        stage.teller.done("the probe is put back", f"{mended} on main")
        stage.arrives(mended, since=since, answers="1.4.0")


def _refused_on_the_desk(stage: Stage, desk: WatchedDesk) -> str:
    """Drop the probe on the desk and nowhere else; give what `headway check` finds, in one line."""
    since = time.monotonic()
    stage.world.manifests["argocd-oc-apps"].draft(drop_probe)
    said = desk.answer()
    stage.teller.done("saved and refused", "on the desk, before anything is committed", since=since)
    stage.teller.prompt(f"headway check --watch {' '.join(_DESKS)}", said)
    found = [f"{rule} · {what}: {words}" for rule, what, words in _FINDING.findall(_COLOURS.sub("", said))]
    stage.expect("one finding", [one.partition(" ")[0] for one in found], ["readiness"])
    return found[0]


def _push_all_the_same(stage: Stage, on_the_desk: str) -> str:
    """Push it, and hold what the gate says against what the desk said; give the commit's first digits."""
    since = time.monotonic()
    commit = stage.world.commit_manifests("argocd-oc-apps", "Tidy app1 up", lambda _: None)[:8]
    stage.teller.done("pushed all the same", f"{commit} on main")
    found: list[str] = []

    def is_stopped(board: Board) -> bool:
        del board
        found[:] = _words_of_the_gate(stage, commit)
        return bool(found)

    stage.until(f"dev: {commit} is stopped", is_stopped, "dev")
    stage.teller.done("stopped at the gate", "of the first instance, by standards", since=since)
    stage.command("why", "app1", "--in", "dev")
    stage.teller.done("the desk said", on_the_desk)
    stage.teller.done("the gate says", found[0])
    stage.expect("both say the same", found, [on_the_desk])
    return commit


def _words_of_the_gate(stage: Stage, commit: str) -> list[str]:
    """Give what the gate `standards` says of a commit in the first instance; empty: it is not judged yet."""
    said = stage.headway.ask("why", artifact="oneconnect/app1", instance="oneconnect/dev")
    return [
        shut["words"].partition(_AT_THE_GATE)[2]
        for answer in said["answers"]
        if is_part(commit, answer["version"])
        for shut in answer["blocked"]
        if shut["gate"] == "standards" and _AT_THE_GATE in shut["words"]
    ]
