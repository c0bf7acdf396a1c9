"""Texts that others wrote, in Markdown that a code host shows: nothing in them is taken for markup."""

import re

from headway.interfaces.cli.screen import plain

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~@!&])")


def text(words: str) -> str:
    """Give words in one line that mean what they say, and call nobody by an @."""
    return _MARKUP.sub(r"\\\1", " ".join(plain(words).split())).replace("\\@", "@\u2060")


def code(words: str) -> str:
    """Give words in one line as code, between more backticks than they hold."""
    line = " ".join(plain(words).split())
    fence = "`" * (_longest(line) + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def block(lines: list[str], language: str) -> list[str]:
    """Give lines as a block of code, between more backticks than stand in any of them."""
    fence = "`" * max(3, _longest("\n".join(lines)) + 1)
    return [f"{fence}{language}", *(plain(line) for line in lines), fence]


def _longest(words: str) -> int:
    return max((len(run) for run in re.findall(r"`+", words)), default=0)
