"""Verdicts in a folder: the same again, or none."""

import os
from pathlib import Path

import pytest

from headway.adapters.verdicts import FolderVerdicts
from headway.domain.standards import ObjectKey, Unjudged, Violation
from headway.testing.verdicts import MemoryVerdicts

APP1 = ObjectKey(api_version="apps/v1", kind="Deployment", namespace="shop", name="app1")
VERDICTS = {
    "a": [
        [],
        [Violation(rule="schema", object=APP1, message="“é”", path="spec", validation=1, reason="Odd")],
    ],
    "b": [[Unjudged(rule="own", object=APP1, why="w", suggestion="s", code="policy-costly", ignored=True)]],
    "c": [],
}


def test_what_is_kept_is_given_back(tmp_path: Path) -> None:
    FolderVerdicts(tmp_path / "new").save("rules", VERDICTS)
    assert FolderVerdicts(tmp_path / "new").load("rules") == VERDICTS
    assert FolderVerdicts(tmp_path / "new").load("others") == {}
    assert (tmp_path / "new").stat().st_mode & 0o077 == 0


def test_what_other_code_judged_is_never_found(tmp_path: Path) -> None:
    FolderVerdicts(tmp_path, code="1").save("rules", VERDICTS)
    assert FolderVerdicts(tmp_path, code="1").load("rules") == VERDICTS
    assert FolderVerdicts(tmp_path, code="2").load("rules") == {}
    assert FolderVerdicts(tmp_path).load("rules") == {}


def test_the_one_in_memory_gives_back_the_same() -> None:
    kept = MemoryVerdicts()
    kept.save("rules", VERDICTS)
    assert kept.load("rules") == VERDICTS
    assert kept.load("others") == {}


@pytest.mark.parametrize("at", [0, 5, 30, 90, -1])
def test_what_is_damaged_counts_as_absent(tmp_path: Path, at: int) -> None:
    kept = FolderVerdicts(tmp_path)
    kept.save("rules", VERDICTS)
    data = bytearray((tmp_path / "rules").read_bytes())
    data[at] ^= 1
    (tmp_path / "rules").write_bytes(data)
    assert kept.load("rules") == {}
    (tmp_path / "rules").write_bytes(data[:at])
    assert kept.load("rules") == {}


def test_rules_of_long_ago_make_room(tmp_path: Path) -> None:
    kept = FolderVerdicts(tmp_path)
    for number in range(12):
        kept.save(f"rules-{number}", VERDICTS)
        os.utime(tmp_path / f"rules-{number}", (number, number))
    kept.save("last", VERDICTS)
    assert len(list(tmp_path.iterdir())) == 8
    assert kept.load("rules-11") == VERDICTS
    assert kept.load("rules-0") == {}


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    kept = FolderVerdicts(tmp_path / "file")
    kept.save("rules", VERDICTS)
    assert kept.load("rules") == {}
