"""Renders two states of an estate and compares them: what runs, or a commit, with what would."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from headway.adapters.git.local import LocalRepository
from headway.app.instance_folder import folder_of, read_folder_at
from headway.app.rendered_diff.differences import Differences, differences
from headway.app.rendered_diff.objects import Objects
from headway.app.standards.judging import environment_of
from headway.app.standards.telling import Mistake, tell_mistakes
from headway.bootstrap.checkouts import Checkouts, open_checkouts, open_parted
from headway.bootstrap.desk_rendering import (
    Place,
    Renderings,
    can_render,
    read_objects,
    render_all,
    rendering_cache,
)
from headway.bootstrap.desk_standards import read_checkouts
from headway.domain.errors import HeadwayError, Transient, UsageError
from headway.domain.estate import Estate
from headway.domain.names import ArtifactName, CommitId, InstanceName
from headway.interfaces.cli.composition import DiffSettings


async def diff_estate(settings: DiffSettings) -> Differences:
    """Compare what folders, or a revision of theirs, render to.

    Raises:
        EstateInvalid: with every problem of every file.
        UsageError: `folder-missing`, `folder-no-repository`, `folder-no-remote`, `commit-unknown`.
        Transient: `git-remote-away`, `renderer-away`.
    """
    if not can_render():
        raise Transient(
            "renderer-away",
            "nothing can be compared",
            why="the Kustomize program is not found",
            next_step="put it on PATH, or name it with HEADWAY_KUSTOMIZE",
        )
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
    running = await _what_runs(checkouts, estate)
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


@dataclass(slots=True)
class _Running:
    """What environment branches say of instances."""

    objects: dict[Place, Objects] = field(default_factory=dict)
    references: dict[Place, str] = field(default_factory=dict)
    """The image that each is locked to."""
    mistakes: dict[Place, HeadwayError] = field(default_factory=dict)


async def _what_runs(checkouts: Checkouts, estate: Estate) -> _Running:
    """Read the lock and the manifests of every instance from the remotes' environment branches."""
    running = _Running()
    for name, checkout in checkouts.items():
        repository = LocalRepository(checkout.folder)
        branches = await repository.copy_environments()
        for application in estate.applications.values():
            for instance in estate.instances(application.name) if application.repository == name else ():
                tip = branches.get(environment_of(estate, instance))
                try:
                    await _read_instance(repository, tip, instance, running)
                except UsageError as error:
                    for one in application.artifacts.values():
                        running.mistakes[one.name, instance] = error
    return running


async def _read_instance(
    repository: LocalRepository, tip: CommitId | None, instance: InstanceName, running: _Running
) -> None:
    locked = await read_folder_at(repository, tip, instance)
    if locked is None or tip is None:
        return
    for artifact, entry in locked.lock.entries.items():
        place = (ArtifactName(instance.application, artifact), instance)
        files = await repository.read_folder(tip, f"{folder_of(instance)}/manifests/{artifact}")
        running.objects[place] = read_objects(files)
        if entry.reference is not None:
            running.references[place] = entry.reference


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
