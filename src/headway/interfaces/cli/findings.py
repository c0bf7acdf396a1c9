"""Findings of standards, as the service tells them, in the form of `headway check`."""

from collections.abc import Iterator, Sequence
from typing import Any


def finding_lines(found: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Give the lines of each finding: its rule and object, what is wrong, and who answers for it."""
    for one in found:
        yield f"  {'✗' if one['blocks'] else '▲'} {one['rule']} · {one['object']}"
        yield f"    {one['message']}"
        if one["waiver"]:
            yield f"    {one['waiver']}"


def is_unmet(cell: dict[str, Any]) -> bool:
    """Say whether what runs in a cell of the board does not meet the standards, and nobody answers for it."""
    return any(one["blocks"] for one in cell["unmet"])
