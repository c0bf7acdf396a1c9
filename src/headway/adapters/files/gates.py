"""Gates as files have them, to the domain's rules; and whether a team's are stricter than its lane's."""

from collections.abc import Iterable, Iterator, Mapping

from headway.adapters.files.document import Document
from headway.adapters.files.duration import format_duration
from headway.adapters.files.model import GatesFile
from headway.domain.estate import Approvals, Freeze, GateRules
from headway.domain.estate.problems import Problem
from headway.domain.field_path import FieldPath
from headway.domain.suggestion import suggest


def gate_rules(gates: GatesFile) -> GateRules:
    """Turn a file's gates into rules; what it leaves out asks for nothing."""
    approvals = gates.approvals
    return GateRules(
        **({"soak": gates.soak} if gates.soak is not None else {}),
        approvals=Approvals(count=approvals.count, roles=tuple(approvals.from_)) if approvals else None,
        freezes=tuple(
            Freeze(schedule=one.schedule, lasts=one.lasts, time_zone=one.time_zone, reason=one.reason)
            for one in gates.freeze
        ),
    )


def looser(document: Document, path: FieldPath, team: GatesFile, lane: GateRules) -> Iterator[Problem]:
    """Tell where a team's gates ask for less than the lane's; what it leaves out stays as the lane has it."""
    if team.soak is not None and team.soak < lane.soak:
        asked, least = format_duration(team.soak), format_duration(lane.soak)
        yield document.problem(
            (*path, "soak"),
            f"{asked} is looser than the lane's {least}, and an application may only tighten",
            f"Write {least} or more, or take it out",
        )
    if team.approvals is None or lane.approvals is None:
        return
    if team.approvals.count < lane.approvals.count:
        yield document.problem(
            (*path, "approvals", "count"),
            f"{team.approvals.count} is looser than the lane's {lane.approvals.count}, "
            "and an application may only tighten",
            f"Write {lane.approvals.count} or more, or take approvals out",
        )
    if more := sorted(set(team.approvals.from_) - set(lane.approvals.roles)):
        yield document.problem(
            (*path, "approvals", "from"),
            f"{_list(team.approvals.from_)} is looser than the lane's {_list(lane.approvals.roles)}, "
            "and an application may only tighten",
            f"Take {', '.join(more)} out",
        )


def check_roles(
    document: Document, path: FieldPath, gates: GatesFile, roles: Mapping[str, tuple[str, ...]]
) -> Iterator[Problem]:
    """Tell of roles that approvals name and the estate does not have."""
    if gates.approvals is None:
        return
    for index, role in enumerate(gates.approvals.from_):
        if role not in roles:
            yield document.problem(
                (*path, "approvals", "from", index),
                f"there is no role {role!r}",
                suggest(role, roles, "Name its people under roles: in estate.yaml"),
            )


def _list(names: Iterable[str]) -> str:
    return f"[{', '.join(names)}]"
