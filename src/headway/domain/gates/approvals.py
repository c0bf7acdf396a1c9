"""Gate `approvals`: enough people of the right roles said yes to exactly this change.

An approval is bound to the version, the wave and what would change in each instance; it ends after seven days
or with its giver's role, and never comes from who wrote the configuration or asked for the promotion.
"""

from collections.abc import Collection
from datetime import timedelta
from hashlib import sha256

from headway.domain.estate import Approvals
from headway.domain.gates.outcome import ALLOWED, Allowed, Blocked, Outcome, Question
from headway.domain.gates.rules import rules_at
from headway.domain.names import ArtifactName, Cell, InstanceName, Version
from headway.domain.situation.records import Approval
from headway.domain.situation.shelf import Configuration
from headway.domain.situation.situation import Situation

APPROVAL_LASTS = timedelta(days=7)

Entries = frozenset[tuple[ArtifactName, Version]]


def approvals(question: Question) -> Outcome:
    """Count the approvals of this one change."""
    entries: Entries = frozenset({(question.cell.artifact, question.version)})
    return approved(question, entries)


def approved(question: Question, entries: Entries) -> Outcome:
    """Count the approvals of a set of entries: one artifact's, or a first lock's whole set."""
    situation, instance = question.situation, question.cell.instance
    rule = rules_at(situation, instance.application, question.wave).approvals
    if rule is None:
        return ALLOWED
    counting = approvals_counting(question, entries)
    givers = frozenset(one.by for one in counting)
    if len(givers) >= rule.count:
        return Allowed(until=min(one.at for one in counting) + APPROVAL_LASTS)
    names = ", ".join(sorted(label_of(situation, *entry) for entry in entries))
    have = f", has {len(givers)} ({', '.join(sorted(givers))})" if givers else ""
    target = f"{question.cell.artifact}" if len(entries) == 1 else instance.application
    return Blocked(
        gate="approvals",
        words=f"{names} needs {rule.count} approval(s) for {question.wave.name}{have}",
        who=_who(question, rule, entries, givers, f"headway approve {target} --wave {question.wave.name}"),
    )


def _who(question: Question, rule: Approvals, entries: Entries, givers: frozenset[str], command: str) -> str:
    """Say who can still approve: of the roles, whoever neither made the change nor asked for it."""
    situation, roles = question.situation, " or ".join(rule.roles)
    asked = {question.asked.by} if question.asked is not None else set()
    barred = {one for one in holders(situation, rule) if one in asked or is_involved(situation, one, entries)}
    free = holders(situation, rule) - barred
    if len(free | givers) < rule.count:
        return nobody_else(situation, rule, barred)
    if barred:
        return f"{roles}, but not {', '.join(sorted(barred))}, who made the change or asked for it: {command}"
    return f"{roles}: {command}"


def holders(situation: Situation, rule: Approvals) -> frozenset[str]:
    """Give the people of the roles that a rule names."""
    roles = situation.estate.roles if situation.estate is not None else {}
    return frozenset(person for role in rule.roles for person in roles.get(role, ()))


def nobody_else(situation: Situation, rule: Approvals, barred: Collection[str]) -> str:
    """Say that a rule asks for more people than there are, and who can change that."""
    roles, free = " or ".join(rule.roles), sorted(holders(situation, rule) - frozenset(barred))
    own = f" beside {', '.join(sorted(barred))}, who made the change or asked for it" if barred else ""
    return (
        f"the platform team: estate.yaml gives {roles} to {', '.join(free) or 'nobody'}{own}, and "
        f"{rule.count} must approve; give somebody the role under roles:, or let the wave ask for fewer"
    )


def approvers(question: Question, entries: Entries) -> frozenset[str]:
    """Give the people whose approval of these entries counts in this instance now."""
    return frozenset(one.by for one in approvals_counting(question, entries))


def approvals_counting(question: Question, entries: Entries) -> tuple[Approval, ...]:
    """Give the approvals of these entries that count in this instance now."""
    situation, instance = question.situation, question.cell.instance
    rule = rules_at(situation, instance.application, question.wave).approvals
    if rule is None or situation.estate is None:
        return ()
    difference = difference_of(situation, instance, entries)
    allowed = holders(situation, rule)
    given = situation.approvals.get((instance.application, question.wave.name), ())
    return tuple(
        one
        for one in given
        if one.entries == entries
        and one.differences.get(str(instance)) == difference
        and question.now - one.at < APPROVAL_LASTS
        and one.by in allowed
        and not is_involved(situation, one.by, entries)
        and not (question.asked is not None and question.asked.by == one.by)
    )


def is_involved(situation: Situation, person: str, entries: Entries) -> bool:
    """Say whether a person wrote one of the configurations: nobody approves their own change."""
    return own_configuration(situation, person, entries) is not None


def own_configuration(
    situation: Situation, person: str, entries: Entries
) -> tuple[ArtifactName, Configuration] | None:
    """Give the configuration that a person wrote, by its commit's author, and whose it is; None: none."""
    for artifact, version in sorted(entries):
        configuration = situation.shelf(artifact).configurations.get(version.commit)
        if configuration is None:
            continue
        name, _, address = configuration.author.partition(" <")
        if person in (name, address.rstrip(">"), address.split("@")[0]):
            return artifact, configuration
    return None


def difference_of(situation: Situation, instance: InstanceName, entries: Entries) -> str:
    """Fingerprint what entries would change in an instance: what is locked there, and what would be."""
    lines = []
    for artifact, version in sorted(entries):
        shelf = situation.shelf(artifact)
        locked = situation.cell(Cell(artifact, instance)).locked
        for one in (locked, version):
            rendering = shelf.rendering(one, instance) if one else None
            lines.append(f"{artifact} {one and one.digest} {rendering and rendering.tree}")
    return sha256("\n".join(lines).encode()).hexdigest()[:16]


def pending_set(approval: Approval) -> bool:
    """Say whether an approval was given for a whole set rather than one artifact."""
    return len(approval.entries) > 1


def label_of(situation: Situation, artifact: ArtifactName, version: Version) -> str:
    """Name an entry for people."""
    return f"{artifact.artifact} {situation.shelf(artifact).label(version)}"
