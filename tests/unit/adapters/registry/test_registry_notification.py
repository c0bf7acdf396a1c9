"""What a distribution registry's notification is taken to say, however it is written."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headway.adapters.registry.notification import MOST_BYTES, PushSeen, parse_notification
from headway.domain.errors import UsageError
from headway.domain.names import Digest

DIGEST = Digest("sha256:" + "1f" * 32)
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def event(**changes: object) -> dict[str, object]:
    target = {"mediaType": MANIFEST, "digest": DIGEST, "repository": "oneconnect/app1", "tag": "1.0.0"}
    target.update({key: value for key, value in changes.items() if key in {*target, "mediaType"}})
    return {
        "id": "320678d8",
        "timestamp": "2026-03-01T12:00:00Z",
        "action": changes.get("action", "push"),
        "target": target,
        "request": {"host": changes.get("host", "127.0.0.1:5000"), "method": "PUT"},
        "actor": {},
    }


def envelope(*events: object) -> bytes:
    return json.dumps({"events": events}).encode()


PUSHED = PushSeen(repository_path="oneconnect/app1", digest=DIGEST, tag="1.0.0", host="127.0.0.1:5000")


def test_a_push_of_a_manifest_is_seen() -> None:
    assert parse_notification(envelope(event())) == (PUSHED,)


def test_a_push_that_is_told_twice_is_seen_once() -> None:
    assert parse_notification(envelope(event(), event())) == (PUSHED,)


def test_a_push_by_digest_has_no_tag() -> None:
    (seen,) = parse_notification(envelope(event(tag=None)))
    assert seen.tag is None


@pytest.mark.parametrize(
    "other",
    [
        event(action="pull"),
        event(action="delete"),
        event(mediaType="application/octet-stream"),
        event(mediaType=["application/octet-stream"]),
        event(digest="sha256:short"),
        event(digest=7),
        event(repository="../../etc"),
        event(repository="UPPER/case"),
        {"action": "push"},
        {"action": "push", "target": [], "request": None},
        None,
        "push",
    ],
)
def test_what_is_no_push_of_an_image_is_passed_over_and_the_rest_is_read(other: object) -> None:
    assert parse_notification(envelope(other, event())) == (PUSHED,)


def test_a_tag_or_host_that_cannot_be_one_is_taken_as_not_told() -> None:
    (seen,) = parse_notification(envelope(event(tag="../x", host="evil host\r\nX: y")))
    assert (seen.tag, seen.host) == (None, None)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'{"events": {}}', b"\xff\xfe", b"[" * 200_000])
def test_what_is_no_envelope_is_refused(body: bytes) -> None:
    with pytest.raises(UsageError) as caught:
        parse_notification(body)
    assert caught.value.code == "notification-malformed"


def test_an_envelope_that_is_too_large_is_not_read() -> None:
    with pytest.raises(UsageError) as caught:
        parse_notification(b" " * (MOST_BYTES + 1))
    assert caught.value.code == "notification-too-large"


@given(st.lists(ANYTHING | ANYTHING.map(lambda odd: {"action": "push", "target": odd, "request": odd})))
def test_no_event_whatever_it_is_breaks_the_reading_of_another(odd: list[object]) -> None:
    assert PUSHED in parse_notification(envelope(*odd, event()))


@given(st.dictionaries(st.sampled_from(["mediaType", "digest", "repository", "tag", "host"]), ANYTHING))
def test_a_field_of_any_kind_is_read_or_passed_over(fields: dict[str, object]) -> None:
    assert len(parse_notification(envelope(event(**fields)))) <= 1
