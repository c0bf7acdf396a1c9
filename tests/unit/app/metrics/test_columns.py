"""Columns hold rows, say which pages changed, and come back from their pages."""

from array import array

import pytest

from headway.app.metrics.columns import PAGE, Columns

WIDTHS = {"at": "q", "kind": "b"}


def filled(rows: int) -> Columns:
    columns = Columns(WIDTHS)
    for number in range(rows):
        columns.put(number, (number * 10**12, number % 7))
    return columns


def test_only_pages_that_changed_are_taken_and_each_once() -> None:
    columns = filled(2 * PAGE + 1)
    assert set(columns.take_changed()) == {0, 1, 2}
    assert columns.take_changed() == {}
    columns.put(PAGE, (-1, 0))
    columns.put(2 * PAGE + 1, (5, 5))
    assert set(columns.take_changed()) == {1, 2}


def test_pages_that_could_not_be_kept_are_taken_again() -> None:
    columns = filled(3)
    pages = columns.take_changed()
    columns.give_back(pages)
    assert columns.take_changed() == pages


@pytest.mark.parametrize("rows", [0, 1, PAGE, PAGE + 1])
def test_pages_bring_back_what_they_were_taken_from(rows: int) -> None:
    columns, fresh = filled(rows), Columns(WIDTHS)
    fresh.restore(columns.take_changed())
    assert dict(fresh.columns()) == dict(columns.columns())
    assert len(fresh) == rows


@pytest.mark.parametrize(
    "spoil",
    [
        lambda pages: pages | {0: pages[0][:-1]},
        lambda pages: pages | {0: pages[0][:9]},
        lambda pages: {1: pages[1]},
        lambda pages: {0: pages[0], 2: pages[1]},
        lambda pages: pages | {1: b""},
    ],
)
def test_pages_that_are_not_whole_are_refused(spoil: object) -> None:
    pages = filled(PAGE + 5).take_changed()
    with pytest.raises(ValueError, match="no whole rows"):
        Columns(WIDTHS).restore(spoil(pages))  # type: ignore[operator]


def test_a_row_after_a_gap_is_refused() -> None:
    with pytest.raises(IndexError):
        filled(2).put(3, (0, 0))


def test_whoever_still_holds_a_column_keeps_what_they_have() -> None:
    columns = filled(2)
    held = memoryview(columns.columns()["at"])
    columns.put(2, (77, 1))
    assert columns.row(2) == (77, 1)
    assert list(held) == [0, 10**12]
    assert columns.columns()["at"] == array("q", [0, 10**12, 77])
