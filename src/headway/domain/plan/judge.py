"""The judgement of a promotion under way: wait, verify, or conclude (rules 4 and 5)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from headway.domain.checks import Check, CheckResult, Verdict
from headway.domain.deployment import ArtifactHealth, Cause, DeploymentState
from headway.domain.estate import Wave
from headway.domain.facts import Change, Outcome, PromotionKind
from headway.domain.names import ArtifactName, Cell, InstanceName, Version
from headway.domain.plan.actions import Action, Conclude, Interrupt, Push, Verify
from headway.domain.plan.checks import checks_of, steady_for, to_run
from headway.domain.situation.absence import is_any_away, time_away
from headway.domain.situation.records import InstanceState, Underway, is_standing
from headway.domain.situation.situation import Situation

VERIFY_AGAIN_AFTER = timedelta(seconds=5)
"""How long an attempt that could not tell is waited for before the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What follows for one promotion under way; no action: it is waited for."""

    action: Action | None = None
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One promotion before its judge."""

    situation: Situation
    instance: InstanceName
    underway: Underway
    wave: Wave
    wave_index: int
    now: datetime

    @property
    def state(self) -> InstanceState:
        """Give the instance's state."""
        return self.situation.instance(self.instance)

    def changed(self) -> tuple[tuple[ArtifactName, Version], ...]:
        """Give what this promotion put in and what still stands: what its verdict is about."""
        return tuple((one.artifact, one.after) for one in self.standing() if one.after is not None)

    def standing(self) -> tuple[Change, ...]:
        """Give the changes that the lock still holds: a first lock may have lost some to later promotions."""
        return tuple(one for one in self.underway.changes if is_standing(self.state, one))

    def entries(self) -> tuple[tuple[ArtifactName, Version], ...]:
        """Give what this promotion's verification covers: its changes, and what was never verified here."""
        lock = self.state.lock or {}
        names = {artifact.artifact for artifact, _ in self.changed()}
        return self.changed() + tuple(
            (ArtifactName(self.instance.application, name), lock[name])
            for name in sorted(self.state.never_verified - names)
            if name in lock and self._is_healthy(name)
        )

    def verified(self) -> tuple[tuple[ArtifactName, Version], ...]:
        """Give what a passed verification is evidence for: its own, and others whose checks passed."""
        passed = {result.check for result in self.underway.results if result.verdict is Verdict.PASSED}
        return self.changed() + tuple(
            entry
            for entry in self.entries()[len(self.changed()) :]
            # One that became healthy only after the checks began was not asked.
            if all(check.name in passed for check in to_run(checks_of(self.situation, (entry,), self.wave)))
        )

    def results(self) -> tuple[CheckResult, ...]:
        """Give the results that judge what this promotion put in: no other's condemn it (rule 4)."""
        own = {check.name for check in checks_of(self.situation, self.changed(), self.wave)}
        return tuple(result for result in self.underway.results if result.check in own)

    def verdict(self) -> Verdict | None:
        """Give the verdict on what this promotion put in; None: there is none yet."""
        if self.underway.verdict is None or not self.underway.results:
            return self.underway.verdict
        verdicts = {result.verdict for result in self.results()}
        worst = (one for one in (Verdict.FAILED, Verdict.ERRORED) if one in verdicts)
        return next(worst, Verdict.PASSED)

    def _is_healthy(self, name: str) -> bool:
        seen = self.state.health.get(name)
        return seen is not None and seen.state is DeploymentState.HEALTHY

    def healths(self) -> dict[str, ArtifactHealth | None]:
        """Give the engine's view of each artifact that the promotion put in; None: not known."""
        return {artifact.artifact: self.state.health.get(artifact.artifact) for artifact, _ in self.changed()}

    def has_not_begun(self) -> bool:
        """Say whether the engine says that it has not begun with this lock."""
        seen = self.healths().values()
        return bool(seen) and all(one is not None and one.state is DeploymentState.PENDING for one in seen)

    def deadline(self, start: datetime, allowed: timedelta) -> datetime:
        """Give when a clock that stands while sources are away runs out."""
        return start + allowed + time_away(self.situation, self.instance, start, self.now)


