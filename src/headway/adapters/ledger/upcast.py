"""Old records in today's shape: one pure step from each old schema of a type to the next.

A step is only ever added. Each type and schema that was ever recorded has a sample in tests/contract/facts,
which is read by every later version.
"""

from collections.abc import Callable, Mapping
from typing import Any

Body = dict[str, Any]
"""A body as plain JSON values."""

STEPS: Mapping[tuple[str, int], Callable[[Body], Body]] = {}
"""By type and old schema number: how its body reads under the next number. None was needed yet."""


def upcast(
    fact_type: str,
    schema: int,
    body: Body,
    *,
    steps: Mapping[tuple[str, int], Callable[[Body], Body]] = STEPS,
) -> Body:
    """Bring a body from the schema that it was recorded under to the newest one.

    Gives the body as it is where no step is known.
    """
    while (step := steps.get((fact_type, schema))) is not None:
        body = step(body)
        schema += 1
    return body
