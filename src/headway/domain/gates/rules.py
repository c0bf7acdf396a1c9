"""The rules in force at a wave: the lane's, tightened by the team's."""

from headway.domain.estate import Approvals, GateRules, Wave
from headway.domain.situation.situation import Situation


def rules_at(situation: Situation, application: str, wave: Wave) -> GateRules:
    """Join the lane's rules with the application's own; the stricter of both holds."""
    if situation.estate is None or application not in situation.estate.applications:
        return wave.gates
    own = situation.estate.applications[application].tightened.get(wave.name)
    if own is None:
        return wave.gates
    return GateRules(
        soak=max(own.soak, wave.gates.soak),
        approvals=_stricter(own.approvals, wave.gates.approvals),
        freezes=(*wave.gates.freezes, *own.freezes),
    )


def _stricter(own: Approvals | None, lane: Approvals | None) -> Approvals | None:
    if own is None or lane is None:
        return own or lane
    return own if own.count >= lane.count else lane
