"""Trailers of commit messages: the last paragraph's ``Key: value`` lines.

Source: git-interpret-trailers(1), the strict form: a paragraph counts only when every line of it is a
trailer or continues one, and it is not the subject.
"""

import re
from collections.abc import Mapping

_TRAILER = re.compile(r"([A-Za-z0-9][-A-Za-z0-9]*): ?(.*)")


def parse_trailers(message: str) -> Mapping[str, tuple[str, ...]]:
    """Give the trailers of a message by key, each key's values in order; empty when there are none."""
    paragraphs = re.split(r"\n[ \t]*\n", message.strip())
    if len(paragraphs) < 2:
        return {}
    found: dict[str, list[str]] = {}
    values: list[str] | None = None
    for line in paragraphs[-1].strip("\n").split("\n"):
        if line[:1] in {" ", "\t"} and values:
            values[-1] = f"{values[-1]} {line.strip()}"
            continue
        matched = _TRAILER.fullmatch(line)
        if matched is None:
            return {}
        values = found.setdefault(matched.group(1), [])
        values.append(matched.group(2).strip())
    return {key: tuple(values) for key, values in found.items()}
