"""Errors, statuses and exit codes stand in one table, and a problem document can be read back."""

import pytest

from headway.domain import errors
from headway.domain.errors import Broken, HeadwayError, NotAllowed, Transient, UsageError
from headway.interfaces.problems import (
    EXIT_CODES,
    KINDS,
    STATUSES,
    error_of,
    exit_code_of,
    kind_of,
    problem_of,
    status_of,
)


def test_every_kind_of_error_has_one_row_and_one_status() -> None:
    made = {one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, HeadwayError)}
    assert {kind.error for kind in KINDS} == made - {HeadwayError}
    assert len({kind.status for kind in KINDS}) == len(KINDS)
    assert {kind.exit_code for kind in KINDS} == {1, 2, 4, 5}
    assert set(EXIT_CODES.values()) == {3}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_problem_is_read_back_as_the_error_that_it_was(kind: object) -> None:
    made = kind.error("some-code", "it broke", why="it was old", next_step="mend it")  # type: ignore[attr-defined]
    document = problem_of(made)
    assert set(document) == {"type", "title", "status", "detail", "code", "what", "why", "next_step"}
    read = error_of(status_of(made), document)
    assert type(read) is type(made)
    assert (read.code, read.what, read.why, read.next_step) == (
        "some-code",
        "it broke",
        "it was old",
        "mend it",
    )
    assert exit_code_of(read) == exit_code_of(made)


@pytest.mark.parametrize("code", sorted(STATUSES))
def test_a_code_with_a_status_of_its_own_keeps_its_kind(code: str) -> None:
    kind = NotAllowed if code == "not-signed-in" else UsageError
    made = kind(code, "what", why="why", next_step="next")
    assert type(error_of(status_of(made), problem_of(made))) is kind


def test_an_error_that_has_no_kind_needs_a_person() -> None:
    assert kind_of(HeadwayError("odd", "what", why="why", next_step="next")).error is Broken


@pytest.mark.parametrize("document", [None, "<html>secret</html>", {"detail": "secret"}, {"code": 1}, []])
def test_an_answer_that_is_no_problem_document_is_told_without_its_content(document: object) -> None:
    read = error_of(502, document)
    assert isinstance(read, Transient)
    assert read.code == "answer-malformed"
    assert "secret" not in str(read)
