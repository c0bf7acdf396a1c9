"""What the use cases need of the outside world: one Protocol each, no client library in sight.

All ports are async; their adapters bound every wait. Every call may be cancelled. An adapter raises only
`headway.domain.errors`: `Transient` when the other side is away, `UsageError` when what people wrote is bad.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from headway.domain.checks import CheckResult, HttpCheck, JobCheck
from headway.domain.deployment import Observation
from headway.domain.facts import Fact, NewFact
from headway.domain.names import (
    ArtifactName,
    CommitId,
    Digest,
    EnvironmentName,
    InstanceName,
    PromotionId,
    TreeId,
)
from headway.domain.promotion_record import PromotionRecord


class Clock(Protocol):
    """The time, so that tests can say what it is."""

    def now(self) -> datetime:
        """Give the present instant, in UTC."""
        ...

    async def sleep_until(self, instant: datetime) -> None:
        """Return when `instant` has come; at once if it has passed."""
        ...


# ── manifests in Git ──────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Refs:
    """The branches of a remote, as one look saw them."""

    main: CommitId | None
    """None: the remote has no such branch."""
    environments: Mapping[EnvironmentName, CommitId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """One commit's head, for people and for order."""

    id: CommitId
    parents: tuple[CommitId, ...]
    tree: TreeId
    author: str
    """``Name <address>``."""
    committed_at: datetime
    message: str
    trailers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class MainCommit:
    """A commit of `main`'s first-parent line."""

    commit: Commit
    position: int
    """How many first-parent commits came before it: the order of configurations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCommit:
    """A commit to be made on top of whatever the branch then stands at.

    ``edits`` maps a path to its new bytes, to a tree that the repository already has, or to None (removed;
    a path that is not there is passed over). A folder's path replaces or removes the folder whole.
    """

    edits: Mapping[str, bytes | TreeId | None]
    message: str
    author: str
    at: datetime


class PushResult(StrEnum):
    """What the remote says after a push was tried; it is read from the remote, never from an error's text."""

    LANDED = "landed"
    """The remote branch holds our commits."""
    MOVED = "moved"
    """The remote branch is at another commit than was expected, without ours."""
    REFUSED = "refused"
    """The remote branch is where it was: a hook, a protection or a permission said no."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchPush:
    """Commits for one branch, on top of exactly `expected` (None: the branch must not exist)."""

    branch: str
    expected: CommitId | None
    commits: tuple[NewCommit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchPushed:
    """What became of one branch's push."""

    branch: str
    result: PushResult
    tip: CommitId | None
    """Where the remote branch stands after it."""
    commits: tuple[CommitId, ...]
    """The ids that our commits got, landed or not."""
    words: str = ""
    """The remote's own words when it refused, without credentials."""


class Manifests(Protocol):
    """One manifests repository: its remote and our bare clone of it.

    Safe to call concurrently: the adapter does one thing at a time on the clone. Reads never touch the
    network; `fetch` and `push` do, and raise `Transient` (`git-remote-away`) when it cannot be reached.
    """

    async def fetch(self) -> Refs:
        """Bring the clone up to the remote (`main` and `environments/*`) and say where its branches stand."""
        ...

    async def main_line(self, since: CommitId | None, until: CommitId) -> Sequence[MainCommit]:
        """Give `main`'s first-parent commits after `since` (None: all) up to `until`, oldest first.

        When `since` is not on the line that leads to `until` (history was rewritten), all are given.
        """
        ...

    async def history(self, tip: CommitId, since: CommitId | None, path: str = "") -> Sequence[Commit]:
        """Give the commits reachable from `tip` and not from `since` that touch `path`, oldest first."""
        ...

    async def tree_ids(self, commit: CommitId, paths: Sequence[str]) -> Mapping[str, TreeId | None]:
        """Give the id of the tree or blob at each path (``""``: the root); None: nothing there."""
        ...

    async def list_folder(self, commit: CommitId, path: str) -> Sequence[str]:
        """Give the names in a folder, sorted, folders with a trailing slash; empty when it is not there."""
        ...

    async def read_files(self, commit: CommitId, paths: Sequence[str]) -> Mapping[str, bytes | None]:
        """Give each file's bytes; None: nothing there, or not a file."""
        ...

    async def read_folder(self, commit: CommitId, path: str) -> Mapping[str, bytes]:
        """Give every file under a folder, by its path relative to the folder; empty when it is not there."""
        ...

    async def read_tree(self, tree: TreeId) -> Mapping[str, bytes]:
        """Give every file of a tree that the repository has, by its path in it.

        Raises:
            UsageError: `tree-unknown`.
        """
        ...

    async def write_folder(self, files: Mapping[str, bytes]) -> TreeId:
        """Store files as a tree of the clone and give its id; idempotent."""
        ...

    async def push(self, pushes: Sequence[BranchPush]) -> Sequence[BranchPushed]:
        """Make the commits and push all branches at once, each its own compare-and-swap; in order.

        One refused branch never stops another. The results come from looking at the remote afterwards.
        """
        ...


