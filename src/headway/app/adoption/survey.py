"""Asks every environment what it runs of a repository, and settles which application and instance that is."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from headway.app.adoption.tree import Trees, reached_folders
from headway.app.ports.live import LiveEnvironment
from headway.domain.adoption.live import KubernetesObject, LiveApplication
from headway.domain.adoption.parts import main_repositories
from headway.domain.adoption.place import Place, place_of
from headway.domain.errors import UsageError
from headway.domain.names import CommitId, EnvironmentName, InstanceName

OURS = "environments/"
"""How the branches begin that Headway writes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One Application that can be adopted, as the instance that it would be."""

    instance: InstanceName
    application: LiveApplication
    namespace: str
    """Where its objects are."""
    reaches: tuple[str, ...]
    """The folders that its overlay is made of, itself first."""

    @property
    def objects(self) -> tuple[KubernetesObject, ...]:
        """Give its objects as the engine rendered them from Git."""
        return tuple(one.wanted for one in self.application.objects if one.wanted is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What runs of a repository."""

    found: tuple[Found, ...]
    followed: tuple[LiveApplication, ...]
    """Those that follow an environment branch already."""
    refused: tuple[UsageError, ...]
    """Why others cannot be adopted."""
    paths: tuple[str, ...]
    """All folders that Applications read, those that cannot be adopted too."""
    counts: Mapping[EnvironmentName, int]
    """How many Applications each environment told of."""


async def survey(
    environments: Sequence[LiveEnvironment], repository: str, otherwise: str, trees: Trees, commit: CommitId
) -> Survey:
    """Look at everything that runs of a repository.

    Args:
        environments: all that there are; one that cannot be asked makes the whole survey unknown.
        repository: its URL.
        otherwise: an application's name where paths have none.
        trees: the repository.
        commit: at which it is looked at.

    Raises:
        Transient: `engine-away`, `engine-denied`.
        UsageError: `adopt-nothing-found`.
    """
    asked = await asyncio.gather(*(one.applications(repository) for one in environments))
    told = [application for applications in asked for application in applications]
    names = [one.name for one in environments]
    refused: list[UsageError] = []
    followed = [one for one in told if one.branch.startswith(OURS)]
    settled = _places([one for one in told if one not in followed], names, otherwise, refused)
    found = []
    for instance, application in settled.items():
        try:
            found.append(await _look(instance, application, trees, commit))
        except UsageError as error:
            refused.append(error)
    if not told:
        raise _nothing(repository, names)
    return Survey(
        found=tuple(found),
        followed=tuple(followed),
        refused=tuple(refused),
        paths=tuple(one.path for one in told),
        counts={name: len(applications) for name, applications in zip(names, asked, strict=True)},
    )


def _places(
    told: Sequence[LiveApplication],
    environments: Sequence[EnvironmentName],
    otherwise: str,
    refused: list[UsageError],
) -> Mapping[InstanceName, LiveApplication]:
    by_application: dict[tuple[str, str, str], list[LiveApplication]] = {}
    for one in told:
        by_application.setdefault((one.address, one.namespace, one.name), []).append(one)
    settled: dict[InstanceName, LiveApplication] = {}
    for seen in by_application.values():
        place = place_of(seen[0].path, environments, otherwise)
        if place is None:
            refused.append(_no_place(seen[0]))
            continue
        application = _whose(seen, place)
        instance = InstanceName(place.application, place.instance)
        if application is None:
            refused.append(_whose_is_it(seen, place))
        elif instance in settled:
            refused.append(_twice(instance, settled[instance], application))
        else:
            settled[instance] = application
    return dict(sorted(settled.items()))


def _whose(seen: Sequence[LiveApplication], place: Place) -> LiveApplication | None:
    """Tell which environment an Application is of that one engine told of to several; None: unclear."""
    name = place.instance
    exact = [one for one in seen if one.environment == name]
    like = [one for one in seen if one.environment.startswith(name) or name.startswith(one.environment)]
    return next((one[0] for one in (seen, exact, like) if len(one) == 1), None)


async def _look(
    instance: InstanceName, application: LiveApplication, trees: Trees, commit: CommitId
) -> Found:
    if (odd := next(_oddities(application), None)) is not None:
        raise odd
    reaches = await reached_folders(trees, commit, application.path)
    spaces = _namespaces(application)
    return Found(
        instance=instance,
        application=application,
        namespace=spaces[0] if spaces else application.into,
        reaches=reaches,
    )


def _namespaces(application: LiveApplication) -> list[str]:
    return sorted({one.namespace for one in application.objects if one.namespace and one.wanted})


def _oddities(application: LiveApplication) -> Iterator[UsageError]:
    """Give what keeps an Application from being adopted."""
    if application.hindrance is not None:
        why, _, next_step = application.hindrance.rpartition(": ")
        yield _odd(application, why, f"{next_step}, then look again")
    objects = [one.wanted for one in application.objects if one.wanted is not None]
    if not objects:
        see = f"see `argocd app get {application.name} --refresh`, and look again"
        yield _odd(application, "its Argo CD tells of no object that it renders", see)
    spaces = _namespaces(application)
    if len(spaces) > 1:
        yield UsageError(
            "adopt-several-namespaces",
            f"{_named(application)} cannot be adopted",
            why=f"its objects are in the namespaces {', '.join(spaces)}, and an instance has one",
            next_step="give what is in each namespace an overlay and an Application of its own",
        )
    for image in main_repositories(objects):
        if not _names_registry(image):
            why = f"its image {image} names no registry, and Headway asks one for new images"
            way_out = f"write `newName: docker.io/…` for {image} in its overlay; pods are replaced once"
            yield _odd(application, why, way_out)


def _odd(application: LiveApplication, why: str, next_step: str) -> UsageError:
    return UsageError(
        "adopt-application-odd",
        f"{_named(application)} cannot be adopted",
        why=why,
        next_step=next_step,
    )


def _names_registry(repository: str) -> bool:
    host, slash, _ = repository.partition("/")
    return bool(slash) and ("." in host or ":" in host or host == "localhost")


def _named(application: LiveApplication) -> str:
    return f"Application {application} of {application.environment}, {application.path},"


def _no_place(one: LiveApplication) -> UsageError:
    return UsageError(
        "adopt-place-unknown",
        f"{_named(one)} cannot be adopted",
        why="its path names no application and no instance",
        next_step="move its overlay to a path like oneconnect/overlays/staging",
    )


def _whose_is_it(seen: Sequence[LiveApplication], place: Place) -> UsageError:
    names = ", ".join(sorted(one.environment for one in seen))
    return UsageError(
        "adopt-place-unknown",
        f"{_named(seen[0])} cannot be adopted",
        why=f"the same Argo CD serves {names}, and none of them is clearly that of {place}",
        next_step=f"name the credentials as the instance: {place.instance}.argocd.json",
    )


def _twice(instance: InstanceName, first: LiveApplication, second: LiveApplication) -> UsageError:
    return UsageError(
        "adopt-place-unknown",
        f"{_named(second)} cannot be adopted",
        why=f"{first.path} is {instance} already, read by {first}; an instance has one Application",
        next_step="give the folders names that differ, or make one Application of both",
    )


def _nothing(repository: str, environments: Iterable[str]) -> UsageError:
    return UsageError(
        "adopt-nothing-found",
        "there is nothing to adopt",
        why=f"no Application that the accounts may see in {', '.join(environments)} reads {repository}",
        next_step="see that this is the URL that Argo CD reads, and that the account may get Applications",
    )
