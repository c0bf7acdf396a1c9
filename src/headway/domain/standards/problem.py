"""What makes a policy unusable: a mistake in its document, with the place and a way out."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyProblem:
    """One mistake in one document; nothing meets its policy until the mistake is mended."""

    file: str
    line: int
    """From 1."""
    policy: str
    """The policy's name; empty: the document has none that could be read."""
    field: str
    """The field's path, ``spec.validations[0].expression``; empty: the document as a whole."""
    why: str
    suggestion: str
    expression: str = ""
    """The expression that is wrong; empty: the mistake is in none."""
    code: str = "standard-broken"
    """`standard-broken`; `standard-needs-cluster`: it asks for what only a cluster knows."""

    @property
    def place(self) -> str:
        """Say where it is: ``standards/probes.yaml:14: spec.validations[0].expression``."""
        return f"{self.file}:{self.line}: {self.field or 'the document'}"

    def __str__(self) -> str:
        return f"{self.place}: {self.why}. {self.suggestion}"
