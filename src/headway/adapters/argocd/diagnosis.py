"""What one Argo CD lacks to serve an environment: is it reached, what are its Applications, may checks run.

Each look ends in findings, never in an error. Nothing is changed and nothing is refreshed.
"""

from collections.abc import Iterator, Sequence

from headway.adapters.argocd.api import ArgocdApi
from headway.adapters.argocd.application import Application, Applications
from headway.adapters.argocd.cluster_checks import ClusterChecks
from headway.app.ports import DesiredState
from headway.domain.diagnosis import Finding, Severity
from headway.domain.errors import Transient
from headway.domain.names import EnvironmentName, InstanceName

PAGE = "docs/how-to/argocd-engine.md"


async def diagnose_applications(
    api: ArgocdApi,
    known: Applications,
    desired_state: DesiredState,
    environment: EnvironmentName,
    instances: Sequence[InstanceName],
) -> list[Finding]:
    """Ask Argo CD for its Applications, and say what those of these instances lack."""
    try:
        for application in await api.applications():
            known.take("ADDED", application)
    except Transient as error:
        return [_of(error)]
    try:
        begun = set((await desired_state.read(environment, fetch=False)).instances)
    except Transient as error:
        return [_of(error), *_instances(known, environment, instances, set())]
    found = _instances(known, environment, instances, begun)
    return [*found, *await _logs(api, known, environment, instances)]


async def _logs(
    api: ArgocdApi, known: Applications, environment: EnvironmentName, instances: Sequence[InstanceName]
) -> list[Finding]:
    """Ask once whether logs may be read: a role is for a project, and they are mostly of one."""
    first = next((one for instance in instances for one in known.of(instance)), None)
    if first is None:
        return []
    try:
        may = await api.may_read_logs(first.project, first.key.name)
    except Transient as error:
        return [_of(error)]
    if may is not False:
        return []
    return [
        Finding(
            severity=Severity.REMARK,
            what=f"logs of containers in {environment} cannot be looked at",
            why=f"the account lacks `logs, get` in the project {first.project}",
            next_step="add that line to its role: docs/reference/argocd-engine.md has all of it",
        )
    ]


async def diagnose_cluster(checks: ClusterChecks, environment: EnvironmentName) -> list[Finding]:
    """Say whether checks can reach the cluster."""
    if not checks.has_access:
        return [
            Finding(
                severity=Severity.REMARK,
                what=f"checks in {environment} cannot be run",
                why="there is no token of the cluster itself, and Argo CD runs no checks",
                next_step=f"write {environment}.kubernetes.json beside Argo CD's token, as {PAGE} says; "
                "an application without checks needs none",
            )
        ]
    try:
        await checks.try_access()
    except Transient as error:
        return [_of(error)]
    return []


def _instances(
    known: Applications,
    environment: EnvironmentName,
    instances: Sequence[InstanceName],
    begun: set[InstanceName],
) -> list[Finding]:
    return [
        finding
        for instance in instances
        for finding in _instance(known, environment, instance, has_begun=instance in begun)
    ]


def _instance(
    known: Applications, environment: EnvironmentName, instance: InstanceName, *, has_begun: bool
) -> Iterator[Finding]:
    applications = known.of(instance)
    path = f"{instance}/manifests"
    names = ", ".join(f"{one.key.namespace}/{one.key.name}" for one in applications)
    elsewhere = known.still_elsewhere(instance)
    for application, reads in elsewhere if not applications else ():
        yield _wrong(
            instance,
            f"Application {application.key.namespace}/{application.key.name} does not follow {path} yet",
            f"it still reads {reads}, and not the branch environments/{environment}",
            "let it follow, as docs/how-to/adopt.md shows",
        )
    if not applications and not elsewhere:
        yield _wrong(
            instance,
            f"no Argo CD Application reads {path}",
            f"none has that path, the branch environments/{environment} and the repository's URL; "
            "or the account may not see it",
            f"make one, as {PAGE} shows, or give the account `applications, get` in its project",
        )
    if len(applications) > 1:
        yield _wrong(
            instance,
            f"several Argo CD Applications read {path}: {names}",
            "they fight over the same objects, and none speaks for the instance",
            "leave one",
        )
    elif applications:
        yield from _application(applications[0], instance, has_begun=has_begun)


def _application(application: Application, instance: InstanceName, *, has_begun: bool) -> Iterator[Finding]:
    name = f"Application {application.key.name}"
    if (refusal := application.refuses_by_itself) is not None:
        why, _, next_step = refusal.rpartition(": ")
        yield _wrong(instance, f"{name} does not follow its branch by itself", why, next_step)
    # Before the first promotion there is nothing to be read, and Argo CD says so too.
    for trouble in application.troubles if has_begun else ():
        yield _wrong(
            instance,
            f"{name} has an error of Argo CD's own",
            trouble,
            f"see `argocd app get {application.key.name} --refresh`",
        )
    if not application.is_compared_for_its_folder_only:
        yield Finding(
            severity=Severity.REMARK,
            instance=instance,
            what=f"{name} is rendered anew for each commit on the branch",
            why="it lacks the annotation argocd.argoproj.io/manifest-generate-paths",
            next_step='set it to "."',
        )


def _wrong(instance: InstanceName, what: str, why: str, next_step: str) -> Finding:
    return Finding(severity=Severity.WRONG, instance=instance, what=what, why=why, next_step=next_step)


def _of(error: Transient) -> Finding:
    return Finding(severity=Severity.WRONG, what=error.what, why=error.why, next_step=error.next_step)
