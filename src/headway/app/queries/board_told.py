"""The board in lines: for surfaces that have no columns to spare, such as a terminal."""

from dataclasses import dataclass
from datetime import datetime

from headway.app.queries.attention import Need, NeedKind, alike
from headway.app.queries.board import (
    MOST_OPEN_CELLS,
    ApplicationStatus,
    BoardShown,
    Filter,
    Tally,
    worst_first,
)
from headway.app.queries.board_layout import Told, tell_artifacts
from headway.domain.names import ArtifactName


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedTold:
    """What needs somebody; what is alike in several instances is told once."""

    kind: NeedKind
    words: str
    who: str
    others: int
    """In how many more instances it is the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactTold:
    """One artifact: its cells that are alike together, in lane order."""

    artifact: ArtifactName
    told: tuple[Told, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationTold:
    """One application."""

    name: str
    owner: str | None
    tally: Tally
    artifacts: tuple[ArtifactTold, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardTold:
    """The board as it was asked for, at one instant."""

    at: datetime
    sequence: int
    never_read: str | None
    """Why no estate was ever read; None: one was, or was refused."""
    tally: Tally
    needs: tuple[NeedTold, ...]
    """Worst first."""
    applications: tuple[ApplicationTold, ...]
    """In the estate's order; of an estate that is told in part, worst first."""
    is_whole: bool
    """False: there are so many cells that those are left out that are calm."""


def tell_board(board: BoardShown, asked: Filter) -> BoardTold:
    """Tell a board; of a large estate only what is not calm, unless one application was asked for."""
    is_whole = board.tally.cells <= MOST_OPEN_CELLS or asked.application is not None
    there = board.applications if is_whole else sorted(board.applications, key=worst_first)
    return BoardTold(
        at=board.status.at,
        sequence=board.status.sequence,
        never_read=board.status.never_read,
        tally=board.tally,
        needs=tuple(_need(those) for those in alike(board.needs)),
        applications=tuple(_application(one, is_whole=is_whole) for one in there),
        is_whole=is_whole,
    )


def _need(those: tuple[Need, ...]) -> NeedTold:
    return NeedTold(kind=those[0].kind, words=those[0].words, who=those[0].who, others=len(those) - 1)


def _application(one: ApplicationStatus, *, is_whole: bool) -> ApplicationTold:
    told = []
    for artifact, those in tell_artifacts(one.instances) if is_whole or _is_troubled(one.tally) else ():
        shown = those if is_whole else tuple(each for each in those if each.state != "calm")
        if shown:
            told.append(ArtifactTold(artifact=artifact, told=shown))
    return ApplicationTold(name=one.name, owner=one.owner, tally=one.tally, artifacts=tuple(told))


def _is_troubled(tally: Tally) -> bool:
    return tally.calm < tally.cells
