"""The board, and what needs somebody."""

from collections.abc import Iterable
from dataclasses import dataclass

from headway.app.queries.attention import Need, NeedKind, alike
from headway.app.queries.board import (
    MOST_OPEN_CELLS,
    BoardShown,
    Filter,
    environments,
    owners,
    require_known,
    worst_first,
)
from headway.app.queries.board_layout import ROWS_A_PAGE, Table, lay_out
from headway.interfaces.web.screen import href
from headway.interfaces.web.site import Ask, Shown

MOST_NEEDS = 6
"""On the board; the page of attention has them all."""
APPLICATIONS_A_PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedTold:
    """What needs somebody; what is alike in several instances is told once."""

    kind: NeedKind
    words: str
    who: str
    href: str | None
    others: int
    """In how many more instances it is the same."""


async def show_board(ask: Ask) -> Shown:
    """Show the board: all applications, or those that were asked for."""
    asked = Filter(
        application=ask.query("application"),
        owner=ask.query("owner"),
        environment=ask.query("environment"),
    )
    require_known(ask.site.service.desk, asked)
    wave, only, page = ask.query("wave"), ask.query("only"), ask.number("page")
    await ask.site.service.board.look()
    board = ask.site.service.board.show(asked)
    is_open = board.tally.cells <= MOST_OPEN_CELLS or asked.application is not None
    tables = [lay_out(one, wave=wave, only_wrong=only == "wrong") for one in board.applications if is_open]
    tables, pages = _paged(tables, page)
    folded = [] if is_open else sorted(board.applications, key=worst_first)
    if folded:
        pages = -(-len(folded) // APPLICATIONS_A_PAGE)
        folded = folded[(page - 1) * APPLICATIONS_A_PAGE : page * APPLICATIONS_A_PAGE]
    told = tell(board.needs)
    estate = ask.site.service.desk.situation.estate
    return Shown(
        template="board.html",
        title="Board",
        scope=asked.application or "",
        twin=_twin(board, with_instances=is_open),
        context={
            "board": board,
            "asked": asked,
            "only": only,
            "wave": wave,
            "tables": tables,
            "folded": folded,
            "needs": told[:MOST_NEEDS],
            "more_needs": len(told) - MOST_NEEDS,
            "known_applications": list(estate.applications) if estate else [],
            "known_owners": owners(ask.site.service.desk),
            "known_environments": environments(ask.site.service.desk),
            "page": page,
            "pages": pages,
        },
    )


async def show_attention(ask: Ask) -> Shown:
    """Show everything that needs somebody, and what waits for whom."""
    await ask.site.service.board.look()
    board = ask.site.service.board.show(Filter())
    told = tell(board.needs)
    return Shown(
        template="attention.html",
        title="Attention",
        twin={"at": board.status.at, "sequence": board.status.sequence, "needs": list(board.needs)},
        context={"needs": told, "by_kind": _by_kind(told)},
    )


def tell(needs: Iterable[Need]) -> list[NeedTold]:
    """Tell needs, what is alike once."""
    return [
        NeedTold(
            kind=those[0].kind,
            words=those[0].words,
            who=those[0].who,
            href=_place(those[0]),
            others=len(those) - 1,
        )
        for those in alike(needs)
    ]


def _place(need: Need) -> str | None:
    if need.artifact is not None and need.instance is not None:
        return href("why", need.artifact, need.instance.instance)
    return href("instances", need.instance) if need.instance is not None else None


def _by_kind(told: list[NeedTold]) -> list[tuple[NeedKind, list[NeedTold]]]:
    return [(kind, those) for kind in NeedKind if (those := [one for one in told if one.kind is kind])]


def _paged(tables: list[Table], page: int) -> tuple[list[Table], int]:
    """Give the page of a single table that is too long for one; several together never are."""
    if len(tables) != 1 or len(tables[0].rows) <= ROWS_A_PAGE:
        return tables, 1
    (table,) = tables
    rows = table.rows[(page - 1) * ROWS_A_PAGE : page * ROWS_A_PAGE]
    shown = Table(
        application=table.application,
        columns=table.columns,
        waves=table.waves,
        rows=rows,
        left_out=table.left_out,
        by_wave=table.by_wave,
    )
    return [shown], -(-len(table.rows) // ROWS_A_PAGE)


def _twin(board: BoardShown, *, with_instances: bool) -> dict[str, object]:
    return {
        "at": board.status.at,
        "sequence": board.status.sequence,
        "tally": board.tally,
        "needs": list(board.needs),
        "applications": [
            {
                "name": one.name,
                "owner": one.owner,
                "tally": one.tally,
                "instances": list(one.instances) if with_instances else None,
            }
            for one in board.applications
        ],
    }
