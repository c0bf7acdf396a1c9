"""Puts an estate's standards into an environment's cluster, as they stand in folders."""

from datetime import UTC, datetime

from headway.adapters.argocd.cluster_standards import ClusterStandards
from headway.adapters.argocd.credentials import Credentials, read_credentials
from headway.adapters.argocd.kubernetes import KubernetesApi
from headway.adapters.files.documents import read_documents
from headway.app.standards.catalog import choose
from headway.app.standards.installing import plan_installation
from headway.bootstrap.checkouts import open_checkouts
from headway.bootstrap.desk_standards import own_standards, read_checkouts, rules_of
from headway.bootstrap.home import Home
from headway.domain.errors import UsageError
from headway.domain.estate import Estate
from headway.domain.names import EnvironmentName
from headway.domain.suggestion import suggest
from headway.interfaces.cli.composition import Installed, InstallSettings

_KIND = "standards"
"""Of the token's file: to change what a cluster admits is another right than to run checks."""


async def plan_installed(settings: InstallSettings) -> Installed:
    """Say what would be installed; no cluster is asked.

    Raises:
        EstateInvalid: with every problem of every file.
        UsageError: `folder-missing`, `environment-unknown`, `standards-no-cluster`, `path-outside`.
    """
    checkouts = await open_checkouts(settings.folders, None)
    estate = read_checkouts(checkouts).estate
    environment = _with_cluster(estate, settings.environment)
    rules = await rules_of(checkouts, estate)
    if rules.unread:
        raise rules.unread[0]
    own, _ = await own_standards(checkouts.values())
    files = {**choose(estate.standards).documents, **own}
    documents = [one.value for path in sorted(files) for one in read_documents(files[path], path)[0]]
    planned = plan_installation(
        estate,
        environment,
        documents,
        rules.compiled.rules,
        action=settings.action,
        now=datetime.now(UTC),
    )
    return Installed(planned=planned, broken=rules.compiled.problems)


async def install(settings: InstallSettings) -> Installed:
    """Install them, or remove them.

    Raises:
        EstateInvalid, UsageError, Conflict, Transient: see `Composition.install_standards`.
    """
    found = await plan_installed(settings)
    environment = found.planned.environment
    folder = Home(state=settings.state, estate="").credentials

    def credentials() -> Credentials:
        return read_credentials(folder, environment, _KIND, None)

    cluster = ClusterStandards(environment, KubernetesApi(environment, credentials))
    try:
        if settings.removes:
            done = await cluster.remove(dry_run=settings.dry_run)
        else:
            done = await cluster.install(found.planned, dry_run=settings.dry_run)
    finally:
        await cluster.close()
    return Installed(planned=found.planned, done=done, broken=found.broken)


def _with_cluster(estate: Estate, name: str) -> EnvironmentName:
    known = {str(one): one for one in estate.environments}
    if name not in known:
        raise UsageError(
            "environment-unknown",
            f"there is no environment {name!r}",
            why="estate.yaml does not name it",
            next_step=suggest(name, known, f"Choose one of: {', '.join(known)}"),
        )
    environment = estate.environments[known[name]]
    if environment.engine != "argocd":
        raise UsageError(
            "standards-no-cluster",
            f"nothing can be installed into {name}",
            why=f"its engine is {environment.engine}, which has no API server to ask",
            next_step="there `headway check` and the gate ask the same",
        )
    return environment.name
