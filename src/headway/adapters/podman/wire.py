"""The JSON that agent and client exchange; both ends use these functions, so the forms cannot drift apart."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter

from headway.app.ports import CheckRequest, Reference
from headway.domain.checks import CheckResult, HttpCheck, JobCheck, Verdict
from headway.domain.deployment import ArtifactHealth, Cause, DeploymentState, Observation
from headway.domain.live import LiveInstance, LogRequest, LogTail
from headway.domain.names import CommitId, EnvironmentName, PromotionId, parse_instance

_LIVE = TypeAdapter(LiveInstance)
_LOG = TypeAdapter(LogTail)


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


def live_to_json(live: LiveInstance) -> dict[str, Any]:
    """Write what runs of an instance."""
    written: dict[str, Any] = _LIVE.dump_python(live, mode="json")
    return written


def live_from_json(value: object) -> LiveInstance:
    """Read what runs of an instance.

    Raises:
        ValueError: it is something else.
    """
    return _LIVE.validate_python(value)


def log_request_to_json(request: LogRequest) -> dict[str, Any]:
    """Write a request for a log."""
    return {**asdict(request), "instance": str(request.instance)}


def log_request_from_json(value: Mapping[str, Any]) -> LogRequest:
    """Read a request for a log."""
    return LogRequest(**{**value, "instance": parse_instance(str(value["instance"]))})


def log_to_json(tail: LogTail) -> dict[str, Any]:
    """Write a log's end."""
    written: dict[str, Any] = _LOG.dump_python(tail, mode="json")
    return written


def log_from_json(value: object) -> LogTail:
    """Read a log's end.

    Raises:
        ValueError: it is something else.
    """
    return _LOG.validate_python(value)