def given_up_at(trial: Trial) -> datetime | None:
    """Say when a promotion that is not healthy yet is given up; None: no clock of its runs now."""
    one = trial.underway
    if one.landed_at is None or one.healthy_at is not None or trial.state.touched is not None:
        return None
    if is_any_away(trial.situation, trial.instance):
        return None
    return trial.deadline(one.begins_at or one.landed_at, trial.wave.deployment_timeout)


def judge(trial: Trial) -> Judgement:
    """Say what follows for a promotion under way."""
    one, state = trial.underway, trial.state
    if state.touched is not None:
        # What runs there need not be ours: nothing of it is believed, nor held against a version.
        return Judgement()
    if one.landed_at is None:
        return Judgement(action=Push(instance=trial.instance, promotion_id=one.promotion_id))
    if _is_replaced(one, state):
        return Judgement(
            action=_conclude(trial, Outcome.REPLACED, "another commit changed the same artifact")
        )
    found = _found_bad(trial)
    if found is not None:
        return Judgement(action=_bad(trial, found))
    if one.healthy_at is None:
        return _not_healthy(trial, one.landed_at)
    return _healthy(trial, one.healthy_at)


def _found_bad(trial: Trial) -> str | None:
    """Say what condemns the version; None: nothing does."""
    if trial.verdict() is Verdict.FAILED:
        return _words_of_checks(trial)
    bad = (DeploymentState.FAILED, DeploymentState.DEGRADED)
    for name, seen in trial.healths().items():
        if seen and seen.cause is Cause.VERSION and seen.state in bad:
            return f"{name} {seen.state}: {seen.words}"
    return None


def _is_replaced(one: Underway, state: InstanceState) -> bool:
    return not any(is_standing(state, change) for change in one.changes)


def _not_healthy(trial: Trial, landed_at: datetime) -> Judgement:
    if is_any_away(trial.situation, trial.instance):
        return Judgement()
    one = trial.underway
    end = trial.deadline(one.begins_at or landed_at, trial.wave.deployment_timeout)
    if trial.has_not_begun() and one.interrupted_at is None and (one.is_remedy or trial.now >= end):
        # What cures goes before whatever the engine still does; anything else, only when its time is up.
        is_last = trial.now >= end
        interrupt = Interrupt(instance=trial.instance, promotion_id=one.promotion_id, is_last=is_last)
        return Judgement(action=interrupt, next_at=None if is_last else end)
    if trial.now < end:
        return Judgement(next_at=end)
    unknown = [name for name, seen in trial.healths().items() if seen is None]
    if unknown:
        return Judgement(action=_unclear(trial, f"the engine said nothing of {', '.join(unknown)}"))
    for name, seen in trial.healths().items():
        if seen and (seen.cause is Cause.SURROUNDINGS or seen.state is DeploymentState.PENDING):
            return Judgement(action=_unclear(trial, f"{name}: {seen.words or seen.state}"))
    words = "; ".join(f"{name} {seen.state}: {seen.words}" for name, seen in trial.healths().items() if seen)
    limit = trial.wave.deployment_timeout
    return Judgement(action=_bad(trial, f"not ready within {limit}: {words}"))


def _healthy(trial: Trial, healthy_at: datetime) -> Judgement:
    one = trial.underway
    checks = checks_of(trial.situation, trial.entries(), trial.wave)
    running = to_run(checks)
    if one.verifying is not None:
        # Asked again while it runs, so that a crash in the middle is healed: the same attempt is joined.
        return Judgement(action=_verify(trial, checks, again=True))
    if _waits_its_turn(trial):
        return Judgement()
    if one.verdict is None and running:
        return Judgement(action=_verify(trial, checks))
    if trial.verdict() is Verdict.ERRORED:
        return _errored(trial, healthy_at, checks)
    steady = healthy_at + steady_for(checks)
    if trial.now < steady:
        return Judgement(next_at=steady)
    return Judgement(
        action=_conclude(trial, Outcome.VERIFIED, _words_of_checks(trial), verified=trial.verified())
    )


