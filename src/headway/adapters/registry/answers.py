"""What went wrong at a registry, in the words and kinds that Headway's errors have.

Unknown is never absent: only a registry's own JSON "unknown" with status 404 is taken for an absence; a 404
of a proxy in front of it is not. A refusal (401, 403) may be mended any time, so it is transient as well.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from headway.domain.errors import Transient, UsageError

_ABSENT_CODES = frozenset(
    {"BLOB_UNKNOWN", "MANIFEST_BLOB_UNKNOWN", "MANIFEST_UNKNOWN", "NAME_UNKNOWN", "NOT_FOUND"}
)
_LONGEST_WAIT = timedelta(hours=1)
"""A registry that asks for more is asked again after this all the same."""


def is_absence(status: int, body: bytes) -> bool:
    """Say whether an answer is a registry's own word that it has no such thing.

    Source: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes
    """
    if status != 404:
        return False
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return False
    errors = said.get("errors") if isinstance(said, dict) else None
    if not isinstance(errors, list):
        return False
    return any(isinstance(error, dict) and error.get("code") in _ABSENT_CODES for error in errors[:20])


def away(host: str, why: str, retry_after: timedelta = timedelta(seconds=5)) -> Transient:
    """Make the error for a registry that cannot be asked now; `why` must hold no URL."""
    return Transient(
        "registry-away",
        f"The registry {host} could not be asked",
        why=why,
        next_step="it is asked again by itself; see that it runs and can be reached from here",
        retry_after=retry_after,
    )


def refusal(host: str, path: str, status: int, headers: Mapping[str, str], now: datetime) -> Transient:
    """Make the error for a status that is neither an answer nor an absence."""
    if status in {401, 403}:
        return Transient(
            "registry-denied",
            f"The registry {host} does not let us read {path}",
            why=f"it answered {status}",
            next_step="log in to it where Headway runs (podman login), then it goes on by itself",
            retry_after=timedelta(minutes=1),
        )
    wait = retry_after(headers.get("retry-after"), now)
    return away(host, f"it answered {status}", wait if wait is not None else timedelta(seconds=5))


def retry_after(header: str | None, now: datetime) -> timedelta | None:
    """Read Retry-After, seconds or a date (RFC 9110, 10.2.3); None: there is none that can be read."""
    if not header:
        return None
    if header.isascii() and header.isdigit() and len(header) < 10:
        return min(timedelta(seconds=int(header)), _LONGEST_WAIT)
    try:
        instant = parsedate_to_datetime(header)
    except ValueError:
        return None
    instant = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    return max(timedelta(0), min(instant - now, _LONGEST_WAIT))


def image_malformed(reference: str, why: str) -> UsageError:
    """Make the error for an image that is not what it should be."""
    return UsageError(
        "image-malformed",
        f"The image {reference} cannot be used",
        why=why,
        next_step="publish it again, and point its repository only at images that run",
    )


def image_unknown(reference: str) -> UsageError:
    """Make the error for an image that its registry does not have."""
    return UsageError(
        "image-unknown",
        f"There is no image {reference}",
        why="the registry answers and does not have it",
        next_step="see what was published with `headway versions`, or publish it again",
    )
