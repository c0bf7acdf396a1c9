"""Runs all rows, or those of the files that are named: ``python -m bench plan``."""

import sys
from importlib import import_module

from bench.row import Row

FILES = ("plan", "pages", "metrics", "promotions", "standards", "podman", "argocd", "scale")
"""The files of this folder that have rows, quick ones first."""

_HEAD = ("path", "ours", "floor", "compared", "aim", "")
_WIDTHS = (58, 12, 44, 26, 12, 6)


def main(names: tuple[str, ...] = ()) -> None:
    """Measure and print; exit status 1 when an aim is missed."""
    chosen = names or tuple(sys.argv[1:]) or FILES
    unknown = [name for name in chosen if name not in FILES]
    if unknown:
        sys.exit(f"there is no bench {', '.join(unknown)}: choose of {', '.join(FILES)}")
    _print(_HEAD)
    missed: list[Row] = []
    for name in chosen:
        for row in import_module(f"bench.{name}").rows():
            _print(row.written())
            if not row.is_met:
                missed.append(row)
    if missed:
        sys.exit(f"missed: {'; '.join(row.name for row in missed)}")


def _print(cells: tuple[str, ...]) -> None:
    print(
        "  ".join(cell.ljust(width) for cell, width in zip(cells, _WIDTHS, strict=True)).rstrip(), flush=True
    )


if __name__ == "__main__":
    main()
