"""``python -m demo.world DIR``: build a world to look at, until Ctrl-C.

``--clear`` removes one that was left.
"""

import signal
import sys
from argparse import ArgumentParser
from pathlib import Path

from demo.world.build import build
from demo.world.ending import interrupted_by_signals
from demo.world.home import Home
from headway.domain.errors import HeadwayError


def main() -> int:
    """Build or clear; gives the exit status."""
    parser = ArgumentParser(prog="python -m demo.world", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--clear", action="store_true", help="end and remove the world that is there")
    asked = parser.parse_args()
    try:
        with interrupted_by_signals():
            if asked.clear:
                Home(asked.folder).clear_if_left()
            else:
                _stand(asked.folder)
    except HeadwayError as error:
        _say(str(error))
        return 1
    except KeyboardInterrupt:
        _say("ended, and nothing is left")
    return 0


def _stand(folder: Path) -> None:
    with build(folder, say=_say) as world:
        for application in world.applications:
            _say(f"published {world.publish(application, '1.0.0').reference}")
        _say(f"the world stands in {world.folder}; Ctrl-C ends it")
        while True:
            signal.pause()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
