"""What a whole first lock waits for beyond the gates: other applications, and a rebuilt ledger's pause."""

from headway.domain.deployment import DeploymentState
from headway.domain.gates import Blocked
from headway.domain.names import EnvironmentName, InstanceName
from headway.domain.situation.situation import Situation


def paused(situation: Situation, instance: InstanceName) -> list[Blocked]:
    """After a rebuild an application is paused whole: where it had no lock there is nothing to be held."""
    estate = situation.estate
    held = [
        str(other)
        for other in (estate.instances(instance.application) if estate else ())
        if any(one.owner == "rebuild" for one in situation.instance(other).holds.values())
    ]
    if not held:
        return []
    return [
        Blocked(
            gate="hold",
            words=f"the ledger was rebuilt, and {', '.join(held)} is still paused",
            who=f"a person: headway resume {held[0]}",
        )
    ]


def needs(situation: Situation, instance: InstanceName) -> list[Blocked]:
    """An application waits until those that it needs are healthy in the same environment."""
    estate = situation.estate
    if estate is None:
        return []
    environment = situation.environment_of(instance)
    return [
        Blocked(
            gate="references",
            words=f"{instance} needs {needed}, which is not healthy in {environment} yet",
            who=f"{needed}'s own delivery",
        )
        for needed in estate.applications[instance.application].needs
        if not _is_healthy_in(situation, needed, environment)
    ]


def _is_healthy_in(situation: Situation, application: str, environment: EnvironmentName | None) -> bool:
    estate = situation.estate
    if estate is None or application not in estate.applications:
        return False
    there = [one for one in estate.instances(application) if situation.environment_of(one) == environment]
    return bool(there) and all(_is_healthy(situation, one) for one in there)


def _is_healthy(situation: Situation, instance: InstanceName) -> bool:
    state = situation.instance(instance)
    return bool(state.lock) and all(
        (seen := state.health.get(name)) is not None and seen.state is DeploymentState.HEALTHY
        for name in state.lock or {}
    )
