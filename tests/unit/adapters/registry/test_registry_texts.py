"""References, challenges, logins, Retry-After and image texts: read from whatever others wrote."""

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from headway.adapters.registry.answers import is_absence, retry_after
from headway.adapters.registry.availability import is_for
from headway.adapters.registry.challenge import Basic, Bearer, parse_challenge
from headway.adapters.registry.credentials import find_login, login_files
from headway.adapters.registry.description import read_instant, without_credentials
from headway.adapters.registry.memory import Memory, read_memory, write_memory
from headway.adapters.registry.reach import base_url, may_go_on
from headway.adapters.registry.reference import parse_reference, parse_repository
from headway.domain.errors import UsageError
from headway.domain.names import Digest

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
DIGEST = Digest("sha256:" + "ab" * 32)


def test_a_reference_is_read_with_port_path_tag_and_digest() -> None:
    named = parse_reference(f"127.0.0.1:5000/oneconnect/app1:1.2.0@{DIGEST}")
    assert (named.repository.host, named.repository.path) == ("127.0.0.1:5000", "oneconnect/app1")
    assert (named.tag, named.digest) == ("1.2.0", DIGEST)
    assert parse_reference("registry.example/app1").tag == "latest"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "app1",
        "oneconnect/app1",
        "host.example/",
        "host.example/UPPER",
        "host.example/a//b",
        "host.example/../x",
        "host.example/a?b",
        "user:secret@host.example/app1",
        f"user:secret@host.example/app1@{DIGEST}",
        "host.example/app1@sha256:00",
        "h.example/" + "a" * 600,
    ],
)
def test_what_is_no_full_reference_is_refused_without_showing_a_password(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_reference(text)
    assert caught.value.code == "reference-malformed"
    assert "secret" not in str(caught.value)


def test_only_this_machine_and_listed_hosts_are_spoken_to_without_tls() -> None:
    assert base_url("127.0.0.1:5000", ()) == "http://127.0.0.1:5000"
    assert base_url("localhost", ()) == "http://localhost"
    assert base_url("[::1]:5000", ()) == "http://[::1]:5000"
    assert base_url("harbor.internal:80", {"harbor.internal:80"}) == "http://harbor.internal:80"
    assert base_url("harbor.internal", {"harbor.internal:80"}) == "https://harbor.internal"
    assert base_url("127.0.0.1.example.org", ()) == "https://127.0.0.1.example.org"


@pytest.mark.parametrize(
    ("host", "url", "allowed"),
    [
        ("registry.example", "https://store.example/blob", True),
        ("registry.example", "http://store.example/blob", False),
        ("registry.example", "https://127.0.0.1/blob", False),
        ("registry.example", "https://169.254.169.254/latest", False),
        ("registry.example", "https://user:pw@store.example/", False),
        ("registry.example", "file:///etc/passwd", False),
        ("registry.example", "https://[broken", False),
        ("127.0.0.1:5000", "http://127.0.0.1:5001/token", True),
    ],
)
def test_a_registry_sends_us_on_only_where_we_would_go(host: str, url: str, allowed: bool) -> None:
    assert may_go_on(host, url, ()) is allowed


def test_challenges_are_read() -> None:
    header = (
        'Bearer realm="https://auth.example/token",service="registry.example",scope="repository:a/b:pull"'
    )
    assert parse_challenge(header) == Bearer(
        realm="https://auth.example/token", service="registry.example", scope="repository:a/b:pull"
    )
    assert parse_challenge('Basic realm="x"') == Basic()
    for none in (None, "", "Negotiate", "Bearer", "Bearer service=x", "Bearer " + "x" * 5000):
        assert parse_challenge(none) is None


def test_the_most_exact_login_is_found_and_its_password_is_never_shown(tmp_path: Path) -> None:
    file = tmp_path / "auth.json"
    both = base64.b64encode(b"robot:exact:secret").decode()
    other = base64.b64encode(b"someone:other").decode()
    file.write_text(json.dumps({"auths": {"h.example/one": {"auth": both}, "h.example": {"auth": other}}}))
    login = find_login([tmp_path / "missing", file], "h.example", "one/app1")
    assert login is not None
    assert (login.user, login.password) == ("robot", "exact:secret")
    assert "secret" not in repr(login)
    general = find_login([file], "h.example", "two/app1")
    assert general is not None
    assert general.user == "someone"
    assert find_login([file], "other.example", "one/app1") is None


@pytest.mark.parametrize("content", ["", "[]", "{", '{"auths": []}', '{"auths": {"h": {"auth": "%%"}}}'])
def test_a_file_of_logins_that_is_broken_is_passed_over(tmp_path: Path, content: str) -> None:
    (tmp_path / "auth.json").write_text(content)
    assert find_login([tmp_path / "auth.json"], "h", "app1") is None


def test_logins_are_looked_for_where_podman_and_docker_keep_them(tmp_path: Path) -> None:
    files = login_files({"XDG_RUNTIME_DIR": "/run/user/7", "DOCKER_CONFIG": "/etc/docker-login"}, tmp_path)
    assert Path("/run/user/7/containers/auth.json") in files
    assert files[-1] == Path("/etc/docker-login/config.json")


def test_retry_after_is_read_as_seconds_or_date_and_is_bounded() -> None:
    assert retry_after("7", NOW) == timedelta(seconds=7)
    assert retry_after("Sun, 01 Mar 2026 12:01:00 GMT", NOW) == timedelta(minutes=1)
    assert retry_after("Sun, 01 Mar 2020 12:01:00 GMT", NOW) == timedelta(0)
    assert retry_after("999999999", NOW) == timedelta(hours=1)
    for odd in (None, "", "soon", "-3", "9" * 5000):
        assert retry_after(odd, NOW) is None


def test_only_a_registrys_own_words_are_an_absence() -> None:
    assert is_absence(404, b'{"errors":[{"code":"MANIFEST_UNKNOWN"}]}')
    assert not is_absence(200, b'{"errors":[{"code":"MANIFEST_UNKNOWN"}]}')
    for odd in (
        b"",
        b"<html>not found</html>",
        b"[]",
        b'{"errors":7}',
        b'{"errors":[{"code":"DENIED"}]}',
        b"[" * 99999,
    ):
        assert not is_absence(404, odd)


def test_times_are_read_with_their_offset_or_not_at_all() -> None:
    assert read_instant("2026-03-01T12:00:00.123456789Z") == NOW.replace(microsecond=123456)
    assert read_instant("2026-03-01T13:00:00+01:00") == NOW
    for odd in (None, "", "yesterday", "2026-03-01T12:00:00", "0001-01-01T00:00:00Z", "9" * 100):
        assert read_instant(odd) is None


def test_a_source_is_shown_without_credentials() -> None:
    assert without_credentials("https://u:p@git.example/app1?token=x#y") == "https://git.example/app1"


def test_a_variant_counts_only_where_both_name_one() -> None:
    assert is_for("linux/arm64", "linux/arm64/v8")
    assert is_for("linux/arm/v7", "linux/arm")
    assert not is_for("linux/arm/v7", "linux/arm/v6")
    assert not is_for("linux/amd64", "linux/arm64")
    assert is_for("linux/amd64", None)


def test_a_memory_is_read_as_it_was_written_and_one_that_is_damaged_is_a_first_look() -> None:
    kept = Memory(tags={"1.0.0": DIGEST}, etag='"x"', looked_again_at="1.0.0")
    assert read_memory(write_memory(kept)) == kept
    for odd in (
        None,
        "",
        "{}",
        "[]",
        '{"form":1,"tags":{"a":"b"},"etag":null,"looked_again_at":""}',
        '{"form":2}',
    ):
        assert read_memory(odd) == Memory()


def test_a_repository_is_shown_as_it_was_written() -> None:
    assert str(parse_repository("127.0.0.1:5000/oneconnect/app1")) == "127.0.0.1:5000/oneconnect/app1"
