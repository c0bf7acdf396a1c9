"""What stops in an instance, as its branch should say it."""

from datetime import datetime
from hashlib import sha256

from headway.domain.gates.hold import holds_in_force
from headway.domain.names import ArtifactName, InstanceName
from headway.domain.situation.records import Hold, Quarantine
from headway.domain.situation.situation import Situation


def holds_of(situation: Situation, instance: InstanceName, now: datetime) -> tuple[Hold, ...]:
    """Give the holds in force in an instance, in a stable order."""
    return tuple(sorted(holds_in_force(situation, instance, None, now), key=lambda one: one.hold_id))


def quarantines_of(
    situation: Situation, instance: InstanceName
) -> tuple[tuple[ArtifactName, Quarantine], ...]:
    """Give the quarantines that were decided in an instance, in a stable order."""
    return tuple(
        (artifact, quarantine)
        for artifact in sorted(situation.artifacts_of(instance.application))
        for _, quarantine in sorted(
            situation.quarantines.get(artifact, {}).items(), key=lambda one: str(one[0])
        )
        if quarantine.instance == instance
    )


def fingerprint(situation: Situation, instance: InstanceName, now: datetime) -> str:
    """Fingerprint an instance's stops; empty: nothing stops there."""
    lines = [f"{one.hold_id} {one.artifact} {one.owner}" for one in holds_of(situation, instance, now)]
    lines += [f"{artifact} {one.version}" for artifact, one in quarantines_of(situation, instance)]
    return sha256("\n".join(lines).encode()).hexdigest()[:16] if lines else ""
