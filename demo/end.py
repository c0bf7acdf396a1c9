"""``python -m demo.end``: end a demo that was left running (KEEP=1), or what a killed one left behind."""

import sys
from argparse import ArgumentParser
from pathlib import Path

from demo.engines import ENGINES
from demo.run import FOLDER
from demo.world.home import Home
from headway.domain.errors import HeadwayError


def main() -> int:
    """End it, and give the exit status; where nothing is, nothing is done."""
    parser = ArgumentParser(prog="python -m demo.end", description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    folder = parser.parse_args().folder
    try:
        Home(folder).clear_if_left()
        for engine in ENGINES.values():
            engine(folder).expect_nothing_left()
    except HeadwayError as error:
        print(error, file=sys.stderr)
        return 1
    print("ended, and nothing is left")
    return 0


if __name__ == "__main__":
    sys.exit(main())
