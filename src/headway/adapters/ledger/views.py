"""All views: written with each fact, made anew from the facts when their version is not the recorded one."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256

from sqlalchemy import Connection, Table, delete, insert, select

from headway.adapters.ledger import promotion_view
from headway.adapters.ledger.chain import GENESIS
from headway.adapters.ledger.codec import known_types
from headway.adapters.ledger.rows import RowReader
from headway.adapters.ledger.schema import fact_subjects, facts, promotions, views
from headway.domain.facts import Fact
from headway.domain.facts.subjects import subjects_of

_SUBJECTS_VERSION = "1"
_PAGE = 1000
"""Facts held in memory at once while views are made anew."""


def record_in_views(connection: Connection, recorded: Sequence[Fact]) -> None:
    """Write facts into every view, in the transaction that records them."""
    for fact in recorded:
        for write in _WRITERS.values():
            write(connection, fact)


def renew_views(connection: Connection) -> None:
    """Make each view anew whose version is not today's.

    Raises:
        Broken: `ledger-tampered`: the facts cannot be trusted.
    """
    recorded = {row.name: row.version for row in connection.execute(select(views))}
    stale = [name for name, version in _versions().items() if recorded.get(name) != version]
    if not stale:
        return
    for name in stale:
        connection.execute(delete(_TABLES[name]))
        connection.execute(delete(views).where(views.c.name == name))
        connection.execute(insert(views), {"name": name, "version": _versions()[name]})
    for fact in _all_facts(connection):
        for name in stale:
            _WRITERS[name](connection, fact)


def _all_facts(connection: Connection) -> Iterator[Fact]:
    reader, previous, after = RowReader(), GENESIS, 0
    while True:
        page = select(facts).where(facts.c.sequence > after).order_by(facts.c.sequence).limit(_PAGE)
        rows = connection.execute(page).all()
        if not rows:
            return
        for fact, fact_hash in reader.read_chained(rows, previous=previous, after=after):
            previous, after = fact_hash, fact.sequence
            yield fact


def _record_subjects(connection: Connection, fact: Fact) -> None:
    if subjects := subjects_of(fact.body):
        rows = [{"subject": subject, "sequence": fact.sequence} for subject in sorted(subjects)]
        connection.execute(insert(fact_subjects), rows)


def _versions() -> Mapping[str, str]:
    # A type that an older version passed over has no subjects yet: the known types are part of the version.
    known = sha256(repr(sorted(known_types())).encode()).hexdigest()[:16]
    return {"fact_subjects": f"{_SUBJECTS_VERSION}:{known}", "promotions": promotion_view.VERSION}


_TABLES: Mapping[str, Table] = {"fact_subjects": fact_subjects, "promotions": promotions}
_WRITERS: Mapping[str, Callable[[Connection, Fact], None]] = {
    "fact_subjects": _record_subjects,
    "promotions": promotion_view.record_promotion,
}
