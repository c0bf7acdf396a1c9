"""``python -m demo.publish app1 2.0.0``: publish a version into a demo that was left running (KEEP=1).

It does what a team does: change the source if asked to, name the version, build, test, push.
"""

import sys
from argparse import ArgumentParser
from pathlib import Path

from demo.run import FOLDER
from demo.story.keeping import keep, reopen
from demo.world import changes
from headway.domain.errors import HeadwayError

CHANGES = {
    "crashes": ("app1", changes.CRASHES),
    "breaks-contract": ("app1", changes.BREAKS_CONTRACT),
    "fails-in-first-region": ("app1", changes.FAILS_IN_FIRST_REGION),
    "app2-breaks-contract": ("app2", changes.APP2_BREAKS_CONTRACT),
}
"""By name: the application and what its team changes; each is bad, and reverted by the next version."""


def main() -> int:
    """Publish, and give the exit status."""
    parser = ArgumentParser(prog="python -m demo.publish", description=__doc__)
    parser.add_argument("application", choices=("app1", "app2"))
    parser.add_argument("version", help="as 2.0.0; a tag is never used twice")
    parser.add_argument("--change", choices=sorted(CHANGES), help="what goes wrong in it")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    asked = parser.parse_args()
    application, change = CHANGES.get(asked.change, (asked.application, None))
    if application != asked.application:
        parser.error(f"{asked.change} is a change of {application}")
    try:
        world = reopen(asked.folder)
        published = world.publish(asked.application, asked.version, change=change)
        keep(world)
    except HeadwayError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"published {asked.application} {asked.version}: {published.reference}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
