"""Holds and quarantines as files on an environment branch, and back."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from headway.app.bounded_yaml import Limits, read_documents
from headway.app.instance_folder import folder_of
from headway.domain.names import ArtifactName, InstanceName, Version, parse_artifact, parse_instance
from headway.domain.plan.stops import holds_of, quarantines_of
from headway.domain.promotion_id import full
from headway.domain.situation import Situation
from headway.domain.situation.records import Hold, Quarantine
from headway.domain.version_text import parse_version

HOLDS = "holds.yaml"
QUARANTINES = "quarantines.yaml"

_LIMITS = Limits(size=1 << 20, nodes=20_000, depth=6)


def stops_edits(situation: Situation, instance: InstanceName, now: datetime) -> dict[str, bytes | None]:
    """Give the files that say what stops in an instance, by path on its branch; None removes one."""
    holds = holds_of(situation, instance, now)
    placed = [
        (other, artifact, quarantine)
        for other in _sharing_a_branch(situation, instance)
        for artifact, quarantine in quarantines_of(situation, other)
    ]
    return {
        f"{folder_of(instance)}/{HOLDS}": _write_holds(holds) if holds else None,
        QUARANTINES: _write_quarantines(placed) if placed else None,
    }


def _sharing_a_branch(situation: Situation, instance: InstanceName) -> list[InstanceName]:
    estate = situation.estate
    if estate is None or instance.application not in estate.applications:
        return []
    repository = estate.applications[instance.application].repository
    environment = situation.environment_of(instance)
    return [
        other
        for application in estate.applications.values()
        if application.repository == repository
        for other in estate.instances(application.name)
        if situation.environment_of(other) == environment
    ]


def _write_holds(holds: Sequence[Hold]) -> bytes:
    lines = ["apiVersion: headway.dev/v1", "kind: Holds", "holds:"]
    for hold in holds:
        lines += [
            f"- id: {_quoted(hold.hold_id)}",
            f"  owner: {_quoted(hold.owner)}",
            f"  reason: {_quoted(hold.reason)}",
            f"  placedAt: {_quoted(hold.placed_at.isoformat())}",
        ]
        lines += [f"  artifact: {_quoted(hold.artifact)}"] if hold.artifact else []
        lines += [f"  until: {_quoted(hold.until.isoformat())}"] if hold.until else []
    return ("\n".join(lines) + "\n").encode()


def _write_quarantines(placed: Sequence[tuple[InstanceName, ArtifactName, Quarantine]]) -> bytes:
    lines = ["apiVersion: headway.dev/v1", "kind: Quarantines", "quarantines:"]
    for instance, artifact, quarantine in placed:
        lines += [
            f"- artifact: {_quoted(str(artifact))}",
            f"  version: {_quoted(full(quarantine.version))}",
            f"  instance: {_quoted(str(instance))}",
            f"  reason: {_quoted(quarantine.reason)}",
            f"  placedAt: {_quoted(quarantine.placed_at.isoformat())}",
        ]
        lines += ["  wholeDigest: true"] if quarantine.whole_digest else []
    return ("\n".join(lines) + "\n").encode()


def _quoted(text: str) -> str:
    """Quote a text; every JSON string is one of YAML's too."""
    return json.dumps(text, ensure_ascii=False)


def read_holds(data: bytes, file: str, instance: InstanceName) -> tuple[Hold, ...]:
    """Read an instance's holds from its branch.

    Raises:
        UsageError: the file cannot be understood, with file and line.
    """
    return tuple(
        Hold(
            hold_id=str(entry["id"]),
            instance=instance,
            artifact=str(entry["artifact"]) if entry.get("artifact") else None,
            owner=str(entry["owner"]),
            reason=str(entry.get("reason", "")),
            placed_at=datetime.fromisoformat(str(entry["placedAt"])),
            until=datetime.fromisoformat(str(entry["until"])) if entry.get("until") else None,
        )
        for entry in _entries(data, file, "holds")
    )


def read_quarantines(
    data: bytes, file: str
) -> tuple[tuple[ArtifactName, Version, InstanceName, str, bool], ...]:
    """Read a branch's quarantines: artifact, version, instance, reason, and whether its digest is meant.

    Raises:
        UsageError: the file cannot be understood, with file and line.
    """
    return tuple(
        (
            parse_artifact(str(entry["artifact"])),
            parse_version(str(entry["version"])),
            parse_instance(str(entry["instance"])),
            str(entry.get("reason", "")),
            bool(entry.get("wholeDigest", False)),
        )
        for entry in _entries(data, file, "quarantines")
    )


def _entries(data: bytes, file: str, field: str) -> list[dict[str, Any]]:
    documents = read_documents(data, file, _LIMITS)
    entries: list[dict[str, Any]] = []
    for document in documents:
        value = document.value
        if isinstance(value, dict):
            entries += [entry for entry in value.get(field) or [] if isinstance(entry, dict)]
    return entries
