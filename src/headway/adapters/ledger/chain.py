"""The hash chain: each fact's hash covers the hash before it, its envelope and its body's text.

The body is hashed as text, so a row that cannot be understood can still be told from one that was changed:
hash right, body unreadable is a poisoned row (passed over and shown); hash wrong is tampering (a person must
look). The envelope names the actor by reference only; display names stand outside the ledger.
"""

import json
from dataclasses import dataclass
from hashlib import sha256

from headway.domain.errors import Broken

GENESIS = "0" * 64
"""Stands for the hash before the first fact."""

_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, check_circular=False)
"""RFC 8785 for the envelope, whose values are text and small whole numbers and whose keys are ASCII: there
the standard encoder writes the same bytes, four times faster. A test holds it to the rfc8785 package."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A fact as it is hashed: everything but its id, which is the head of the hash."""

    sequence: int
    type: str
    schema: int
    happened_at: str
    recorded_at: str
    actor: str
    reason: str
    body: str

    def canonical(self) -> str:
        """Give the canonical JSON of everything but the body."""
        return _canonical.encode(
            {
                "actor": self.actor,
                "happened_at": self.happened_at,
                "reason": self.reason,
                "recorded_at": self.recorded_at,
                "schema": self.schema,
                "sequence": self.sequence,
                "type": self.type,
            }
        )

    def hash_after(self, previous: str) -> str:
        """Give the SHA-256 over the previous hash, the envelope and the body, one line each, as hexadecimal.

        Canonical JSON holds no line end and the body comes last, so no two facts give the same bytes.
        """
        return sha256(
            f"{previous}\n{self.canonical()}\n{self.body}".encode("utf-8", "surrogatepass")
        ).hexdigest()


def fact_id(fact_hash: str) -> str:
    """Give the id of the fact with this hash: its first 32 digits."""
    return fact_hash[:32]


def tampered(sequence: int, why: str) -> Broken:
    """Say that the chain does not hold at a row."""
    return Broken(
        "ledger-tampered",
        f"fact {sequence} of the ledger is not what was recorded",
        why=why,
        next_step="stop here: keep the file for those who look into it, and put back a backup of the ledger,"
        " or move it away and start again: `serve` rebuilds from Git and stays paused until you resume it",
    )
