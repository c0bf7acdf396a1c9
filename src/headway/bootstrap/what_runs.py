"""What runs of an estate: the locks and manifests on the environment branches of the folders' remotes."""

from dataclasses import dataclass, field

from headway.adapters.git.local import LocalRepository
from headway.app.instance_folder import folder_of, read_folder_at
from headway.app.rendered_diff.objects import Objects
from headway.app.standards.judging import environment_of
from headway.bootstrap.checkouts import Checkouts
from headway.bootstrap.desk_rendering import Place, read_objects
from headway.domain.errors import HeadwayError, UsageError
from headway.domain.estate import Estate
from headway.domain.names import ArtifactName, CommitId, InstanceName


@dataclass(slots=True)
class Running:
    """What environment branches say of instances."""

    objects: dict[Place, Objects] = field(default_factory=dict)
    references: dict[Place, str] = field(default_factory=dict)
    """The image that each is locked to."""
    mistakes: dict[Place, HeadwayError] = field(default_factory=dict)


async def what_runs(checkouts: Checkouts, estate: Estate) -> Running:
    """Read the lock and the manifests of every instance from the remotes' environment branches."""
    running = Running()
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
    repository: LocalRepository, tip: CommitId | None, instance: InstanceName, running: Running
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
