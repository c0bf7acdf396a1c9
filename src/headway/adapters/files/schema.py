"""Writes the published JSON Schemas: ``python -m headway.adapters.files.schema DIR``."""

import json
import sys
from pathlib import Path

from headway.adapters.files.shape import PUBLISHED, schema_of


def write_schemas(directory: Path) -> list[Path]:
    """Write every published schema into a folder, which is made if need be, and give the paths."""
    directory.mkdir(parents=True, exist_ok=True)
    written = []
    for name, model in PUBLISHED.items():
        path = directory / name
        path.write_text(json.dumps(schema_of(model), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        written.append(path)
    return written


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m headway.adapters.files.schema DIR")
    write_schemas(Path(sys.argv[1]))
