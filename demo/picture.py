"""``python -m demo.picture``: play the story and draw its end as ``docs/images/demo-end.svg``."""

import sys
from pathlib import Path

from demo.run import main

PICTURE = Path(__file__).parents[1] / "docs" / "images" / "demo-end.svg"

if __name__ == "__main__":
    sys.exit(main(["--picture", str(PICTURE), *sys.argv[1:]]))