# ── rendering ─────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderRequest:
    """Render one artifact's overlay for one instance."""

    commit: CommitId
    inputs: tuple[str, ...]
    """The paths that the overlay may read: the artifact's folder first, then what it declares to share."""
    overlay: str
    """The overlay's path in the repository, inside one of the inputs."""
    namespace: str
    image: tuple[str, str] | None
    """The image name that manifests carry, and the reference by digest that takes its place."""
    image_paths: tuple[str, ...] = ()
    """More places of images in custom resources, as ``Kind:path.to[].image``."""
    locked: tuple[str, ...] = ()
    """Other references by digest that may stand in the output as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """An object that manifests name but do not hold."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """What Kustomize made of a request."""

    files: Mapping[str, bytes]
    """One file for each object: ``deployment-app1.yaml``."""
    references: tuple[Reference, ...]
    """Secrets, ConfigMaps, volume claims and service accounts that are named and not rendered, sorted."""


class Renderer(Protocol):
    """Turns overlays into manifests with the real Kustomize, in a folder where nothing else exists."""

    async def render(self, request: RenderRequest) -> Rendered:
        """Render; the same request gives the same bytes.

        Raises:
            UsageError: the manifests are at fault: `overlay-missing`, `kustomize-failed` (with its words),
                `image-not-locked`, `secret-with-values`, `remote-base`, `path-outside`,
                `manifests-too-large`, `plugin-refused`, `object-twice`, `yaml-malformed`,
                `image-path-malformed`.
            Transient: the renderer itself could not be run.
        """
        ...


# ── registries ────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageSeen:
    """What a registry says of one image."""

    digest: Digest
    tags: tuple[str, ...]
    """All tags that are known to point at it now, sorted."""
    source_commit: str | None
    """``org.opencontainers.image.revision``, from annotations or else labels."""
    source: str | None
    """``org.opencontainers.image.source``."""
    built_at: datetime | None
    """``org.opencontainers.image.created``; shown, never compared."""
    platforms: tuple[str, ...]
    """``linux/amd64`` and so on; an image that does not say has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one look at an image repository found."""

    images: tuple[ImageSeen, ...]
    """The images whose tags are new or moved since `memory`, in no order."""
    memory: str
    """Hand it to the next look; it holds no secrets."""


class Presence(StrEnum):
    """Whether a reference can be pulled. Unknown is never absent."""

    PRESENT = "present"
    ABSENT = "absent"
    """The registry answers and has no such digest, or not for this platform."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceSeen:
    """An answer on one reference."""

    presence: Presence
    words: str


class Registry(Protocol):
    """Reads image repositories by the OCI distribution API."""

    async def look(self, repository: str, memory: str | None) -> Look:
        """Find new and moved tags: one conditional request when nothing is new, then one for each new tag.

        A moved tag may be found late, at most as many looks as there are tags: each look asks again for one.

        Args:
            repository: ``host:port/path``.
            memory: what the last look gave; None: the first look.

        Raises:
            Transient: `registry-away`, `registry-denied`.
            UsageError: `repository-unknown`: the registry answers and has no such repository;
                `repository-too-large`: its tags are too many to be read; `reference-malformed`.
        """
        ...

    async def look_at(self, repository: str, digest: Digest, tags: tuple[str, ...]) -> ImageSeen:
        """Describe one image that a notification named.

        Raises:
            Transient: `registry-away`, `registry-denied`.
            UsageError: `image-unknown`, `image-malformed`.
        """
        ...

    async def resolve(self, reference: str) -> str:
        """Fix a reference by tag to its digest; one by digest is given back as it is.

        Raises:
            Transient: `registry-away`, `registry-denied`.
            UsageError: `image-unknown`.
        """
        ...

    async def presence(self, reference: str, platform: str) -> PresenceSeen:
        """Say whether a reference by digest can be pulled for a platform; never raises for what it finds."""
        ...


