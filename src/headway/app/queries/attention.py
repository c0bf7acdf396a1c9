"""What needs somebody: one list for every surface, worst first."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from headway.app.queries.status import CellStatus, InstanceStatus, Status
from headway.domain.deployment import DeploymentState
from headway.domain.names import ArtifactName, InstanceName


class NeedKind(StrEnum):
    """Why somebody is needed."""

    REFUSED = "refused"
    """The estate on `main` is wrong."""
    ACCEPT = "accept"
    """The estate on `main` loosens something and waits for a yes."""
    STANDARD = "standard"
    """A standard on `main` cannot be asked, and so nothing passes."""
    AWAY = "away"
    """An outside system does not answer."""
    UNREAD = "unread"
    """The ledger holds facts that could not be read."""
    TOUCHED = "touched"
    """Other hands changed an instance's folder."""
    ILL = "ill"
    """An artifact is degraded or failed."""
    UNMET = "unmet"
    """What runs does not meet today's standards."""
    APPROVAL = "approval"
    """A version waits for people to say yes."""
    HELD = "held"
    """Promotions are stopped until somebody resumes them."""
    WAIVER = "waiver"
    """A waiver ends within a week."""
    LEFT = "left"
    """It runs, and no file names it any more."""


_IN_ORDER = tuple(NeedKind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One thing that needs somebody."""

    kind: NeedKind
    words: str
    who: str
    """Who can do something about it, or what they can type."""
    instance: InstanceName | None = None
    artifact: ArtifactName | None = None


def attention(board: Status) -> tuple[str, ...]:
    """Give what needs somebody, worst first, one line each."""
    return tuple(one.words for one in needs(board))


def needs(board: Status) -> tuple[Need, ...]:
    """Give what needs somebody, worst first."""
    found = [*estate_needs(board), *(one for instance in board.instances for one in instance_needs(instance))]
    return in_order(found)


def in_order(found: Iterable[Need]) -> tuple[Need, ...]:
    """Give the worst first; of one kind in the order in which they were found."""
    return tuple(sorted(found, key=lambda one: _IN_ORDER.index(one.kind)))


def alike(found: Iterable[Need]) -> tuple[tuple[Need, ...], ...]:
    """Put together what is one thing to do: the same trouble of one artifact, or of instances as a whole."""
    together: dict[tuple[object, ...], list[Need]] = {}
    for need in found:
        key = (need.kind, need.artifact) if need.artifact else (need.kind, need.words)
        together.setdefault(key, []).append(need)
    return tuple(tuple(those) for those in together.values())


def estate_needs(board: Status) -> Iterator[Need]:
    """Give what is wrong around the instances."""
    for problem in board.refused:
        yield Need(kind=NeedKind.REFUSED, words=f"estate refused: {problem}", who="whoever changed main")
    for loosened in board.waiting:
        yield Need(
            kind=NeedKind.ACCEPT,
            words=f"estate waits for `headway accept`: {loosened}",
            who="somebody who held that power before",
        )
    for problem in board.standards:
        yield Need(
            kind=NeedKind.STANDARD,
            words=f"a standard cannot be asked, and so nothing passes: {problem}",
            who="the platform team, by a commit that mends it",
        )
    for words in board.waivers:
        yield Need(kind=NeedKind.WAIVER, words=f"a waiver ends: {words}", who="who answers for it")
    for words in board.away:
        yield Need(kind=NeedKind.AWAY, words=f"away: {words}", who="whoever runs it")
    if board.unread:
        named = ", ".join(map(str, board.unread[:3])) + (", …" if len(board.unread) > 3 else "")
        yield Need(
            kind=NeedKind.UNREAD,
            words=f"{len(board.unread)} fact(s) could not be read and are passed over: number {named}; "
            "the log of `headway serve` says why, at its start",
            who="whoever runs headway",
        )
    for name in board.left:
        yield Need(kind=NeedKind.LEFT, words=f"left the estate, frozen: {name}", who="whoever ran it")


def instance_needs(instance: InstanceStatus) -> Iterator[Need]:
    """Give what needs somebody in one instance."""
    name = instance.name
    if instance.touched:
        yield Need(
            kind=NeedKind.TOUCHED,
            words=f"{name} changed by other hands: {instance.touched}",
            who="the commit's author, by a revert",
            instance=name,
        )
    for cell in instance.cells:
        yield from _cell_needs(cell)
    for words in instance.held:
        yield Need(
            kind=NeedKind.HELD,
            words=f"{name} is held by {words}",
            who=f"headway resume {name}",
            instance=name,
        )


def _cell_needs(cell: CellStatus) -> Iterator[Need]:
    where = f"{cell.artifact} in {cell.instance}"

    def need(kind: NeedKind, words: str, who: str) -> Need:
        return Need(kind=kind, words=words, who=who, instance=cell.instance, artifact=cell.artifact)

    if cell.health in (DeploymentState.DEGRADED, DeploymentState.FAILED):
        yield need(NeedKind.ILL, f"{where} is {cell.health}: {cell.words}", "the artifact's team, or support")
    if unmet := [one for one in cell.unmet if one.blocks]:
        first, more = unmet[0], f", and {len(unmet) - 1} more" if len(unmet) > 1 else ""
        yield need(
            NeedKind.UNMET,
            f"{where} runs and does not meet today's standards: "
            f"{first.rule} · {first.object}: {first.message}{more}",
            "the team, by a version that meets them",
        )
    if cell.gate == "approvals" and cell.newer and not cell.underway:
        yield need(
            NeedKind.APPROVAL,
            f"{where} waits for approval: {(cell.waits or '').removeprefix('approvals: ')}",
            cell.who or "",
        )
    for words in cell.held:
        yield need(NeedKind.HELD, f"{where} is held by {words}", f"headway resume {cell.instance}")
