"""One YAML file as plain values with the line of each: bounded while it is read, before anything is expanded.

Only what an estate needs of YAML 1.2 is read: mappings with plain keys, lists, text, numbers, true and
false. Tags, merge keys, directives, several documents and doubled keys are refused with file and line.
Aliases are allowed, and what they would expand to counts against the limits, so a bomb is refused in the
parser's stream of events, in time and memory that its bytes bound. Safe to call concurrently.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import Event
from ruamel.yaml.reader import ReaderError

from headway.adapters.files.tree import Node, Refused, TreeBuilder
from headway.domain.estate.problems import EstateInvalid, Problem
from headway.domain.field_path import FieldPath, show_path

MAX_BYTES = 256 * 1024
"""An estate of a thousand waves has a fifth of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file's values, and where each of them stands."""

    file: str
    """As messages show it."""
    value: object
    lines: Mapping[FieldPath, int]
    """By path, the line of a mapping's key or a list's item."""
    application: str | None = None
    empty: tuple[FieldPath, ...] = field(default=())
    """The paths of fields without a value."""

    def line_of(self, path: FieldPath) -> int:
        """Give the line of a field, or of the nearest one around it that is there."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def problem(self, path: FieldPath, why: str, suggestion: str) -> Problem:
        """Tell of something at a field."""
        return Problem(
            file=self.file,
            line=self.line_of(path),
            field=show_path(path),
            why=why,
            suggestion=suggestion,
            application=self.application,
        )


def load(data: bytes, file: str, application: str | None = None) -> Document:
    """Read a file's bytes.

    Args:
        data: the file.
        file: its name for messages.
        application: whose file it is; None: the estate's.

    Raises:
        EstateInvalid: it is too large, not UTF-8, not YAML, or uses what an estate does not need of YAML.
    """

    def refuse(line: int, why: str, suggestion: str) -> EstateInvalid:
        problem = Problem(
            file=file, line=line, field="", why=why, suggestion=suggestion, application=application
        )
        return EstateInvalid((problem,))

    try:
        root = _build(text_of(data))
    except Refused as error:
        raise refuse(error.line, error.why, error.suggestion) from error
    return document_of(root, file, application)


def text_of(data: bytes) -> str:
    """Give a file's text.

    Raises:
        Refused: it is too large, or not UTF-8.
    """
    if len(data) > MAX_BYTES:
        raise Refused(
            1,
            f"it has {len(data)} bytes, and {MAX_BYTES} are the most that is read",
            "Take out what does not describe the estate",
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Refused(line, "these bytes are not UTF-8", "Save the file as UTF-8 text") from error


def document_of(root: Node, file: str, application: str | None = None) -> Document:
    """Give a tree as plain values with their lines."""
    lines: dict[FieldPath, int] = {(): root.line}
    empty: list[FieldPath] = []
    value = _plain(root, (), lines, empty)
    return Document(file=file, value=value, lines=lines, application=application, empty=tuple(empty))


def _build(text: str) -> Node:
    builder = TreeBuilder()
    for event in events_of(text):
        builder.take(event)
    return builder.finish()


def events_of(text: str) -> Iterator[Event]:
    """Give a text's events, one document after another.

    Raises:
        Refused: it is not YAML.
    """
    try:
        yield from YAML(typ="safe", pure=True).parse(text)
    except ReaderError as error:
        position = error.position if isinstance(error.position, int) else 0
        line = text[:position].count("\n") + 1
        raise Refused(line, "it holds a control character", "Take it out") from error
    except MarkedYAMLError as error:
        raise _refused_by_parser(text, error) from error
    except (YAMLError, ValueError, OverflowError, IndexError, AttributeError) as error:
        raise Refused(1, "it is not YAML", "Look for a quote or an escape that goes wrong") from error


def _refused_by_parser(text: str, error: MarkedYAMLError) -> Refused:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 1
    words = " ".join(str(error.problem or error.context or "it cannot be parsed").split())
    source = text.splitlines()[line - 1 : line]
    if "'\\t'" in words or (source and source[0][: len(source[0]) - len(source[0].lstrip())].count("\t")):
        return Refused(line, "a tab indents this line", "Indent with spaces")
    return Refused(line, f"it is not YAML: {words}", "Look at this line's indent, quotes and brackets")


def _plain(node: Node, path: FieldPath, lines: dict[FieldPath, int], empty: list[FieldPath]) -> object:
    if node.mapping is not None:
        result: dict[str, object] = {}
        for key, (line, child) in node.mapping.items():
            lines[(*path, key)] = line
            result[key] = _plain(child, (*path, key), lines, empty)
        return result
    if node.sequence is not None:
        items = []
        for index, child in enumerate(node.sequence):
            lines[(*path, index)] = child.line
            items.append(_plain(child, (*path, index), lines, empty))
        return items
    if node.scalar is None:
        empty.append(path)
    return node.scalar
