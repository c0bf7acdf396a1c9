"""The estate: everything that the platform and the teams wrote, read together at the tips of `main`."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from headway.domain.estate.application import Application
from headway.domain.estate.lane import Lane, Wave
from headway.domain.kubernetes_version import KubernetesVersion
from headway.domain.names import ArtifactName, EnvironmentName, InstanceName, RepositoryName
from headway.domain.standards.waiver import Waiver


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """A place to run, with one engine."""

    name: EnvironmentName
    engine: str
    """The engine's kind: `podman` or `argocd`."""
    address: str | None = None
    """Where the engine answers; None: it is on this machine."""
    region: str | None = None
    platform: str = "linux/amd64"
    """What images must be able to run on."""
    registries: Mapping[str, str] = field(default_factory=dict)
    """Registry prefixes and what takes their place here (Harbor in development, ECR in production)."""
    kubernetes: KubernetesVersion | None = None
    """The Kubernetes whose schemas its manifests are judged by; None: by none."""
    production: bool | None = None
    """Whether what runs here is production, as the platform says; None: it does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestsRepository:
    """A Git repository of manifests."""

    name: RepositoryName
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Estate:
    """Environments, lanes, roles and applications, cross-checked: every name in it leads somewhere."""

    environments: Mapping[EnvironmentName, Environment]
    lanes: Mapping[str, Lane]
    roles: Mapping[str, tuple[str, ...]]
    """By role, the people who hold it. `platform` may do everything."""
    repositories: Mapping[RepositoryName, ManifestsRepository]
    applications: Mapping[str, Application]
    standards: tuple[str, ...] = ()
    """The standards that come with Headway and are in force, by id or group."""
    waivers: tuple[Waiver, ...] = ()
    """What violations of standards may stand, until when."""

    def waves(self, application: str) -> tuple[Wave, ...]:
        """Give the waves of an application's lane, without the instances that it leaves out."""
        app = self.applications[application]
        return self.lanes[app.lane].waves

    def instances(self, application: str) -> tuple[InstanceName, ...]:
        """Give an application's instances, in lane order."""
        app = self.applications[application]
        return tuple(
            app.instance(name)
            for wave in self.lanes[app.lane].waves
            for name in wave.instances
            if name not in app.leaves_out
        )

    def has_artifact(self, name: ArtifactName) -> bool:
        """Say whether an artifact is in the estate."""
        app = self.applications.get(name.application)
        return app is not None and name.artifact in app.artifacts
