"""What a person may do: the one place that decides it, for every surface (rule 8)."""

from enum import StrEnum

from headway.domain.estate import Estate

OPERATOR = "operator"
"""Who started the service on this machine: holds every power, as the file system already says."""


class Verb(StrEnum):
    """Everything that changes state, and reading."""

    READ = "read"
    PROMOTE = "promote"
    APPROVE = "approve"
    HOLD = "hold"
    RESUME = "resume"
    ROLL_BACK = "roll-back"
    QUARANTINE = "quarantine"
    LIFT = "lift-quarantine"
    ACCEPT = "accept"


_SUPPORT = frozenset(Verb) - {Verb.ACCEPT}

_POWERS: dict[str, frozenset[Verb]] = {
    "platform": frozenset(Verb),
    "support": _SUPPORT,
    "developer": frozenset({Verb.READ, Verb.PROMOTE, Verb.HOLD, Verb.ROLL_BACK, Verb.QUARANTINE}),
}
"""By role. A role with another name may read, and approve where a gate names it."""

_OTHERS = frozenset({Verb.READ, Verb.APPROVE})


def roles_of(estate: Estate | None, person: str) -> tuple[str, ...]:
    """Give the roles that a person holds."""
    if estate is None:
        return ()
    return tuple(sorted(role for role, people in estate.roles.items() if person in people))


def may(estate: Estate | None, person: str, verb: Verb) -> bool:
    """Say whether a person may do something. Unknown people may read what the surface lets them reach."""
    if person == OPERATOR:
        return True
    if verb is Verb.READ:
        return True
    return any(verb in _POWERS.get(role, _OTHERS) for role in roles_of(estate, person))
