"""Label selectors, as Kubernetes reads them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from headway.adapters.policies.reading import Place


@dataclass(frozen=True, slots=True)
class Requirement:
    """What one label must be."""

    label: str
    operator: str
    values: frozenset[str]

    def holds(self, labels: Mapping[str, str]) -> bool:
        """Say whether labels meet it."""
        value = labels.get(self.label)
        match self.operator:
            case "In":
                return value in self.values
            case "NotIn":
                return value not in self.values
            case "Exists":
                return value is not None
            case _:
                return value is None


@dataclass(frozen=True, slots=True)
class Selector:
    """All of its requirements must hold; without any it selects everything."""

    requirements: tuple[Requirement, ...] = ()

    def holds(self, labels: Mapping[str, str]) -> bool:
        """Say whether labels meet it."""
        return all(one.holds(labels) for one in self.requirements)

    @property
    def labels(self) -> frozenset[str]:
        """The labels that it asks for."""
        return frozenset(one.label for one in self.requirements)


def read_selector(place: Place) -> Selector:
    """Read a selector; a missing one selects everything.

    Raises:
        Unreadable: it is none.
    """
    if not place.there:
        return Selector()
    place.fields("matchLabels", "matchExpressions")
    found = [
        Requirement(label, "In", frozenset({value}))
        for label, value in place.at("matchLabels").labels().items()
    ]
    for one in place.at("matchExpressions").items():
        one.fields("key", "operator", "values")
        operator = one.at("operator").text("In", "NotIn", "Exists", "DoesNotExist")
        values = frozenset(one.at("values").texts())
        if (operator in {"In", "NotIn"}) != bool(values):
            raise one.refuse(
                f"{operator} {'takes no' if values else 'needs'} values",
                "Write values with In and NotIn alone",
            )
        found.append(Requirement(one.at("key").text(), operator, values))
    return Selector(tuple(found))
