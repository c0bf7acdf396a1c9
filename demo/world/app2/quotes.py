"""What app2 has to say."""

import random

QUOTES = (
    "He waka eke noa: we are all in this canoe together.",
    "Small changes, often.",
    "What staging saw is what production gets.",
)


def pick() -> str:
    """Give one quote, any of them."""
    return random.choice(QUOTES)  # noqa: S311 - nothing secret hangs on it
