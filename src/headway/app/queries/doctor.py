"""What the engines of the estate lack, environment by environment."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from headway.app.desk import Desk
from headway.domain.diagnosis import Finding, Severity
from headway.domain.errors import Transient
from headway.domain.estate import Environment, Estate
from headway.domain.names import EnvironmentName, InstanceName


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentDiagnosis:
    """One environment, and what its engine lacks."""

    environment: str
    engine: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """All that was asked about."""

    at: datetime
    is_well: bool
    """Whether nothing is wrong; remarks may be there all the same."""
    environments: tuple[EnvironmentDiagnosis, ...]


async def doctor(desk: Desk, environment: str | None = None) -> Diagnosis:
    """Ask the engine of each environment, all at once, or of the one that is named.

    Raises:
        Transient: `estate-not-taken`: no estate is in force yet.
        UsageError: `environment-unknown`.
    """
    estate = desk.situation.estate
    if estate is None:
        raise Transient(
            "estate-not-taken",
            "there is no environment to look at",
            why="no estate is in force yet",
            next_step="see `headway status` for why it was not taken, or ask again in a moment",
        )
    if environment is not None:
        desk.engine_of(EnvironmentName(environment))
    asked = [one for one in estate.environments.values() if environment in (None, one.name)]
    found = await asyncio.gather(*(_diagnose(desk, estate, one) for one in asked))
    wrong = any(one.severity is Severity.WRONG for each in found for one in each.findings)
    return Diagnosis(at=desk.now, is_well=not wrong, environments=tuple(found))


async def _diagnose(desk: Desk, estate: Estate, environment: Environment) -> EnvironmentDiagnosis:
    instances = _instances(desk, estate, environment.name)
    findings = await desk.engine_of(environment.name).diagnose(environment.name, instances)
    return EnvironmentDiagnosis(
        environment=environment.name, engine=environment.engine, findings=tuple(findings)
    )


def _instances(desk: Desk, estate: Estate, environment: EnvironmentName) -> list[InstanceName]:
    return [
        instance
        for application in estate.applications
        for instance in estate.instances(application)
        if desk.environment_of(instance) == environment
    ]