def _errored(trial: Trial, healthy_at: datetime, checks: tuple[Check, ...]) -> Judgement:
    one = trial.underway
    end = trial.deadline(healthy_at, trial.wave.verification_timeout)
    if not is_any_away(trial.situation, trial.instance) and trial.now >= end:
        return Judgement(action=_unclear(trial, f"no verdict in time: {_words_of_checks(trial)}"))
    again = (one.attempted_at or trial.now) + VERIFY_AGAIN_AFTER
    if trial.now < again:
        return Judgement(next_at=again)
    return Judgement(action=_verify(trial, checks))


def _waits_its_turn(trial: Trial) -> bool:
    """Changes of one instance are verified one after the other, in the order in which they landed."""
    for other in trial.state.underway:
        if other.promotion_id == trial.underway.promotion_id:
            return False
        if other.landed_at is not None and not _is_replaced(other, trial.state):
            return True
    return False


def _verify(trial: Trial, checks: tuple[Check, ...], *, again: bool = False) -> Verify:
    one = trial.underway
    deployment = trial.state.deployment
    return Verify(
        instance=trial.instance,
        promotion_id=one.promotion_id,
        deployment_id=deployment if deployment is not None else one.promotion_id,
        attempt=one.attempts if again else one.attempts + 1,
        checks=to_run(checks),
        holds_for=steady_for(checks),
    )


def _bad(trial: Trial, words: str) -> Conclude:
    """The version was seen to be bad: quarantined where it is new, held where that stops harm."""
    one = trial.underway
    if one.kind is PromotionKind.FIRST_LOCK:
        return _conclude(trial, Outcome.LEFT, f"first lock failed: {words}", holds=(None,))
    if one.kind is not PromotionKind.PROMOTION:
        # Rule 5: a rollback that fails is never rolled back; the whole instance waits for a person.
        return _conclude(trial, Outcome.LEFT, f"{one.kind} failed: {words}", holds=(None,))
    quarantines = tuple((change.artifact, change.after) for change in one.changes if change.after is not None)
    names = tuple(change.artifact.artifact for change in one.changes)
    return _conclude(
        trial,
        Outcome.FAILED,
        words,
        quarantines=quarantines,
        holds=() if trial.wave_index == 0 or _may_retry(trial) else names,
    )


def _unclear(trial: Trial, words: str) -> Conclude:
    """We could not tell in time: nobody is blamed, the earlier version comes back, the instance is held."""
    one = trial.underway
    if one.kind is PromotionKind.PROMOTION:
        return _conclude(trial, Outcome.WITHDRAWN, words, holds=(None,))
    return _conclude(trial, Outcome.LEFT, f"{one.kind} could not be judged: {words}", holds=(None,))


def _may_retry(trial: Trial) -> bool:
    day_ago = trial.now - timedelta(days=1)
    for change in trial.underway.changes:
        remedies = trial.situation.cell(Cell(change.artifact, trial.instance)).remedies
        if len([at for at in remedies if at > day_ago]) >= trial.wave.retries_a_day:
            return False
    return True


def _words_of_checks(trial: Trial) -> str:
    results = trial.results()
    bad = [f"{result.check}: {result.words}" for result in results if result.verdict is not Verdict.PASSED]
    return "; ".join(bad) or ", ".join(f"{result.check} passed" for result in results) or "healthy"


def _conclude(
    trial: Trial,
    outcome: Outcome,
    reason: str,
    *,
    verified: tuple[tuple[ArtifactName, Version], ...] = (),
    quarantines: tuple[tuple[ArtifactName, Version], ...] = (),
    holds: tuple[str | None, ...] = (),
) -> Conclude:
    return Conclude(
        instance=trial.instance,
        promotion_id=trial.underway.promotion_id,
        outcome=outcome,
        reason=reason,
        verified=verified,
        quarantines=quarantines,
        holds=holds,
    )
