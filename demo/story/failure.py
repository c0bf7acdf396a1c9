"""A step of the story that did not come about."""


class StepFailed(Exception):
    """What was expected at a step, and what was seen instead."""

    def __init__(self, step: str, *, expected: str, seen: str) -> None:
        super().__init__(f"{step}: expected {expected}; seen: {seen}")
        self.step = step
        self.expected = expected
        self.seen = seen
