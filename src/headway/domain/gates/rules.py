"""The rules in force at a wave: the lane's, tightened by the team's."""

from headway.domain.estate import GateRules, Wave
from headway.domain.estate.loosening import joined
from headway.domain.situation.situation import Situation


def rules_at(situation: Situation, application: str, wave: Wave) -> GateRules:
    """Join the lane's rules with the application's own; the stricter of both holds."""
    if situation.estate is None or application not in situation.estate.applications:
        return wave.gates
    return joined(wave.gates, situation.estate.applications[application].tightened.get(wave.name))
