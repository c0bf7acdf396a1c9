"""Verdicts in a folder, one file for each set of rules.

Invariants: a file that is damaged, of another form or unreadable counts as absent; one is whole or not there,
whoever writes at the same time; the folder holds at most `_MOST_FILES`, the longest unwritten going first.
"""

import contextlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

from headway.app.ports.verdicts import Verdict
from headway.domain.standards import ObjectKey, Unjudged, Violation
from headway.domain.standards.waiver import Finding

_MARK = b"headway-verdicts-1\n"
_MOST_FILES = 8
"""Rules change seldom, and a branch or two are looked at in turns."""
_LARGEST = 64 << 20


class FolderVerdicts:
    """`Verdicts` in a folder, which is made when something is kept."""

    def __init__(self, folder: Path, *, code: str = "") -> None:
        """Keep in `folder`; `code` names what judges, where the rules do not."""
        self._folder = folder
        self._code = code

    def load(self, rules: str) -> Mapping[str, Verdict]:
        """Read the file of these rules."""
        try:
            with self._path(rules).open("rb") as file:
                data = file.read(_LARGEST)
        except OSError:
            return {}
        return _decode(data)

    def save(self, rules: str, verdicts: Mapping[str, Verdict]) -> None:
        """Write the file of these rules anew."""
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor, unfinished = tempfile.mkstemp(dir=self._folder, prefix=".new-")
            with os.fdopen(descriptor, "wb") as file:
                file.write(_encode(verdicts))
            Path(unfinished).replace(self._path(rules))
            self._make_room()

    def _path(self, rules: str) -> Path:
        return self._folder / (sha256(f"{self._code} {rules}".encode()).hexdigest() if self._code else rules)

    def _make_room(self) -> None:
        kept = sorted(self._folder.iterdir(), key=lambda one: one.stat().st_mtime, reverse=True)
        for path in kept[_MOST_FILES:]:
            path.unlink(missing_ok=True)


def _encode(verdicts: Mapping[str, Verdict]) -> bytes:
    told = {key: [[_told(one) for one in found] for found in verdict] for key, verdict in verdicts.items()}
    body = json.dumps(told).encode()
    return _MARK + sha256(body).hexdigest().encode() + b"\n" + body


def _told(finding: Finding) -> list[Any]:
    return ["violation" if isinstance(finding, Violation) else "unjudged", asdict(finding)]


def _decode(data: bytes) -> Mapping[str, Verdict]:
    checksum, _, body = data[len(_MARK) :].partition(b"\n")
    if not data.startswith(_MARK) or sha256(body).hexdigest().encode() != checksum:
        return {}
    told: dict[str, list[list[Any]]] = json.loads(body)
    return {key: [[_finding(*one) for one in found] for found in verdict] for key, verdict in told.items()}


def _finding(kind: str, fields: dict[str, Any]) -> Finding:
    whole = {**fields, "object": ObjectKey(**fields["object"])}
    return Violation(**whole) if kind == "violation" else Unjudged(**whole)
