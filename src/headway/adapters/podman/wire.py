"""The JSON that agent and client exchange; both ends use these functions, so the forms cannot drift apart."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from headway.app.ports import CheckRequest, Reference
from headway.domain.checks import CheckResult, HttpCheck, JobCheck, Verdict
from headway.domain.deployment import ArtifactHealth, Cause, DeploymentState, Observation
from headway.domain.names import CommitId, EnvironmentName, PromotionId, parse_instance


def observation_to_json(observation: Observation) -> dict[str, Any]:
    """Write an observation."""
    return {
        "instance": str(observation.instance),
        "promotion_id": observation.promotion_id,
        "revision": observation.revision,
        "artifacts": {name: asdict(health) for name, health in observation.artifacts.items()},
        "seen_at": observation.seen_at.isoformat(),
    }


def observation_from_json(value: Mapping[str, Any]) -> Observation:
    """Read an observation."""
    return Observation(
        instance=parse_instance(value["instance"]),
        promotion_id=PromotionId(value["promotion_id"]) if value["promotion_id"] else None,
        revision=CommitId(value["revision"]) if value["revision"] else None,
        artifacts={
            name: ArtifactHealth(
                state=DeploymentState(health["state"]), cause=Cause(health["cause"]), words=health["words"]
            )
            for name, health in value["artifacts"].items()
        },
        seen_at=datetime.fromisoformat(value["seen_at"]),
    )


def check_to_json(request: CheckRequest) -> dict[str, Any]:
    """Write a check's request."""
    kind = "http" if isinstance(request.run, HttpCheck) else "job"
    return {
        "environment": request.environment,
        "instance": str(request.instance),
        "namespace": request.namespace,
        "attempt_id": request.attempt_id,
        "check": request.check,
        "timeout_s": request.timeout.total_seconds(),
        "holds_for_s": request.holds_for.total_seconds(),
        kind: asdict(request.run),
    }


def check_from_json(value: Mapping[str, Any]) -> CheckRequest:
    """Read a check's request."""
    run: HttpCheck | JobCheck
    if "http" in value:
        run = HttpCheck(**value["http"])
    else:
        job = value["job"]
        run = JobCheck(
            image=job["image"],
            command=tuple(job["command"]),
            environment=tuple((name, text) for name, text in job["environment"]),
        )
    return CheckRequest(
        environment=EnvironmentName(value["environment"]),
        instance=parse_instance(value["instance"]),
        namespace=value["namespace"],
        attempt_id=value["attempt_id"],
        check=value["check"],
        run=run,
        timeout=timedelta(seconds=value["timeout_s"]),
        holds_for=timedelta(seconds=value.get("holds_for_s", 0.0)),
    )


def result_to_json(result: CheckResult) -> dict[str, Any]:
    """Write a check's result."""
    return asdict(result)


def result_from_json(value: Mapping[str, Any]) -> CheckResult:
    """Read a check's result."""
    return CheckResult(check=value["check"], verdict=Verdict(value["verdict"]), words=value["words"])


def references_to_json(references: Sequence[Reference]) -> list[dict[str, Any]]:
    """Write references."""
    return [asdict(reference) for reference in references]


def references_from_json(value: Sequence[Mapping[str, Any]]) -> list[Reference]:
    """Read references."""
    return [Reference(kind=str(one["kind"]), name=str(one["name"])) for one in value]
