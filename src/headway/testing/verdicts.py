"""Verdicts in memory."""

from collections.abc import Mapping

from headway.app.ports import Verdict


class MemoryVerdicts:
    """`Verdicts` that a test keeps."""

    def __init__(self) -> None:
        self._kept: dict[str, Mapping[str, Verdict]] = {}

    def load(self, rules: str) -> Mapping[str, Verdict]:
        """Give what was kept of these rules."""
        return self._kept.get(rules, {})

    def save(self, rules: str, verdicts: Mapping[str, Verdict]) -> None:
        """Keep it in place of what was kept."""
        self._kept[rules] = dict(verdicts)
