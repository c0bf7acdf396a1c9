"""Renders two states of an estate and compares them: what runs, or a commit, with what would."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from headway.app.rendered_diff.differences import Differences, differences
from headway.app.rendered_diff.objects import Objects
from headway.app.standards.telling import Mistake, tell_mistakes
from headway.bootstrap.checkouts import Checkouts, open_checkouts, open_parted
from headway.bootstrap.desk_rendering import (
    Place,
    Renderings,
    render_all,
    rendering_cache,
    require_renderer,
)
from headway.bootstrap.desk_standards import read_checkouts
from headway.bootstrap.what_runs import what_runs
from headway.domain.errors import HeadwayError
from headway.domain.estate import Estate
from headway.interfaces.cli.composition import DiffSettings


async def diff_estate(settings: DiffSettings) -> Differences:
    """Compare what folders, or a revision of theirs, render to.

    Raises:
        EstateInvalid: with every problem of every file.
        UsageError: `folder-missing`, `folder-no-repository`, `folder-no-remote`, `commit-unknown`.
        Transient: `git-remote-away`, `renderer-away`.
    """
    require_renderer()
    checkouts = await open_checkouts(settings.folders, settings.commit)
    read = read_checkouts(checkouts)
    remarks = tuple(str(one) for one in read.warnings)
    with rendering_cache() as cache:
        if settings.base is None:
            found = await _with_what_runs(checkouts, read.estate, cache)
        else:
            parted = await open_parted(settings.folders, settings.base, settings.commit)
            found = await _with_a_commit(settings.base, parted, checkouts, read.estate, cache)
    return replace(found, remarks=(*remarks, *found.remarks))


async def _with_a_commit(
    base: str, parted: Checkouts, checkouts: Checkouts, estate: Estate, cache: Path
) -> Differences:
    earlier = read_checkouts(parted).estate
    after = await render_all(checkouts, estate, cache)
    before = await render_all(parted, earlier, cache)
    # What did not render before is no nothing: what renders now cannot be compared with it.
    unknown = {**before.mistakes, **after.mistakes}
    gone = _made(before).keys() - _places(checkouts, estate).keys()
    return Differences(
        base=f"{base} ({', '.join(one.commit[:12] for one in parted.values())})",
        found=differences(_made(before), _made(after), _compared(checkouts, estate, unknown), estate),
        compared=len(after.made),
        mistakes=(
            *tell_mistakes(after.mistakes, estate),
            *_only_before(before.mistakes, after.mistakes, earlier),
        ),
        remarks=_gone(gone),
    )


async def _with_what_runs(checkouts: Checkouts, estate: Estate, cache: Path) -> Differences:
    running = await what_runs(checkouts, estate)
    after = await render_all(checkouts, estate, cache, running.references)
    unknown = {**running.mistakes, **after.mistakes}
    gone = running.objects.keys() - _places(checkouts, estate).keys()
    return Differences(
        base="what runs",
        found=differences(running.objects, _made(after), _compared(checkouts, estate, unknown), estate),
        compared=len(after.made),
        mistakes=(
            *tell_mistakes(after.mistakes, estate),
            *_only_before(running.mistakes, after.mistakes, estate),
        ),
        remarks=_gone(gone),
    )


def _made(rendered: Renderings) -> dict[Place, Objects]:
    return {(one.artifact, one.instance): one.objects for one in rendered.made}


def _places(checkouts: Checkouts, estate: Estate) -> dict[Place, None]:
    """Give all that can be compared, artifact by artifact, instances in lane order."""
    return {
        (artifact.name, instance): None
        for application in estate.applications.values()
        if application.repository in checkouts
        for artifact in application.artifacts.values()
        for instance in estate.instances(application.name)
    }


def _compared(checkouts: Checkouts, estate: Estate, unknown: Mapping[Place, HeadwayError]) -> list[Place]:
    return [one for one in _places(checkouts, estate) if one not in unknown]


def _only_before(
    before: Mapping[Place, HeadwayError], after: Mapping[Place, HeadwayError], estate: Estate
) -> tuple[Mistake, ...]:
    """Tell what was wrong in the earlier state alone."""
    return tell_mistakes({place: error for place, error in before.items() if place not in after}, estate)


def _gone(places: "set[Place]") -> tuple[str, ...]:
    """Say what no file names any more; nothing is removed for that."""
    named = sorted(f"{artifact} in {instance.instance}" for artifact, instance in places)
    return tuple(f"{one}: no file names it any more; what runs there stays" for one in named)
