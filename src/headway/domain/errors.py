"""Errors by what the caller must do next; each says what happened, why, and what to do.

Every error has a stable `code` (lower-case words joined by dashes, only ever added) that surfaces map to an
exit status and an HTTP problem. No message carries a secret: adapters strip credentials before they raise.
"""

from datetime import timedelta


class HeadwayError(Exception):
    """The base of all errors that Headway raises on purpose."""

    def __init__(self, code: str, what: str, *, why: str, next_step: str) -> None:
        super().__init__(f"{what}: {why}. {next_step}")
        self.code = code
        self.what = what
        self.why = why
        self.next_step = next_step


class UsageError(HeadwayError):
    """The request or a file is wrong: mend it and ask again. Nothing was changed."""


class NotAllowed(HeadwayError):
    """The person may not do this: ask somebody who may."""


class Refused(HeadwayError):
    """A gate said no: the reasons say who or what can open it."""


class Conflict(HeadwayError):
    """Somebody else moved it meanwhile: read again, then decide again."""


class Transient(HeadwayError):
    """Something outside is away for now: it is asked again after `retry_after`."""

    def __init__(
        self, code: str, what: str, *, why: str, next_step: str, retry_after: timedelta = timedelta(seconds=5)
    ) -> None:
        super().__init__(code, what, why=why, next_step=next_step)
        self.retry_after = retry_after


class Broken(HeadwayError):
    """A person must look: going on could do harm."""
