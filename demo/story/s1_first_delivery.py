"""Scene 1: the first delivery: from two images to five instances of everything."""

import time
from concurrent.futures import ThreadPoolExecutor

from demo.story.board import Board
from demo.story.stage import FIRST_REGION, SECOND_REGION, Stage
from demo.story.stream import Stream
from demo.world.world import INSTANCES

TITLE = "1. The first delivery"
_WORDS = """\
Two teams have published an image each; nothing runs anywhere. Headway is started, finds them,
writes each instance's first lock file, and real containers follow: NATS, app1, app2 and the
entrance, from development to two production regions."""


def play(stage: Stage) -> None:
    """Deliver everything everywhere, then let people in."""
    with stage.teller.scene(TITLE, _WORDS):
        _publish_both(stage)
        since = time.monotonic()
        stage.headway.start()
        stage.teller.done("Headway is started", stage.headway.programs, since=since)
        for instance in INSTANCES:

            def is_complete(board: Board, at: str = instance) -> bool:
                cells = board.in_instance(at)
                return len(cells) == 4 and all(one.is_verified for one in cells)

            board = stage.until(f"{instance}: its first lock", is_complete, instance)
            answer = stage.answers(instance, "1.0.0")
            words = f"{len(board.in_instance(instance))} verified: “{answer['greeting']}”"
            stage.teller.done(instance, words, since=since)
        for region in (FIRST_REGION, SECOND_REGION):
            seen = stage.answers(region, "1.0.0")["region"]
            stage.expect(f"{region} knows where it is", f"production-{seen}", region)
        stage.stream = Stream(stage.world.entrance(SECOND_REGION), stage.crowd)
        often = f"{stage.stream.requests_per_s} requests a second"
        stage.teller.done("people come", f"{often} to {SECOND_REGION}")


def _publish_both(stage: Stage) -> None:
    began = time.monotonic()
    with stage.teller.waiting("app1 and app2 1.0.0: build, test, publish"), ThreadPoolExecutor(2) as desks:
        # Of different applications, so both at once is safe.
        published = list(desks.map(lambda name: stage.world.publish(name, "1.0.0"), ("app1", "app2")))
    for one in published:
        stage.teller.done(f"{one.application} 1.0.0 published", one.digest[:26] + "…", since=began)
