"""``python -m demo.run``: play the story; ``make demo`` does. KEEP=1 leaves everything running afterwards.

However it ends (Ctrl-C, SIGTERM, a failed step), nothing stays of it; what a killed one left is cleared at
the next start.
"""

import contextlib
import os
import shutil
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path

from tools.setup.failure import SetupError

from demo.engines import ENGINES, Engine
from demo.story.failure import StepFailed
from demo.story.headway import Headway
from demo.story.keeping import keep, tell_how_to_go_on
from demo.story.script import SCENES, Scene
from demo.story.stage import Stage
from demo.story.teller import Teller
from demo.world import build
from demo.world.build import Rules
from demo.world.ending import interrupted_by_signals
from demo.world.prepare import CACHE
from headway.domain.errors import HeadwayError

FOLDER = Path(tempfile.gettempdir()) / "headway-demo"
LOGS = CACHE / "logs"
_RULES = Rules(soak="1s")
_LAST_LINES = 12


def main(arguments: Sequence[str] | None = None) -> int:
    """Play, and give the exit status: 0 done, 1 failed, 130 interrupted."""
    asked = _parser().parse_args(arguments)
    teller = Teller(picture=asked.picture is not None)
    try:
        with interrupted_by_signals():
            engine = ENGINES[asked.engine](asked.folder)
            return _play(asked.folder, engine, teller, scenes=SCENES[: asked.scenes], picture=asked.picture)
    except KeyboardInterrupt:
        teller.bad("interrupted", "everything was ended and removed")
        return 130
    except (HeadwayError, SetupError) as error:
        teller.bad("the demo cannot go on", str(error))
        return 1


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m demo.run", description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the world is built")
    parser.add_argument(
        "--engine", choices=sorted(ENGINES), default="podman", help="what makes lock files real"
    )
    parser.add_argument("--scenes", type=int, default=len(SCENES), help="how many are played, from the first")
    parser.add_argument("--picture", type=Path, help="draw the end of the story as this SVG")
    return parser


def _play(
    folder: Path, engine: Engine, teller: Teller, *, scenes: Sequence[Scene], picture: Path | None
) -> int:
    engine.provide(lambda words: teller.say(words, folds=False))
    began = time.monotonic()
    with teller.waiting(f"a small world: {engine.stands_on}"):
        world = build(folder, begin=engine.begin, rules=_RULES)
    stage = Stage(world=world, headway=Headway(world, engine), teller=teller, crowd=engine.crowd)
    is_kept = False
    try:
        failed = _tell(stage, engine, scenes, began, picture)
        if os.environ.get("KEEP") and not failed:
            keep(world)
            engine.keep()
            is_kept = True
            tell_how_to_go_on(stage, engine, "" if folder == FOLDER else f" --folder {folder}")
        return failed
    finally:
        if stage.stream is not None:
            stage.stream.end()
        if not is_kept:
            _end(stage, engine)


def _tell(stage: Stage, engine: Engine, scenes: Sequence[Scene], began: float, picture: Path | None) -> int:
    try:
        engine.furnish(stage.world)
        stage.teller.done("a small world", engine.stands_on, since=began)
        for scene in scenes:
            scene(stage)
        _sum_up(stage)
    except (StepFailed, HeadwayError) as error:
        _tell_failure(stage, engine, error)
        return 1
    if picture is not None:
        stage.teller.draw(picture, "make demo")
    return 0


def _sum_up(stage: Stage) -> None:
    lines = [("in all", f"{stage.teller.elapsed_s:.1f} s")]
    if stage.stream is not None:
        tally = stage.stream.end()
        lines.append(("people's requests meanwhile", f"{tally.asked}, {len(tally.failed)} failed"))
    stage.teller.summary(lines)
    if stage.stream is not None and stage.stream.tally.failed:
        raise StepFailed(
            "people's requests", expected="that none fails", seen="\n".join(stage.stream.tally.failed[:5])
        )


def _tell_failure(stage: Stage, engine: Engine, error: StepFailed | HeadwayError) -> None:
    if isinstance(error, StepFailed):
        stage.teller.bad(error.step, f"expected {error.expected}\nseen: {error.seen}")
    else:
        stage.teller.bad("a step failed", str(error))
    shutil.rmtree(LOGS, ignore_errors=True)
    shutil.copytree(stage.world.folder / "logs", LOGS)
    for logs in engine.logs():
        # What runs on may remove a log meanwhile; all others are copied.
        with contextlib.suppress(shutil.Error):
            shutil.copytree(logs, LOGS / logs.parent.name, symlinks=True)
    for name in ("serve", "agent"):
        path = LOGS / f"{name}.log"
        if path.exists():
            last = path.read_text(errors="replace").splitlines()[-_LAST_LINES:]
            stage.teller.say("\n".join([f"\nThe last lines of {name}.log:", *last]), folds=False)
    stage.teller.say(f"\nThe logs were copied to {LOGS}", folds=False)


def _end(stage: Stage, engine: Engine) -> None:
    began = time.monotonic()
    with stage.teller.waiting("everything is ended and removed"):
        stage.world.close()
    engine.expect_nothing_left()
    stage.teller.done("cleared up", "nothing is left", since=began)


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        sys.exit(main())
