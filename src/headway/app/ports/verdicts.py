"""What was judged before, kept for who asks again."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from headway.domain.standards.waiver import Finding

Verdict = Sequence[Sequence[Finding]]
"""What was found in each of an application's renderings, in the order in which they were given."""


class Verdicts(Protocol):
    """Verdicts by all that they follow from; safe to use from several processes."""

    def load(self, rules: str) -> Mapping[str, Verdict]:
        """Give what is known of these rules, by key; nothing where it is damaged or cannot be read."""
        ...

    def save(self, rules: str, verdicts: Mapping[str, Verdict]) -> None:
        """Keep verdicts in place of those that are kept of these rules. Raises nothing: it may be in vain."""
        ...
