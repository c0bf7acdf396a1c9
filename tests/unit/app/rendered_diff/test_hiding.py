"""What is shown of an object holds no secret's value, and still tells that one changed."""

from collections.abc import Mapping
from itertools import pairwise

import pytest

from headway.app.rendered_diff.hiding import Hider
from headway.app.rendered_diff.objects import compare

SECRETS = (
    "hunter2-hunter2",
    "AKIAIOSFODNN7EXAMPLE",
    "c2VjcmV0LXZhbHVl",
    "eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl",
)


def _shown(manifest: Mapping[str, object]) -> str:
    return str(Hider().hide(manifest))


def _of_kind(kind: str, **fields: object) -> dict[str, object]:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": "app1"}, **fields}


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("field", ["data", "stringData"])
def test_no_value_of_a_secret_is_shown(field: str, secret: str) -> None:
    assert secret not in _shown(_of_kind("Secret", **{field: {"anything": secret, "below": [secret]}}))


@pytest.mark.parametrize(
    "fields",
    [
        {"data": {"DB_PASSWORD": "hunter2"}},
        {"data": {"app.properties": "mode=fast\npassword = hunter2\n"}},
        {"data": {"url": "postgres://app:hunter2@db/app"}},
        {"data": {"key.pem": "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----\n"}},
        {"spec": {"containers": [{"env": [{"name": "API_KEY", "value": "hunter2"}]}]}},
        {"spec": {"containers": [{"args": ["--password=hunter2"]}]}},
        {"metadata": {"annotations": {"kubectl.kubernetes.io/last-applied-configuration": "{hunter2}"}}},
    ],
    ids=str,
)
def test_what_looks_like_a_secret_is_shown_nowhere(fields: dict[str, object]) -> None:
    assert "hunter2" not in _shown({**_of_kind("ConfigMap"), **fields})


def test_what_is_no_secret_is_shown_as_it_is() -> None:
    plain = _of_kind(
        "Pod",
        spec={
            "containers": [{"env": [{"name": "LOG", "value": "debug"}], "image": "registry.example/app1"}],
            "volumes": [{"name": "a", "secret": {"secretName": "app1-tls"}}],
            "tokenExpirationSeconds": 60,
        },
    )
    assert Hider().hide(plain) == plain


def test_a_secret_that_changed_is_seen_to_have_changed_and_one_that_did_not_is_not_told() -> None:
    """A line of the difference says which key; the same value on both sides is no difference."""
    states = [
        _of_kind("Secret", stringData={"first": value, "second": "same"})
        for value in ("hunter2", "hunter3", "hunter3")
    ]
    (changed,), none = (compare([was], [now]) for was, now in pairwise(states))
    assert none == ()
    told = [one for one in changed.lines if one[0] in "+-"]
    assert told == ["-  first: (hidden 1)", "+  first: (hidden 2)"]
