"""The page of one fact: what happened, when, by whom, and what it is about."""

from collections.abc import AsyncGenerator

from headway.app.ports import Ledger
from headway.domain.errors import UsageError
from headway.domain.facts import Fact
from headway.domain.facts.subjects import subjects_of
from headway.interfaces.web.screen import href
from headway.interfaces.web.site import Ask, Shown

_PLACES = {"artifact": "artifacts", "instance": "instances"}
"""Subjects that have a page of their own, and where."""


async def show_fact(ask: Ask) -> Shown:
    """Show a fact by its number."""
    text = ask.part("sequence")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0
    newest = ask.site.service.desk.situation.sequence
    fact = await _read(ask.site.service.ledger, number) if 0 < number <= newest else None
    if fact is None:
        raise UsageError(
            "route-unknown",
            f"there is no fact {text[:20]!r}",
            why=f"facts are numbered from 1 to {newest}",
            next_step="choose one of those",
        )
    told = {
        "sequence": fact.sequence,
        "type": fact.type or getattr(fact.body, "TYPE", ""),
        "happened_at": fact.happened_at,
        "recorded_at": fact.recorded_at,
        "actor": str(fact.actor),
        "reason": fact.reason,
        "subjects": sorted(subjects_of(fact.body)),
    }
    return Shown(
        template="fact.html",
        title=f"Fact {fact.sequence}",
        twin=told,
        context={"fact": told, "subjects": [(one, _page_of(one)) for one in sorted(subjects_of(fact.body))]},
    )


def _page_of(subject: str) -> str | None:
    kind, _, name = subject.partition(":")
    return href(_PLACES[kind], name) if kind in _PLACES else None


async def _read(ledger: Ledger, number: int) -> Fact | None:
    facts = ledger.read(number - 1)
    try:
        async for one in facts:
            return one if one.sequence == number else None
        return None
    finally:
        if isinstance(facts, AsyncGenerator):
            await facts.aclose()