# ── engines ───────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class DesiredInstance:
    """What an environment's branch asks of one instance."""

    instance: InstanceName
    namespace: str
    promotion_id: PromotionId
    revision: CommitId
    artifacts: Mapping[str, tuple[Mapping[str, object], ...]]
    """The rendered objects of each artifact in the lock file, parsed, in the order of their file names."""
    renderings: Mapping[str, TreeId]
    """The Git tree of each artifact's manifests: equal ids are equal manifests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DesiredEnvironment:
    """A whole environment's branch at one commit."""

    environment: EnvironmentName
    revision: CommitId | None
    """None: the branch does not exist; then there are no instances."""
    instances: Mapping[InstanceName, DesiredInstance]
    unreadable: Mapping[InstanceName, str]
    """Instances whose files could not be read, and why: they are left as they run."""


class DesiredState(Protocol):
    """What engines read: environment branches, nothing else."""

    async def read(self, environment: EnvironmentName, *, fetch: bool) -> DesiredEnvironment:
        """Read the branch's newest commit, after a fetch if asked.

        Raises:
            Transient: `git-remote-away`; what was read last stays in force.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRequest:
    """One check to be run where the instance's network is."""

    environment: EnvironmentName
    instance: InstanceName
    namespace: str
    attempt_id: str
    """Names the attempt: asked again with the same id, a running check is joined, never doubled."""
    check: str
    run: HttpCheck | JobCheck
    timeout: timedelta
    holds_for: timedelta = timedelta(0)
    """How long an HTTP answer must stay right once it was; an image that flaps does not pass."""


class Engine(Protocol):
    """Makes environment branches real and says what it sees. The contract tests are the specification."""

    async def ask(self, environment: EnvironmentName, commit: CommitId) -> None:
        """Hint that the branch moved; harmless when repeated, late or lost."""
        ...

    def observations(self) -> AsyncIterator[Observation]:
        """Stream what is seen: each instance's present state first, then every change.

        Raises:
            Transient: `engine-away`: the stream broke; ask for a new one.
        """
        ...

    async def interrupt(self, instance: InstanceName) -> None:
        """Give up what runs for an older lock than the branch's tip, so that the newest is begun at once."""
        ...

    async def run_check(self, request: CheckRequest) -> CheckResult:
        """Run a check to its end; errored (never failed) when it could not be run.

        Raises:
            Transient: `engine-away`.
        """
        ...

    async def missing_references(
        self, environment: EnvironmentName, namespace: str, references: Sequence[Reference]
    ) -> Sequence[Reference]:
        """Give those references that do not exist in the namespace.

        Raises:
            Transient: `engine-away`: unknown, which is not missing.
        """
        ...


# ── the ledger ────────────────────────────────────────────────────────────────────────────────────────────


class Ledger(Protocol):
    """The list of facts. One process writes it; facts are chained by hash and never change."""

    async def append(self, facts: Sequence[NewFact]) -> Sequence[Fact]:
        """Record facts, all or none, and give them as recorded, in order.

        Raises:
            Transient: `ledger-full` (no space left) or `ledger-busy`: nothing was recorded.
            Broken: `ledger-taken`: another process writes this ledger.
        """
        ...

    def read(self, after: int = 0) -> AsyncIterator[Fact]:
        """Stream the facts after a sequence number, in order.

        A row whose type is not known, or that cannot be read, comes with `body` None: it is passed over
        and shown. A broken hash chain raises `Broken` (`ledger-tampered`) naming the row; so does an `after`
        beyond the last fact, because somebody knew facts that are gone.
        """
        ...

    async def about(self, subject: str, *, limit: int, before: int | None = None) -> Sequence[Fact]:
        """Give the newest facts about a subject (``instance:…``, ``artifact:…``), newest first."""
        ...


class PromotionHistory(Protocol):
    """A view of the ledger: one record for each promotion, as true as the newest fact."""

    async def promotions(
        self,
        *,
        instance: InstanceName | None = None,
        artifact: ArtifactName | None = None,
        limit: int,
        before: int | None = None,
    ) -> Sequence[PromotionRecord]:
        """Give the newest promotions, newest decision first; both filters must match, None matches all.

        `before` is the `sequence` of the last record of the page before; None begins with the newest.
        """
        ...


class Snapshots(Protocol):
    """The newest fold of the facts, so that a start need not read them all. It may be lost at any time."""

    async def save(self, code_version: str, sequence: int, blob: bytes) -> None:
        """Keep what the facts up to `sequence` fold to, in place of the one before.

        One of the same code version that knows more facts stays.

        Raises:
            Transient: `ledger-full`, `ledger-busy`: the one before is kept.
            UsageError: `snapshot-ahead`: the ledger holds no such fact.
        """
        ...

    async def load(self, code_version: str) -> tuple[int, bytes] | None:
        """Give what was saved by the same code version, with its sequence; None: nothing was.

        Raises:
            Broken: `ledger-tampered`: it was made of other facts than the ledger holds.
        """
        ...
