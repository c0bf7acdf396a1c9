"""The notifications of the distribution registry: what was pushed, as it claims.

Anybody who reaches the hook may have written them, so they are a hint and nothing more: facts are read from
the registry. What is not a push of an image manifest, or not well formed, is passed over.
"""

import json
from dataclasses import dataclass

from headway.adapters.registry.media import MANIFEST_TYPES
from headway.adapters.registry.reference import is_host, is_path, is_tag
from headway.domain.errors import UsageError
from headway.domain.names import Digest, parse_digest

MOST_BYTES = 1024 * 1024
"""An envelope holds a few events of a few hundred bytes; the registry's queue never makes it this large."""
MOST_EVENTS = 1000
"""Later events of one envelope are passed over: the safety look finds what they meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PushSeen:
    """A push that a registry tells of."""

    repository_path: str
    """``oneconnect/app1``: without the host, which the registry does not know for sure."""
    digest: Digest
    tag: str | None
    """None: it was pushed by its digest."""
    host: str | None
    """The ``host:port`` that the pusher used for the registry; None: not told. It may differ from ours."""


def parse_notification(body: bytes) -> tuple[PushSeen, ...]:
    """Read an envelope's pushes of image manifests, in order, each once; none is a fine answer.

    Source: https://distribution.github.io/distribution/about/notifications/

    Raises:
        UsageError: `notification-too-large`, or `notification-malformed`: it is not an envelope at all.
    """
    if len(body) > MOST_BYTES:
        raise UsageError(
            "notification-too-large",
            "A registry's notification was not read",
            why=f"it is larger than {MOST_BYTES} bytes",
            next_step="nothing is lost: the next look at the registry finds what was pushed",
        )
    try:
        envelope = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise _malformed("it is not JSON") from error
    events = envelope.get("events") if isinstance(envelope, dict) else None
    if not isinstance(events, list):
        raise _malformed("it has no list of events")
    seen = (_read_event(event) for event in events[:MOST_EVENTS])
    return tuple(dict.fromkeys(push for push in seen if push is not None))


def _read_event(event: object) -> PushSeen | None:
    if not isinstance(event, dict) or event.get("action") != "push":
        return None
    target, request = event.get("target"), event.get("request")
    if not isinstance(target, dict):
        return None
    media_type, path, digest, tag = (target.get(key) for key in ("mediaType", "repository", "digest", "tag"))
    if not (isinstance(media_type, str) and isinstance(path, str) and isinstance(digest, str)):
        return None
    if media_type not in MANIFEST_TYPES or not is_path(path):
        return None
    try:
        parsed = parse_digest(digest)
    except UsageError:
        return None
    host = request.get("host") if isinstance(request, dict) else None
    return PushSeen(
        repository_path=path,
        digest=parsed,
        tag=tag if isinstance(tag, str) and is_tag(tag) else None,
        host=host if isinstance(host, str) and is_host(host) else None,
    )


def _malformed(why: str) -> UsageError:
    return UsageError(
        "notification-malformed",
        "A registry's notification was not read",
        why=why,
        next_step="point only the registry's notifications at this hook",
    )
