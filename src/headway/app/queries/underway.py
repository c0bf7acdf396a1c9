"""What is under way in an instance, how far it is, and how long it may take."""

from headway.app.desk import Desk
from headway.domain.deployment import Cause, DeploymentState
from headway.domain.gates.slot import spoken
from headway.domain.names import InstanceName
from headway.domain.plan.judge import Trial, given_up_at
from headway.domain.situation.records import Underway


def said_underway(desk: Desk, instance: InstanceName) -> tuple[str, ...]:
    """Say of each promotion under way how far it is; nothing: none is."""
    return tuple(_progress(desk, instance, one) for one in desk.situation.instance(instance).underway)


def _progress(desk: Desk, instance: InstanceName, one: Underway) -> str:
    words = spoken(desk.situation, one)
    if one.landed_at is None:
        return f"{words}: decided, not yet on its branch"
    if one.healthy_at is None:
        since = f"{words}: on its branch since {one.landed_at:%H:%M:%S}, not healthy yet"
        return f"{since}; {_may_take(desk, instance, one)}"
    if one.verifying is not None:
        return f"{words}: healthy, being verified (attempt {one.attempts})"
    return f"{words}: healthy since {one.healthy_at:%H:%M:%S}, verified soon"


def _may_take(desk: Desk, instance: InstanceName, one: Underway) -> str:
    """Say until when it may take; the engine's own deadline for its pods may be over before."""
    situation = desk.situation
    index = situation.wave_index(instance)
    if index is None:
        return "it left the estate, and nobody judges it"
    wave = situation.lane(instance.application)[index]
    trial = Trial(
        situation=situation,
        instance=instance,
        underway=one,
        wave=wave,
        wave_index=index,
        now=desk.now,
    )
    end = given_up_at(trial)
    if end is None:
        return "its clock stands"
    blameless = any(
        seen is None or seen.cause is Cause.SURROUNDINGS or seen.state is DeploymentState.PENDING
        for seen in trial.healths().values()
    )
    verdict = "withdrawn, for want of an answer," if blameless else "judged failed"
    return f"{verdict} at {end:%H:%M:%S} UTC unless it is by then"
