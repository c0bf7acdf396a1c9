"""A token goes to the URL that it was written for, and to no other."""

import json
from pathlib import Path

import pytest

from headway.adapters.argocd.credentials import read_credentials
from headway.domain.errors import Transient
from headway.domain.names import EnvironmentName

STAGING = EnvironmentName("staging")
SECRET = "eyJ-this-is-the-token"


def write(folder: Path, text: str) -> None:
    (folder / "staging.argocd.json").write_text(text)


def test_a_token_is_read_with_its_url(tmp_path: Path) -> None:
    write(tmp_path, json.dumps({"url": "https://argocd.example/", "token": SECRET, "ca": "ca.crt"}))
    found = read_credentials(tmp_path, STAGING, "argocd", "https://argocd.example")
    assert (found.token, found.authority) == (SECRET, tmp_path / "ca.crt")
    assert SECRET not in repr(found)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (None, "is not in the credentials folder"),
        ("{", "cannot be understood"),
        ('["token"]', "cannot be understood"),
        (json.dumps({"url": "https://argocd.example"}), "cannot be understood"),
        (json.dumps({"url": "https://evil.example", "token": SECRET}), "is for another URL"),
        (json.dumps({"url": "http://argocd.example", "token": SECRET}), "is for another URL"),
    ],
)
def test_what_cannot_be_used_is_said_without_the_token(tmp_path: Path, text: str | None, why: str) -> None:
    if text is not None:
        write(tmp_path, text)
    with pytest.raises(Transient) as refused:
        read_credentials(tmp_path, STAGING, "argocd", "https://argocd.example")
    assert refused.value.code == "engine-denied"
    assert why in refused.value.why
    assert SECRET not in str(refused.value)
