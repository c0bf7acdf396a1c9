"""The messages of the commits that Headway makes: a subject for people, trailers for machines."""

from collections.abc import Sequence

from headway.domain.facts import Change, PromotionKind
from headway.domain.names import ArtifactName, Cell, InstanceName, Version
from headway.domain.promotion_id import full
from headway.domain.situation import Situation
from headway.domain.situation.records import Underway

AUTHOR = "Headway <headway@headway.dev>"

_VERBS = {
    PromotionKind.PROMOTION: "Promote",
    PromotionKind.FIRST_LOCK: "Lock",
    PromotionKind.ROLLBACK: "Roll back",
    PromotionKind.WITHDRAWAL: "Withdraw",
}


def promotion_message(situation: Situation, instance: InstanceName, promotion: Underway) -> str:
    """Write a promotion's message; what it says of versions is what is known of them now."""
    lines = [_subject(situation, instance, promotion), ""]
    if promotion.reason:
        lines += [_one_line(promotion.reason), ""]
    lines += [f"Promotion-Id: {promotion.promotion_id}", f"Instance: {instance}"]
    for change in promotion.changes:
        lines += _trailers_of(situation, instance, promotion, change)
    lines += [f"Does-Not-Meet: {_one_line(one)}" for one in promotion.unmet]
    lines.append(f"Promoted-By: {_one_line(promotion.asked_by or 'headway')}")
    if promotion.reason:
        lines.append(f"Reason: {_one_line(promotion.reason)}")
    return "\n".join(lines) + "\n"


def _subject(situation: Situation, instance: InstanceName, promotion: Underway) -> str:
    verb = _VERBS[promotion.kind]
    if promotion.kind is PromotionKind.FIRST_LOCK:
        return f"{verb} {instance} for the first time"
    change = promotion.changes[0]
    if change.after is None:
        return f"{verb} {change.artifact} in {instance}: taken out"
    label = situation.shelf(change.artifact).label(change.after)
    preposition = "into" if promotion.kind is PromotionKind.PROMOTION else "to"
    if promotion.kind is PromotionKind.PROMOTION:
        return f"{verb} {change.artifact} {label} {preposition} {instance}"
    return f"{verb} {change.artifact} in {instance} {preposition} {label}"


def _trailers_of(
    situation: Situation, instance: InstanceName, promotion: Underway, change: Change
) -> list[str]:
    lines = [f"Artifact: {change.artifact}", f"Version: {full(change.after)}"]
    lines.append(f"Previous-Version: {full(change.before)}")
    if change.after is not None:
        image = situation.shelf(change.artifact).images.get(change.after.digest or "")  # type: ignore[arg-type]
        if image is not None and image.source_commit:
            lines.append(f"Source-Commit: {_one_line(image.source_commit)}")
        lines.append(f"Configuration-Commit: {change.after.commit}")
        lines += [
            f"Evidence: {where} {change.artifact} {full(change.after)}"
            for where in evidence_for(situation, change.artifact, change.after, instance)
        ]
    if promotion.kind is PromotionKind.ROLLBACK and change.before is not None:
        who = "person" if promotion.asked_by else "headway"
        lines.append(f"Rolls-Back: {change.artifact} {full(change.before)} {who}")
    return lines


def evidence_for(
    situation: Situation, artifact: ArtifactName, version: Version, instance: InstanceName
) -> Sequence[InstanceName]:
    """Give the instances of the wave before that verified a version."""
    index = situation.wave_index(instance) or 0
    for wave in reversed(situation.lane(instance.application)[:index]):
        instances = situation.wave_instances(instance.application, wave)
        if instances:
            return [one for one in instances if version in situation.cell(Cell(artifact, one)).verified]
    return []


def stops_message(situation: Situation, instance: InstanceName, fingerprint: str) -> str:
    """Write the message of a commit that only says what stops."""
    holds = situation.instance(instance).holds.values()
    words = "; ".join(f"held by {hold.owner}: {_one_line(hold.reason)}" for hold in holds) or "nothing held"
    lines = [f"Write the stops of {instance}", "", words, "", f"Instance: {instance}"]
    lines += [f"Hold: {hold.hold_id}" for hold in holds]
    lines.append(f"Stops: {fingerprint or 'none'}")
    return "\n".join(lines) + "\n"


def _one_line(text: str) -> str:
    """A trailer is one line; what people wrote may hold more, or try to."""
    return " ".join(text.split())
