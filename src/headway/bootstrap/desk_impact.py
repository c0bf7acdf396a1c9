"""What a change of standards would block and open, in what waits and in what runs, before it takes force."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from headway.app.standards.comparing import shift
from headway.app.standards.judging import RenderedArtifact, Ruled
from headway.app.standards.telling import Told, tell_mistakes
from headway.bootstrap.checkouts import Checkouts, open_checkouts, open_parted
from headway.bootstrap.desk_rendering import Place, render_all, rendering_cache, require_renderer
from headway.bootstrap.desk_standards import Rules, read_checkouts, rules_of, tell_found
from headway.bootstrap.what_runs import Running, what_runs
from headway.domain.estate import Estate
from headway.domain.estate.loosening import loosenings
from headway.interfaces.cli.composition import Impact, ImpactSettings


async def weigh_impact(settings: ImpactSettings) -> Impact:
    """Judge the same manifests by the standards of before and by those of the change.

    Raises:
        EstateInvalid, UsageError, Transient: see `Composition.impact`.
    """
    require_renderer()
    checkouts = await open_checkouts(settings.folders, settings.commit)
    parted = await open_parted(settings.folders, settings.base, settings.commit)
    estate, before = read_checkouts(checkouts).estate, read_checkouts(parted).estate
    earlier = _Standards(_as_before(estate, before), await rules_of(parted, before))
    later = _Standards(estate, await rules_of(checkouts, estate))
    running = await what_runs(checkouts, estate)
    with rendering_cache() as cache:
        rendered = await render_all(checkouts, estate, cache)
    waits = await _weigh(checkouts, estate, earlier, later, rendered.made)
    runs = await _weigh(
        checkouts,
        estate,
        earlier.of_what_runs(),
        later.of_what_runs(),
        _as_rendered(running, checkouts, estate),
    )
    known = {(one.file, one.field, one.why) for one in earlier.rules.compiled.problems}
    return Impact(
        base=settings.base,
        blocks=waits[0],
        blocks_running=runs[0],
        opens=waits[1],
        loosens=loosenings(before, estate),
        broken=tuple(
            one for one in later.rules.compiled.problems if (one.file, one.field, one.why) not in known
        ),
        mistakes=(*tell_mistakes(rendered.mistakes, estate), *tell_mistakes(running.mistakes, estate)),
    )


@dataclass(frozen=True, slots=True)
class _Standards:
    """What is asked, and the estate that says of whom and what is waived."""

    estate: Estate
    rules: Rules

    async def judge(self, made: Sequence[RenderedArtifact]) -> Ruled:
        return await self.rules.judge.rule(self.estate, made, datetime.now(UTC))

    def of_what_runs(self) -> "_Standards":
        """Leave parity out: what runs stands at another version in each instance."""
        return _Standards(self.estate, replace(self.rules, judge=self.rules.plain.without_parity()))


async def _weigh(
    checkouts: Checkouts,
    estate: Estate,
    earlier: _Standards,
    later: _Standards,
    made: Sequence[RenderedArtifact],
) -> tuple[tuple[Told, ...], tuple[Told, ...]]:
    found = shift(await earlier.judge(made), await later.judge(made))
    told = [
        await tell_found(checkouts, estate, Ruled(found=each, next_at=None))
        for each in (found.blocked, found.opened)
    ]
    return told[0], told[1]


def _as_before(estate: Estate, before: Estate) -> Estate:
    """Give the estate of the change as it would be judged if no standard had changed."""
    environments = {
        name: replace(one, kubernetes=before.environments[name].kubernetes)
        if name in before.environments
        else one
        for name, one in estate.environments.items()
    }
    applications = {
        name: replace(one, parity=before.applications[name].parity) if name in before.applications else one
        for name, one in estate.applications.items()
    }
    return replace(
        estate,
        environments=environments,
        applications=applications,
        standards=before.standards,
        waivers=before.waivers,
    )


def _as_rendered(running: Running, checkouts: Checkouts, estate: Estate) -> list[RenderedArtifact]:
    known: Mapping[Place, None] = {
        (artifact.name, instance): None
        for application in estate.applications.values()
        if application.repository in checkouts
        for instance in estate.instances(application.name)
        for artifact in application.artifacts.values()
    }
    return [
        RenderedArtifact(artifact=place[0], instance=place[1], objects=tuple(running.objects[place]))
        for place in known
        if place in running.objects
    ]
