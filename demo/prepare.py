"""``python -m demo.prepare``: bring what the demo needs over the network into its cache."""

import sys

from demo.world.builder import Builder
from demo.world.prepare import CACHE, prepare
from headway.domain.errors import HeadwayError


def main() -> int:
    """Prepare; gives the exit status."""
    try:
        prepare(Builder(CACHE), say=_say)
    except HeadwayError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"demo: {line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
