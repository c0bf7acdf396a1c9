"""Rows in columns: a few bytes a value, a million rows in tens of megabytes, kept page by page.

Nobody may read while somebody writes.
"""

from array import array
from collections.abc import Iterable, Mapping

PAGE = 4096
"""Rows that are written again together when one of them changes."""


class Columns:
    """One table of whole numbers."""

    def __init__(self, widths: Mapping[str, str]) -> None:
        """Begin without a row.

        Args:
            widths: by column, in order, how wide its numbers are, as `array` calls it.
        """
        self._columns = {name: array(code) for name, code in widths.items()}
        self._changed: set[int] = set()

    def __len__(self) -> int:
        return len(next(iter(self._columns.values())))

    def put(self, number: int, row: tuple[int, ...]) -> None:
        """Write a row in place of the one with that number, or as the next one.

        Raises:
            IndexError: rows before it are missing.
        """
        here = len(self)
        if number > here:
            message = f"row {number} cannot be written after {here} rows"
            raise IndexError(message)
        for (name, column), value in zip(self._columns.items(), row, strict=True):
            if number == here:
                self._append(name, column, value)
            else:
                column[number] = value
        self._changed.add(number // PAGE)

    def _append(self, name: str, column: "array[int]", value: int) -> None:
        try:
            column.append(value)
        except BufferError:
            # Somebody who has read still holds it, such as an error's traceback: they keep what they have.
            self._columns[name] = grown = column[:]
            grown.append(value)

    def row(self, number: int) -> tuple[int, ...]:
        """Give a row."""
        return tuple(column[number] for column in self._columns.values())

    @property
    def bytes_held(self) -> int:
        """Give how much memory its rows take."""
        return sum(column.itemsize * len(column) for column in self._columns.values())

    def columns(self) -> Mapping[str, "array[int]"]:
        """Give the columns themselves, to be read."""
        return self._columns

    def take_changed(self) -> dict[int, bytes]:
        """Give the pages that changed since they were taken last, to be kept."""
        pages = {page: self._page(page) for page in sorted(self._changed)}
        self._changed.clear()
        return pages

    def give_back(self, pages: Iterable[int]) -> None:
        """Say that these pages could not be kept: they are taken again."""
        self._changed.update(pages)

    def _page(self, page: int) -> bytes:
        rows = slice(page * PAGE, (page + 1) * PAGE)
        return b"".join(column[rows].tobytes() for column in self._columns.values())

    def restore(self, pages: Mapping[int, bytes]) -> None:
        """Take up all the pages that were kept.

        Raises:
            ValueError: they are not whole, or not of these columns.
        """
        size = sum(column.itemsize for column in self._columns.values())
        for page in range(len(pages)):
            blob = pages.get(page, b"")
            rows, rest = divmod(len(blob), size)
            if rest or not rows or (rows != PAGE and page != len(pages) - 1):
                message = f"page {page} has no whole rows"
                raise ValueError(message)
            start = 0
            for column in self._columns.values():
                column.frombytes(blob[start : start + rows * column.itemsize])
                start += rows * column.itemsize
