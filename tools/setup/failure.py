"""The one error that set-up raises on purpose: what happened, why, and what to do next."""


class SetupError(Exception):
    """A step could not be finished. What was done so far stays and is not done again."""

    def __init__(self, what: str, *, why: str, next_step: str) -> None:
        super().__init__(f"{what}\n  why: {why}\n  what to do: {next_step}")
        self.what = what
        self.why = why
        self.next_step = next_step
