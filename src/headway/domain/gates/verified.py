"""Gate `verified`: every instance of the wave before verified that very version (rule 3)."""

from headway.domain.gates.outcome import ALLOWED, Blocked, Outcome, Question
from headway.domain.names import Cell


def verified(question: Question) -> Outcome:
    """Ask for evidence of this version in each instance of the wave before; the first wave asks nothing."""
    before = question.wave_before()
    if before is None:
        return ALLOWED
    wave, instances = before
    missing = [
        instance
        for instance in instances
        if question.version not in question.situation.cell(Cell(question.cell.artifact, instance)).verified
    ]
    if not missing:
        return ALLOWED
    return Blocked(
        gate="verified",
        words=f"{question.label} is not verified in {', '.join(map(str, missing))} (wave {wave.name})",
        who="its verification there",
    )
