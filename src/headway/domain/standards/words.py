"""What was found, in words: the same on the desk, at the gate and of what runs. Pure."""

from headway.domain.standards.judgement import Unjudged, Violation
from headway.domain.standards.waiver import Finding, Waiver, WaiverState


def object_of(finding: Finding) -> str:
    """Name the object and the place in it: ``Deployment app1, spec.replicas``."""
    return object_words(finding.object.kind, finding.object.name, path_of(finding))


def object_words(kind: str, name: str, path: str) -> str:
    """Name an object and a place in it; an empty place is the object as a whole."""
    return f"{kind} {name}, {path}" if path else f"{kind} {name}"


def path_of(finding: Finding) -> str:
    """Give the place in the object; empty: the object as a whole."""
    return finding.path if isinstance(finding, Violation) else ""


def message_of(finding: Finding) -> str:
    """Say what is wrong, and what to do."""
    if isinstance(finding, Unjudged):
        return f"it could not be judged, which is no pass: {finding.why}. {finding.suggestion}"
    return finding.message


def waiver_words(waiver: Waiver | None, state: WaiverState | None) -> str:
    """Say who answers for what may stand, until when and why, or that this has ended; empty: nobody does."""
    if waiver is None:
        return ""
    if state is WaiverState.ENDED:
        return f"the waiver of {waiver.owner} ended with {waiver.ends}: {waiver.reason}"
    soon = ", which is soon" if state is WaiverState.ENDING else ""
    return f"waived by {waiver.owner} until {waiver.ends}{soon}: {waiver.reason}"


def in_one_line(finding: Finding, waiver: Waiver | None = None, state: WaiverState | None = None) -> str:
    """Say all of a finding in one line, its rule first."""
    words = f"{finding.rule} · {object_of(finding)}: {message_of(finding)}"
    waived = waiver_words(waiver, state)
    return f"{words} ({waived})" if waived else words
