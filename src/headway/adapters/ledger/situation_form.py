"""The form of snapshots, and which code they are of."""

from importlib.resources import files

from headway.adapters.ledger.situation_codec import (
    decode_record,
    decode_situation,
    encode_record,
    encode_situation,
)
from headway.app.code_version import code_version
from headway.app.metrics.books import Remembered
from headway.domain.situation import Situation

_CODE = ("headway.domain", "headway.adapters.ledger")
"""All of the domain and of this adapter counts: that asks for one fold of everything after an upgrade, and
never for anybody to remember which module a fold needs."""
_LIBRARIES = ("semantic-version", "pydantic")


class JsonSituations:
    """`SituationForm`: compressed JSON, of exactly the code that is installed."""

    def __init__(self) -> None:
        self.version = code_version([files(package) for package in _CODE], _LIBRARIES)

    def encode(self, situation: Situation) -> bytes:
        """Write a situation."""
        return encode_situation(situation)

    def decode(self, blob: bytes) -> Situation:
        """Read a situation; ValueError: it is damaged."""
        return decode_situation(blob)


class JsonTallies:
    """`TallyForm`: likewise; the code that lays out what was counted is of it too."""

    def __init__(self) -> None:
        self.version = code_version(
            [files(package) for package in (*_CODE, "headway.app.metrics")], _LIBRARIES
        )

    def encode(self, remembered: Remembered) -> bytes:
        """Write it."""
        return encode_record(remembered, Remembered)

    def decode(self, blob: bytes) -> Remembered:
        """Read it; ValueError: it is damaged."""
        remembered: Remembered = decode_record(blob, Remembered)
        return remembered
