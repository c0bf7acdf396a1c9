"""Which checks judge a change, read from the configurations that are locked by it."""

from datetime import timedelta

from headway.domain.checks import Check, SteadyCheck
from headway.domain.estate import Wave
from headway.domain.names import ArtifactName, Version
from headway.domain.situation.situation import Situation


def checks_of(
    situation: Situation, entries: tuple[tuple[ArtifactName, Version], ...], wave: Wave
) -> tuple[Check, ...]:
    """Give the checks of all entries at a wave, each name once, in a stable order."""
    found: dict[str, Check] = {}
    for artifact, version in entries:
        configuration = situation.shelf(artifact).configurations.get(version.commit)
        for check in configuration.checks if configuration else ():
            if check.artifacts and artifact.artifact not in check.artifacts:
                continue
            if check.waves and wave.name not in check.waves:
                continue
            found.setdefault(check.name, check)
    return tuple(found[name] for name in sorted(found))


def to_run(checks: tuple[Check, ...]) -> tuple[Check, ...]:
    """Give the checks that are run; a steady one is only waited for."""
    return tuple(check for check in checks if not isinstance(check.run, SteadyCheck))


def steady_for(checks: tuple[Check, ...]) -> timedelta:
    """Give how long the change must stay healthy; zero: no check asks for it."""
    return max(
        (check.run.lasts for check in checks if isinstance(check.run, SteadyCheck)), default=timedelta(0)
    )
