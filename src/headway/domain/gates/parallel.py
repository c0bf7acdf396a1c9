"""Gate `parallel`: a wave with `maxParallel` changes an artifact in so many of its instances at a time."""

from headway.domain.gates.admitted import is_waited_for
from headway.domain.gates.outcome import ALLOWED, Blocked, Outcome, Question
from headway.domain.gates.slot import spoken


def parallel(question: Question) -> Outcome:
    """Refuse while the artifact is under way in as many other instances of the wave as may be at once.

    What has its verdict leaves its place to the next; a version that fails is quarantined, so the instances
    that it had not entered never see it.
    """
    most, situation, artifact = question.wave.max_parallel, question.situation, question.cell.artifact
    if most is None:
        return ALLOWED
    busy = [
        f"{instance}: {spoken(situation, one)}"
        for instance in situation.wave_instances(artifact.application, question.wave)
        if instance != question.cell.instance and is_waited_for(question, instance)
        for one in situation.instance(instance).underway
        if artifact in one.artifacts
    ]
    if len(busy) < most:
        return ALLOWED
    return Blocked(
        gate="parallel",
        words=f"{question.wave.name} changes {artifact.artifact} in {most} instance(s) at a time; "
        + "; ".join(busy),
        who="its verdict",
    )
