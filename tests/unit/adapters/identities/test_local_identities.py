"""Tokens are random, kept as hashes, readable by their owner alone, and in force at once."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from headway.adapters.identities import LocalIdentities, LocalIdentityStore, hook_token
from headway.domain.errors import Broken, UsageError
from headway.domain.permissions import OPERATOR


def test_a_token_stands_for_its_person_and_no_other(tmp_path: Path) -> None:
    store = LocalIdentityStore(tmp_path)
    ann, bob = (store.add(name).read_text().strip() for name in ("ann", "bob@example.org"))
    known = LocalIdentities(store.path)
    assert (known.person_of(ann), known.person_of(bob)) == ("ann", "bob@example.org")
    assert [known.person_of(odd) for odd in ("", ann[:-1], ann + "x", "ann", "\ud800", "ü")] == [None] * 6


def test_the_operator_keeps_a_token_and_gets_a_new_one_when_it_is_gone(tmp_path: Path) -> None:
    store = LocalIdentityStore(tmp_path)
    token = store.ensure_operator().read_text().strip()
    assert store.ensure_operator().read_text().strip() == token
    assert LocalIdentities(store.path).person_of(token) == OPERATOR
    (tmp_path / "token").unlink()
    newer = store.ensure_operator().read_text().strip()
    known = LocalIdentities(store.path)
    assert (known.person_of(newer), known.person_of(token)) == (OPERATOR, None)


def test_what_changes_in_the_file_is_in_force_with_the_next_question(tmp_path: Path) -> None:
    store = LocalIdentityStore(tmp_path)
    known = LocalIdentities(store.path)
    assert known.person_of("early") is None
    first = store.add("ann").read_text().strip()
    assert known.person_of(first) == "ann"
    second = store.add("ann").read_text().strip()
    assert (known.person_of(first), known.person_of(second)) == (None, "ann")
    store.remove("ann")
    assert known.person_of(second) is None
    assert not (tmp_path / "identities/ann.token").exists()


def test_no_token_stands_in_the_record_and_no_file_is_open_to_others(tmp_path: Path) -> None:
    state = tmp_path / "state"
    store = LocalIdentityStore(state)
    tokens = [store.ensure_operator(), store.add("ann"), state / "hook-token"]
    hook_token(state)
    for path in tokens:
        assert path.read_text().strip() not in store.path.read_text()
    for path in (*tokens, store.path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(state.stat().st_mode) == 0o700


def test_the_hooks_secret_stays_the_same(tmp_path: Path) -> None:
    assert hook_token(tmp_path) == hook_token(tmp_path)
    assert len(hook_token(tmp_path)) >= 43


@pytest.mark.parametrize(
    "name", ["", "../ann", "a/b", "operator", ".ann", "ann bob", "ann\n", "x" * 101, "-a"]
)
def test_a_name_that_cannot_be_one_is_refused(tmp_path: Path, name: str) -> None:
    store = LocalIdentityStore(tmp_path)
    with pytest.raises(UsageError, match="cannot name a person"):
        store.add(name)
    assert store.people() == ()


def test_somebody_who_is_not_there_cannot_be_removed(tmp_path: Path) -> None:
    store = LocalIdentityStore(tmp_path)
    store.ensure_operator()
    store.add("ann")
    for name in ("bob", OPERATOR):
        with pytest.raises(UsageError) as refused:
            store.remove(name)
        assert refused.value.code == "person-unknown"
    assert store.people() == ("ann",)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"people": []}', '{"people": {"ann": 7}}', "[" * 100_000])
def test_a_record_that_cannot_be_read_lets_nobody_in(tmp_path: Path, text: str) -> None:
    store = LocalIdentityStore(tmp_path)
    token = store.add("ann").read_text().strip()
    known = LocalIdentities(store.path)
    assert known.person_of(token) == "ann"
    store.path.write_text(text)
    for _ in range(2):
        with pytest.raises(Broken) as refused:
            known.person_of(token)
        assert refused.value.code == "identities-malformed"


def test_people_who_are_added_at_once_are_all_there(tmp_path: Path) -> None:
    store = LocalIdentityStore(tmp_path)
    names = [f"person-{number}" for number in range(30)]
    with ThreadPoolExecutor(8) as pool:
        tokens = list(pool.map(lambda name: store.add(name).read_text().strip(), names))
    known = LocalIdentities(store.path)
    assert [known.person_of(token) for token in tokens] == names
