"""Verify: run an attempt's checks where the instance runs, and record what they came to."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from headway.app.actions.decide import still_wanted
from headway.app.desk import Desk
from headway.app.instance_folder import namespace_of
from headway.app.ports import CheckRequest
from headway.domain.checks import Check, CheckResult, HttpCheck, JobCheck, SteadyCheck, Verdict
from headway.domain.errors import HeadwayError
from headway.domain.facts import (
    NewFact,
    NoChangePassed,
    QuarantinePlaced,
    VerificationEnded,
    VerificationStarted,
)
from headway.domain.names import InstanceName
from headway.domain.plan.actions import PassNoChange, Verify
from headway.domain.situation import Situation


async def verify(desk: Desk, action: Verify) -> None:
    """Run one attempt to its verdict; asked again after a crash, the same attempt is joined."""

    def is_next(situation: Situation) -> bool:
        return any(
            one.promotion_id == action.promotion_id
            and one.verifying is None
            and one.attempts == action.attempt - 1
            for one in situation.instance(action.instance).underway
        )

    started = VerificationStarted(
        promotion_id=action.promotion_id,
        instance=action.instance,
        deployment_id=action.deployment_id,
        attempt=action.attempt,
    )
    await desk.recorder.record([desk.fact(started)], only_if=is_next)
    attempt = f"{action.deployment_id}-{action.promotion_id}-{action.attempt}"
    results = await run_checks(desk, action.instance, action.checks, attempt, action.holds_for)

    def is_running(situation: Situation) -> bool:
        return any(
            one.promotion_id == action.promotion_id
            and one.verifying == action.deployment_id
            and one.attempts == action.attempt
            for one in situation.instance(action.instance).underway
        )

    ended = VerificationEnded(
        promotion_id=action.promotion_id,
        instance=action.instance,
        deployment_id=action.deployment_id,
        attempt=action.attempt,
        verdict=verdict_of(results),
        results=tuple(results),
    )
    await desk.recorder.record([desk.fact(ended)], only_if=is_running)


async def run_checks(
    desk: Desk,
    instance: InstanceName,
    checks: Sequence[Check],
    attempt: str,
    holds_for: timedelta = timedelta(0),
) -> list[CheckResult]:
    """Run checks side by side; one that cannot be run is errored, never failed."""
    return list(await asyncio.gather(*(_run(desk, instance, check, attempt, holds_for) for check in checks)))


async def _run(
    desk: Desk, instance: InstanceName, check: Check, attempt: str, holds_for: timedelta
) -> CheckResult:
    environment = desk.environment_of(instance)
    try:
        run = await _fixed(desk, check.run)
        return await desk.engine_of(environment).run_check(
            CheckRequest(
                environment=environment,
                instance=instance,
                namespace=namespace_of(desk.situation.estate, instance),
                attempt_id=f"{attempt}-{check.name}",
                check=check.name,
                run=run,
                timeout=check.timeout,
                holds_for=holds_for,
            )
        )
    except HeadwayError as error:
        return CheckResult(check=check.name, verdict=Verdict.ERRORED, words=f"{error.what}: {error.why}")


async def _fixed(desk: Desk, run: HttpCheck | JobCheck | SteadyCheck) -> HttpCheck | JobCheck:
    """Fix a job's image to a digest: what ran is named in the evidence."""
    if isinstance(run, SteadyCheck):
        raise AssertionError
    if isinstance(run, JobCheck):
        return replace(run, image=await desk.outside.registry.resolve(run.image))
    return run


def verdict_of(results: Sequence[CheckResult]) -> Verdict:
    """Join results: one that failed fails all; else one that errored leaves all open."""
    verdicts = {result.verdict for result in results}
    if Verdict.FAILED in verdicts:
        return Verdict.FAILED
    return Verdict.ERRORED if Verdict.ERRORED in verdicts else Verdict.PASSED


async def pass_no_change(desk: Desk, action: PassNoChange) -> None:
    """Let an instance stand at what renders as it runs; checks that differ are run first."""
    facts: list[NewFact] = []
    verdict = Verdict.PASSED
    words = "renders what runs already"
    if action.checks:
        attempt = f"no-change-{action.version.commit[:16]}-{(action.version.digest or '-')[-16:]}"
        results = await run_checks(desk, action.instance, action.checks, attempt)
        verdict = verdict_of(results)
        words = "; ".join(f"{one.check} {one.verdict}: {one.words}" for one in results)
    if verdict is Verdict.PASSED:
        body = NoChangePassed(
            instance=action.instance, artifact=action.artifact, before=action.before, version=action.version
        )
        facts.append(desk.fact(body, reason=words))
    elif verdict is Verdict.FAILED:
        bad = QuarantinePlaced(artifact=action.artifact, version=action.version, instance=action.instance)
        facts.append(desk.fact(bad, reason=words))
    await desk.recorder.record(facts, only_if=still_wanted(desk, action, [action.artifact]))
