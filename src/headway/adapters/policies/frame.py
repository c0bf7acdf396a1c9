"""What one evaluation holds: values by name, the slots of fold variables, and what may still be spent."""

from collections.abc import Callable, Mapping

from headway.adapters.policies.values import BudgetSpent, Value

CALL_LIMIT = 1_000_000
"""What one expression may cost, as in Kubernetes; some tenths of a second."""
POLICY_LIMIT = 10_000_000
"""What all expressions of one policy may cost for one object, as in Kubernetes."""


class Frame:
    """One evaluation of one expression; used once."""

    __slots__ = ("_names", "cost", "slots")

    def __init__(self, names: Mapping[str, Callable[[], Value]], slots: int) -> None:
        self._names = names
        self.slots: list[Value] = [None] * slots
        self.cost = 0

    def named(self, name: str) -> Value:
        """Give the value of a name, worked out when it is first asked for."""
        self.spend(1)
        return self._names[name]()

    def spend(self, cost: int) -> None:
        """Count a cost.

        Raises:
            BudgetSpent: it is more than one expression may cost.
        """
        self.cost += cost
        if self.cost > CALL_LIMIT:
            raise BudgetSpent("operation cancelled: actual cost limit exceeded")


Evaluate = Callable[[Frame], Value]
