"""Why nothing can be said of a lock: no usable Application, or one that does not speak of it yet. Pure."""

from headway.adapters.argocd.application import Application
from headway.adapters.argocd.assessment import Assessment
from headway.adapters.argocd.syncing import said_by, short, tells
from headway.app.ports import DesiredInstance
from headway.domain.deployment import Cause, DeploymentState


def before_the_lock(
    desired: DesiredInstance, applications: list[Application], *, holds: bool
) -> Assessment | None:
    """Say why nothing can be said of the lock yet; None: one Application speaks of it.

    `holds` says whether the revision that Argo CD compared with holds the lock.
    """
    why = unusable(desired, applications)
    if why is not None:
        return _all(desired, Cause.SURROUNDINGS, why)
    if holds:
        return None
    application = applications[0]
    name = f"Application {application.key.name}"
    cause = Cause.NONE
    if application.is_operating:
        words = f"{name} is busy with {short(application.operation_revision)}: {said_by(application)}"
    elif application.troubles:
        words, cause = f"{name}: {application.troubles[0]}", Cause.SURROUNDINGS
    else:
        words = f"{name} still stands at {short(application.revision)}"
    return _all(desired, cause, words, needs_refresh=True)


def unusable(desired: DesiredInstance, applications: list[Application]) -> str | None:
    """Say why Headway cannot deliver by these Applications; None: nothing keeps it."""
    if not applications:
        path = f"{desired.instance}/manifests"
        return f"no Argo CD Application reads {path} on this branch: `headway doctor` says what it must be"
    if len(applications) > 1:
        names = ", ".join(one.key.name for one in applications)
        return f"several Argo CD Applications read it: {names}; leave one"
    refusal = applications[0].refuses_by_itself
    return None if refusal is None else f"Application {applications[0].key.name}: {refusal}"


def not_compared(desired: DesiredInstance, application: Application) -> Assessment:
    """Say that Argo CD did not look at Git though it was asked to."""
    words = (
        f"Application {application.key.name} still stands at {short(application.revision)}: Argo CD was "
        "asked to compare it with Git and has not yet; see whether its application controller runs"
    )
    return _all(desired, Cause.SURROUNDINGS, words, needs_refresh=True)


def _all(desired: DesiredInstance, cause: Cause, words: str, *, needs_refresh: bool = False) -> Assessment:
    health = tells(DeploymentState.PENDING, cause, words)
    return Assessment(artifacts=dict.fromkeys(desired.artifacts, health), needs_refresh=needs_refresh)
