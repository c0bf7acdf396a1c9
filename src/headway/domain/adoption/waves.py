"""The lane that instances are put in: what their names say of the order, or what a person said."""

from collections.abc import Collection, Mapping

from headway.domain.adoption.place import PRODUCTION, rank_of
from headway.domain.errors import UsageError
from headway.domain.names import EnvironmentName


def waves_of(instances: Mapping[str, EnvironmentName]) -> tuple[tuple[str, ...], ...]:
    """Order instances into waves by the words in their names, or in their environments'.

    Instances of one kind go together, but in production one region follows the other, by name.

    Raises:
        UsageError: `adopt-order-unknown`: names say nothing.
    """
    ranks: dict[str, int] = {}
    for name, environment in instances.items():
        rank = rank_of(name)
        rank = rank_of(environment) if rank is None else rank
        if rank is not None:
            ranks[name] = rank
    unknown = sorted(set(instances) - set(ranks))
    if unknown:
        raise UsageError(
            "adopt-order-unknown",
            f"it is not known in which order versions shall pass {', '.join(sorted(instances))}",
            why=f"{', '.join(unknown)}: no name says whether it is development, test, staging or production",
            next_step=f"say it with --lane, like --lane '{', '.join(sorted(instances))}'",
        )
    waves: list[tuple[str, ...]] = []
    for rank in sorted(set(ranks.values())):
        together = tuple(sorted(name for name in ranks if ranks[name] == rank))
        waves += [(name,) for name in together] if rank == PRODUCTION else [together]
    return tuple(waves)


def parse_waves(text: str, instances: Collection[str]) -> tuple[tuple[str, ...], ...]:
    """Read ``dev, staging, us+eu``: waves in order, instances of one wave joined by a plus.

    Raises:
        UsageError: `adopt-order-unknown`: an instance is missing, named twice, or not there.
    """
    waves = tuple(tuple(name.strip() for name in wave.split("+")) for wave in text.split(","))
    named = [name for wave in waves for name in wave]
    wrong = sorted({name for name in named if name not in instances or named.count(name) > 1})
    missing = sorted(set(instances) - set(named))
    if wrong or missing:
        words = [f"{name or 'nothing'!r} is not there, or there twice" for name in wrong]
        words += [f"{name} is missing" for name in missing]
        raise UsageError(
            "adopt-order-unknown",
            f"the lane {text!r} does not name each instance once",
            why="; ".join(words),
            next_step=f"name each of {', '.join(sorted(instances))}, waves by commas, those of one by a plus",
        )
    return waves
