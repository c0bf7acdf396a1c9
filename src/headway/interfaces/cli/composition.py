"""What the command line needs of the one place that knows every class: `headway.bootstrap` fills it in.

Only commands that work on this machine use it; clients speak HTTP. Its methods import what they need when
they are called, so that `headway --help` stays quick.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from headway.app.adoption.adopt import Adoption
    from headway.app.adoption.push import Written
    from headway.app.rendered_diff.differences import Differences
    from headway.app.standards.installed import InstalledDocument
    from headway.app.standards.installing import Installation
    from headway.app.standards.telling import Mistake, Told
    from headway.domain.ci import Ci
    from headway.domain.estate.problems import Problem
    from headway.domain.standards import PolicyProblem
    from headway.domain.standards.action import Action


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeSettings:
    """What `headway serve` is told."""

    state: Path
    """The folder of ledger, clones, tokens and `server.json`."""
    estate: str
    """The URL or path of the manifests repository that holds `estate.yaml`."""
    host: str = "127.0.0.1"
    """The address to listen on."""
    port: int = 8642
    """0: any free one; `server.json` names it."""
    plain_http: tuple[str, ...] = ()
    """Registries, besides those of this machine, that speak plain HTTP."""
    agents: bool = True
    """Whether a podman agent is started for this machine if none answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentRunSettings:
    """What `headway agent` is told."""

    state: Path
    """The server's state folder; the agent's own is inside it."""
    name: str = "podman"
    """The engine's name, in the name of every podman object."""
    estate: str | None = None
    """The URL or path of the manifests repository that holds `estate.yaml`; None: what `serve` uses."""
    environments: tuple[str, ...] = ()
    """Empty: all that the estate gives to podman."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckSettings:
    """What `headway check` is told."""

    folders: tuple[Path, ...]
    """Manifests repositories: folders with their files, or with `commit` any repositories of this machine."""
    renders: bool | None = None
    """Whether overlays are rendered and judged; None: if the Kustomize program is found."""
    commit: str | None = None
    """The revision that is looked at; None: the folders as they are."""
    new_since: str | None = None
    """What stands at this revision already does not block; None: everything does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffSettings:
    """What `headway diff` is told."""

    folders: tuple[Path, ...]
    commit: str | None = None
    """The revision that is looked at; None: the folders as they are."""
    base: str | None = None
    """What it is compared with: the commit where it parted from this revision; None: with what runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallSettings:
    """What `headway standards install` is told."""

    environment: str
    folders: tuple[Path, ...]
    state: Path
    action: "Action | None" = None
    """What all bindings do; None: what each says itself, else deny."""
    dry_run: bool = False
    removes: bool = False
    """Whether all of this environment is removed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """What was planned for a cluster, and what became of it."""

    planned: "Installation"
    done: "Sequence[InstalledDocument]" = ()
    broken: "tuple[PolicyProblem, ...]" = ()
    """What makes standards unusable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedStandard:
    """One standard, as `headway standards list` shows it."""

    id: str
    group: str
    reason: str
    is_used: bool
    """Whether the estate asks for it."""
    places: tuple[str, ...]
    """Where it is asked: `desk`, `gate`, `cluster`."""
    page: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpactSettings:
    """What `headway check --impact` is told."""

    folders: tuple[Path, ...]
    base: str
    """The change is what came since the commit where it parted from this revision."""
    commit: str | None = None
    """The revision that is looked at; None: the folders as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """What a change of standards would do."""

    base: str
    blocks: "tuple[Told, ...]"
    """In the manifests that wait to be promoted: what blocks by the change."""
    blocks_running: "tuple[Told, ...]"
    """The same in what runs."""
    opens: "tuple[Told, ...]"
    """What blocked before, and would no longer."""
    loosens: tuple[str, ...]
    """What of the estate's gates, roles and waivers is looser."""
    broken: "tuple[PolicyProblem, ...]" = ()
    """What makes standards unusable that were usable, or not there."""
    mistakes: "tuple[Mistake, ...]" = ()
    """What could not be judged."""

    @property
    def changes_nothing(self) -> bool:
        """Say whether it blocks, opens and loosens nothing, as far as all is known."""
        told = (self.blocks, self.blocks_running, self.opens, self.loosens, self.broken, self.mistakes)
        return not any(told)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What `headway check` found in an estate that can be read."""

    applications: int
    artifacts: int
    instances: int
    rendered: int | None = None
    """How many overlays rendered; None: they were not looked at."""
    remarks: tuple[str, ...] = ()
    """What is odd and allowed."""
    mistakes: "tuple[Mistake, ...]" = ()
    """What keeps overlays from rendering, each once."""
    rules: tuple[str, ...] = ()
    """The standards that could be asked, by id."""
    broken: tuple["PolicyProblem", ...] = ()
    """What makes other standards unusable: nothing is judged by those, which is no pass."""
    told: tuple["Told", ...] = ()
    """What does not meet a standard, what blocks first."""
    problems: "tuple[Problem, ...]" = ()
    """What is wrong with the estate's files; then nothing was rendered."""
    stood_before: tuple[str, ...] = ()
    """What kept others from rendering or judging before the change that is looked at."""

    @property
    def is_in_order(self) -> bool:
        """Say whether nothing keeps any of it from going out."""
        return not (self.problems or self.mistakes or self.broken or any(one.blocks for one in self.told))


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptSettings:
    """What `headway init --adopt` is told."""

    directory: Path
    """A work tree of the repository."""
    state: Path
    person: str
    lane: str | None = None
    """The waves; None: by the names of the instances."""
    estate: str | None = None
    """The repository that holds `estate.yaml`, if it is another."""
    write: bool = False
    """Whether to write what `main` lacks into the work tree."""
    push: bool = False
    """Whether to push the first locks, from what `main` is at the remote."""
    with_differences: tuple[str, ...] = ()
    """The instances whose first lock is pushed though it changes what runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted:
    """What adoption found, and what was written and pushed of it."""

    adoption: "Adoption"
    written: Sequence[Path]
    pushed: "Sequence[Written]"

    def is_whole(self, settings: AdoptSettings) -> bool:
        """Say whether everything that was found can be adopted, or was, without an open question."""
        if self.adoption.refused:
            return False
        if settings.push:
            landed = {one.instance for one in self.pushed if one.is_right}
            return all(one.found.instance in landed for one in self.adoption.locks)
        return not any(one.differences for one in self.adoption.locks)


class IdentityStore(Protocol):
    """The people who may sign in, kept in the state folder."""

    def add(self, person: str) -> Path:
        """Make a person's token and give the file that holds it; an earlier token stops working.

        Raises:
            UsageError: `person-malformed`.
        """
        ...

    def people(self) -> Sequence[str]:
        """Give everybody who has a token, sorted."""
        ...

    def remove(self, person: str) -> None:
        """Take a person's token away.

        Raises:
            UsageError: `person-unknown`.
        """
        ...


class Checking(Protocol):
    """A check that is made again: what did not change since is not read, rendered or compiled anew."""

    def check(self) -> Checked:
        """Check as `Composition.check` does, and raise what it raises."""
        ...

    def wait(self) -> Sequence[Path]:
        """Wait until files changed since the last check began; give those of one moment together."""
        ...


class Composition(Protocol):
    """The programs behind the commands that work on this machine."""

    def serve(self, settings: ServeSettings) -> None:
        """Run the service until it is told to end."""
        ...

    def agent(self, settings: AgentRunSettings) -> None:
        """Run the podman engine until it is told to end."""
        ...

    def tear_down_agent(self, settings: AgentRunSettings) -> None:
        """Remove everything that this engine runs."""
        ...

    def init(
        self, directory: Path, *, person: str, registry: str, remotes: str | None, argocd: str | None
    ) -> Sequence[Path]:
        """Write an estate to begin with; give the files."""
        ...

    def write_ci(self, directory: Path, ci: "Ci") -> Path:
        """Write what asks for standards where changes come in, into a repository; give the file.

        Raises:
            UsageError: `folder-no-repository`, `folder-not-written`.
        """
        ...

    def adopt(self, settings: AdoptSettings) -> Adopted:
        """Look at what runs of a repository, and write or push what was asked for.

        Raises:
            UsageError: `adopt-…`: it cannot be adopted at all.
            Transient: an Argo CD, the renderer or the remote cannot be asked.
        """
        ...

    def check(self, settings: CheckSettings) -> Checked:
        """Read the estate in these folders and, if asked and Kustomize is found, render all its overlays.

        Raises:
            EstateInvalid: with every problem of every file; nothing was rendered.
            UsageError: `folder-missing`, `folder-no-repository`, `commit-unknown`.
            Transient: `renderer-away`: it was to be rendered, and Kustomize is not found.
        """
        ...

    def open_check(self, settings: CheckSettings) -> AbstractContextManager[Checking]:
        """Open a check of these folders that is made again whenever a file in them changes.

        Raises:
            UsageError: `folder-missing`.
            Transient: `desk-unwatched`: the system tells of no saves; now, or while it is waited for one.
        """
        ...

    def impact(self, settings: ImpactSettings) -> Impact:
        """Say what a change of standards would do.

        Raises:
            EstateInvalid: with every problem of every file.
            UsageError: `folder-missing`, `folder-no-repository`, `folder-no-remote`, `commit-unknown`.
            Transient: `git-remote-away`, `renderer-away`.
        """
        ...

    def plan_standards(self, settings: InstallSettings) -> Installed:
        """Say what would be installed into an environment's cluster; no cluster is asked.

        Raises:
            EstateInvalid: with every problem of every file.
            UsageError: `folder-missing`, `environment-unknown`, `standards-no-cluster`.
        """
        ...

    def install_standards(self, settings: InstallSettings) -> Installed:
        """Install the standards into an environment's cluster, or remove them.

        Raises:
            EstateInvalid: with every problem of every file.
            UsageError: `folder-missing`, `environment-unknown`, `standards-no-cluster`, `standard-refused`,
                `standards-not-served`.
            Conflict: `standard-not-ours`.
            Transient: `engine-away`, `engine-denied`.
        """
        ...

    def list_standards(self, folders: Sequence[Path]) -> "Sequence[ListedStandard]":
        """Give every standard: those that come with Headway, and an estate's own.

        Raises:
            EstateInvalid: with every problem of every file.
            UsageError: `folder-missing`.
        """
        ...

    def diff(self, settings: DiffSettings) -> "Differences":
        """Render two states of an estate, and say in what they differ.

        Raises:
            EstateInvalid: with every problem of every file.
            UsageError: `folder-missing`, `folder-no-repository`, `folder-no-remote`, `commit-unknown`.
            Transient: `git-remote-away`, `renderer-away`.
        """
        ...

    def render(self, folder: Path, artifact: str, instance: str) -> Mapping[str, bytes]:
        """Render one artifact's overlay as it stands in a folder; give one file for each object."""
        ...

    def identities(self, state: Path) -> IdentityStore:
        """Open the people of a state folder."""
        ...
