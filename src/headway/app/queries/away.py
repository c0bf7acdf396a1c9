"""Who does not answer, in words: the same on the board and in a why."""

from collections.abc import Collection
from datetime import datetime

from headway.domain.facts import Source
from headway.domain.situation import Situation


def said_away(situation: Situation, among: Collection[tuple[Source, str]] | None = None) -> tuple[str, ...]:
    """Say who does not answer, among these or all: of one kind, and for one cause, in one line."""
    together: dict[tuple[str, str], list[tuple[datetime, str]]] = {}
    for (source, name), (since, words) in sorted(situation.away.items()):
        if among is None or (source, name) in among:
            together.setdefault((source, words), []).append((since, name))
    return tuple(
        f"{source} {', '.join(name for _, name in those)} since {min(those)[0]:%H:%M:%S}: {words}"
        for (source, words), those in together.items()
    )
