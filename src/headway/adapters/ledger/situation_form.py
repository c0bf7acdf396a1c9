"""The form of snapshots, and which code they are of."""

from importlib.resources import files

from headway.adapters.ledger.situation_codec import decode_situation, encode_situation
from headway.app.code_version import code_version
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
