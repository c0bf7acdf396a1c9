"""Facts to rows and rows to facts, with the chain checked on the way.

A row whose hash is right but whose body this version cannot read is set aside: its fact has `body` None, it
is logged once, and reading goes on. Safe on several threads.
"""

import json
import logging
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from headway.adapters.ledger.chain import Envelope, fact_id, tampered
from headway.adapters.ledger.codec import codec_for, known_types, read_instant, write_instant
from headway.adapters.ledger.upcast import upcast
from headway.domain.errors import UsageError
from headway.domain.facts import Actor, Fact, NewFact

_log = logging.getLogger("headway.ledger")


class RowReader:
    """Reads rows of one ledger; remembers which poisoned ones it has logged."""

    def __init__(self) -> None:
        self._logged: set[int] = set()

    def read_chained(
        self, rows: Iterable[Row[Any]], *, previous: str, after: int
    ) -> Iterator[tuple[Fact, str]]:
        """Give each row's fact and hash; the rows must follow the fact `after` whose hash is `previous`.

        Raises:
            Broken: `ledger-tampered`.
        """
        for row in rows:
            after += 1
            if row.sequence != after:
                raise tampered(after, f"its row is missing: {row.sequence} follows {after - 1}")
            if _envelope(row).hash_after(previous) != row.hash or row.id != fact_id(row.hash):
                raise tampered(after, "its hash does not follow from its contents and the fact before it")
            previous = row.hash
            yield self.read(row), previous

    def read(self, row: Row[Any]) -> Fact:
        """Give a row's fact, its chain unchecked.

        Raises:
            Broken: `ledger-tampered`: its instants are none, which the ledger never writes.
        """
        try:
            happened_at, recorded_at = read_instant(row.happened_at), read_instant(row.recorded_at)
        except (ValueError, TypeError) as error:
            raise tampered(row.sequence, f"its instants cannot be read: {error}") from error
        return Fact(
            sequence=row.sequence,
            body=self._body(row),
            happened_at=happened_at,
            recorded_at=recorded_at,
            actor=Actor(row.actor),
            reason=row.reason,
            type=row.type,
        )

    def _body(self, row: Row[Any]) -> object:
        kind: Any = known_types().get(row.type)
        if kind is None:
            self._set_aside(row, "its type is not known to this version of Headway")
            return None
        if row.schema > kind.SCHEMA:
            self._set_aside(row, f"its schema {row.schema} is newer than this version's {kind.SCHEMA}")
            return None
        try:
            text = row.body
            if row.schema != kind.SCHEMA:
                text = json.dumps(upcast(row.type, row.schema, json.loads(text)))
            return codec_for(kind).decode(text)
        # An upcaster may trip over anything in a poisoned body.
        except Exception as error:
            self._set_aside(row, f"its body cannot be read: {error}".replace("\n", " "))
            return None

    def _set_aside(self, row: Row[Any], why: str) -> None:
        if row.sequence not in self._logged:
            self._logged.add(row.sequence)
            _log.warning("fact %d (%s) is passed over: %s", row.sequence, row.type, why)


def make_row(new: NewFact, *, sequence: int, recorded_at: datetime, previous: str) -> dict[str, Any]:
    """Give the row that records a fact after the one whose hash is `previous`.

    Raises:
        UsageError: `fact-malformed`.
    """
    kind: Any = known_types().get(getattr(new.body, "TYPE", ""))
    if kind is None or not isinstance(new.body, kind):
        raise _malformed(type(new.body).__name__, "it is no body of a fact")
    try:
        happened = write_instant(new.happened_at)
        f"{new.actor}{new.reason}".encode()
    except ValueError as error:
        raise _malformed(kind.TYPE, str(error)) from error
    envelope = Envelope(
        sequence=sequence,
        type=kind.TYPE,
        schema=kind.SCHEMA,
        happened_at=happened,
        recorded_at=write_instant(recorded_at),
        actor=new.actor,
        reason=new.reason,
        body=codec_for(kind).encode(new.body),
    )
    return row_of(envelope, previous)


def row_of(envelope: Envelope, previous: str) -> dict[str, Any]:
    """Give an envelope's row, with its hash and id."""
    fact_hash = envelope.hash_after(previous)
    columns = {name: getattr(envelope, name) for name in Envelope.__slots__}
    return columns | {"hash": fact_hash, "id": fact_id(fact_hash)}


def _envelope(row: Row[Any]) -> Envelope:
    return Envelope(
        sequence=row.sequence,
        type=row.type,
        schema=row.schema,
        happened_at=row.happened_at,
        recorded_at=row.recorded_at,
        actor=row.actor,
        reason=row.reason,
        body=row.body,
    )


def _malformed(what: str, why: str) -> UsageError:
    return UsageError(
        "fact-malformed",
        f"a {what} cannot be recorded",
        why=why,
        next_step="this is a fault in the code that made it: report it with this message",
    )
