"""Reads fields of a document; the first mistake ends the reading of that document with its line. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol

from headway.domain.field_path import FieldPath, show_path
from headway.domain.standards import PolicyProblem


class Document(Protocol):
    """A YAML document's values, and where each of them stands."""

    @property
    def file(self) -> str:
        """As messages show it."""
        ...

    @property
    def value(self) -> object:
        """Plain values: None, bool, int, float, str, list, dict with text keys."""
        ...

    def line_of(self, path: FieldPath) -> int:
        """Give the line of a field, or of the nearest one around it that is there."""
        ...


class Unreadable(Exception):
    """The document cannot be used."""

    def __init__(self, problem: PolicyProblem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class Place:
    """A field of a document, which may be missing."""

    def __init__(self, document: Document, value: object, path: FieldPath = (), policy: str = "") -> None:
        self.document = document
        self.value = value
        self.path = path
        self.policy = policy

    def problem(
        self, why: str, suggestion: str, *, expression: str = "", code: str = "standard-broken"
    ) -> PolicyProblem:
        """Tell of a mistake here."""
        return PolicyProblem(
            file=self.document.file,
            line=self.document.line_of(self.path),
            policy=self.policy,
            field=show_path(self.path),
            why=why,
            suggestion=suggestion,
            expression=expression,
            code=code,
        )

    def refuse(self, why: str, suggestion: str) -> Unreadable:
        """Give the error that tells of a mistake here."""
        return Unreadable(self.problem(why, suggestion))

    @property
    def there(self) -> bool:
        """It has a value."""
        return self.value is not None

    def fields(self, *known: str) -> "Place":
        """Give itself, a mapping that has no other fields than these.

        Raises:
            Unreadable: it is no mapping, or has another field.
        """
        if not isinstance(self.value, dict):
            raise self.refuse("it is not a mapping of fields", "Write it as the Kubernetes reference shows")
        for name in self.value:
            if name not in known:
                place = self.at(name)
                raise place.refuse(f"there is no field {name!r} here", f"Known are: {', '.join(known)}")
        return self

    def at(self, *path: str | int) -> "Place":
        """Give the field at a path; what is missing has no value."""
        value = self.value
        for key in path:
            if isinstance(value, dict):
                value = value.get(key)
            elif isinstance(value, list) and isinstance(key, int) and key < len(value):
                value = value[key]
            else:
                value = None
        return Place(self.document, value, (*self.path, *path), self.policy)

    def items(self) -> Iterator["Place"]:
        """Give the items of a list; none when it is missing.

        Raises:
            Unreadable: it is no list.
        """
        if self.value is None:
            return
        if not isinstance(self.value, list):
            raise self.refuse("it is not a list", "Begin each item with a dash")
        for index in range(len(self.value)):
            yield self.at(index)

    def text(self, *allowed: str, default: str | None = None) -> str:
        """Give a text.

        Raises:
            Unreadable: it is none, it is missing without a default, or it is not one of `allowed`.
        """
        if self.value is None and default is not None:
            return default
        if not isinstance(self.value, str) or (not self.value.strip() and default is None):
            raise self.refuse(
                "a text is missing here", "Write it; put it in quotes where it looks like a number"
            )
        if allowed and self.value not in allowed:
            raise self.refuse(f"{self.value!r} is not known here", f"Known are: {', '.join(allowed)}")
        return self.value

    def texts(self) -> tuple[str, ...]:
        """Give a list of texts."""
        return tuple(one.text(default="") for one in self.items())

    def labels(self) -> Mapping[str, str]:
        """Give a mapping of texts; empty when it is missing."""
        if self.value is None:
            return {}
        if not isinstance(self.value, dict):
            raise self.refuse("it is not a mapping of fields", "Write one label a line")
        return {str(key): self.at(key).text(default="") for key in self.value}


Reader = Callable[[bytes, str], tuple[Sequence[Document], PolicyProblem | None]]
"""Reads a file: its documents up to the first mistake, and that."""
