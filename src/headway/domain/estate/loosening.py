"""What a new estate loosens: it waits until somebody who held that power before accepts it (rule 8).

Loosened is a shorter soak, fewer or wider approvals, a freeze that is gone, a wave that no longer waits,
changes more instances at a time or tries again more often, images that no longer change one at a time, a
gated wave or a whole lane that an application no longer passes, a role given, a standard waived anew, more
widely or for longer, or no longer asked, and an environment whose manifests are no longer judged by schemas.
"""

from collections.abc import Iterator

from headway.domain.estate.application import Application
from headway.domain.estate.estate import Estate
from headway.domain.estate.lane import Approvals, GateRules, Wave


def loosenings(before: Estate, after: Estate) -> tuple[str, ...]:
    """Say in a line each what `after` loosens; nothing: it may take force by itself."""
    found = [*_roles(before, after), *_standards(before, after)]
    for name, application in after.applications.items():
        known = before.applications.get(name)
        if known is None:
            continue
        found += _images(known, application)
        waves = {wave.name: wave for wave in after.lanes[application.lane].waves}
        for wave in before.lanes[known.lane].waves:
            rules = joined(wave.gates, known.tightened.get(wave.name))
            now = waves.get(wave.name)
            if now is None:
                found += [f"{name} no longer passes {wave.name}"] if rules != GateRules() else []
                continue
            there = f"{name} at {wave.name}"
            found += _gates(there, rules, joined(now.gates, application.tightened.get(now.name)))
            found += _conduct(there, wave, now)
    return tuple(dict.fromkeys(found))


def joined(lane: GateRules, own: GateRules | None) -> GateRules:
    """Join a lane's rules with a team's own; the stricter of both holds."""
    if own is None:
        return lane
    return GateRules(
        soak=max(own.soak, lane.soak),
        approvals=_stricter(own.approvals, lane.approvals),
        freezes=(*lane.freezes, *own.freezes),
    )


def _stricter(own: Approvals | None, lane: Approvals | None) -> Approvals | None:
    if own is None or lane is None:
        return own or lane
    return own if own.count >= lane.count else lane


def _roles(before: Estate, after: Estate) -> Iterator[str]:
    for role, people in sorted(after.roles.items()):
        for person in people:
            if person not in before.roles.get(role, ()):
                yield f"{person} gets the role {role}"


def _standards(before: Estate, after: Estate) -> Iterator[str]:
    ends = {(one.rule, one.scope): one.ends for one in before.waivers}
    for waiver in after.waivers:
        known = ends.get((waiver.rule, waiver.scope))
        if known is None or known < waiver.ends:
            yield f"{waiver.rule} is waived for {waiver.scope} until {waiver.ends}"
    for standard in before.standards:
        if standard not in after.standards:
            yield f"the standard {standard} is no longer asked"
    for name, environment in before.environments.items():
        now = after.environments.get(name)
        if environment.kubernetes is not None and now is not None and now.kubernetes is None:
            yield f"{name}: manifests are no longer judged by the schemas of a Kubernetes"


def _images(before: Application, after: Application) -> Iterator[str]:
    for name, artifact in before.artifacts.items():
        now = after.artifacts.get(name)
        if artifact.one_image_at_a_time and now is not None and not now.one_image_at_a_time:
            yield f"{artifact.name}: its images no longer change one at a time"


def _gates(there: str, before: GateRules, after: GateRules) -> Iterator[str]:
    if after.soak < before.soak:
        yield f"{there}: soak {before.soak} becomes {after.soak}"
    if before.approvals is not None:
        if after.approvals is None or after.approvals.count < before.approvals.count:
            count = after.approvals.count if after.approvals else 0
            yield f"{there}: {before.approvals.count} approval(s) become {count}"
        elif not set(after.approvals.roles) <= set(before.approvals.roles):
            wider = sorted(set(after.approvals.roles) - set(before.approvals.roles))
            yield f"{there}: {', '.join(wider)} may approve too"
    for freeze in before.freezes:
        if freeze not in after.freezes:
            yield f"{there}: the freeze {freeze.schedule!r} ({freeze.time_zone}) is gone or another"


def _conduct(there: str, before: Wave, after: Wave) -> Iterator[str]:
    if before.waits_for_absent and not after.waits_for_absent:
        yield f"{there}: no longer waits for an instance that is held or away"
    if before.max_parallel is not None and (
        after.max_parallel is None or after.max_parallel > before.max_parallel
    ):
        wider = f"{after.max_parallel}" if after.max_parallel else "all of its"
        yield f"{there}: changes {wider} instance(s) at a time, not {before.max_parallel}"
    if after.retries_a_day > before.retries_a_day:
        more = f"{after.retries_a_day} time(s) a day after a rollback, not {before.retries_a_day}"
        yield f"{there}: tries again {more}"
