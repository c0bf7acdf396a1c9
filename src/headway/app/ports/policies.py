"""Policies that judge manifests as a cluster would, outside of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from headway.domain.standards import Judgement, PolicyProblem


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """An object that is asked about."""

    manifest: Mapping[str, object]
    """As rendered; it is not changed."""
    earlier: Mapping[str, object] | None = None
    """The object that it replaces; None: it is new."""


class PolicySet(Protocol):
    """Policies that were compiled; immutable, safe to use concurrently."""

    @property
    def rules(self) -> tuple[str, ...]:
        """The names of those that can be judged by, sorted."""
        ...

    @property
    def problems(self) -> tuple[PolicyProblem, ...]:
        """What makes the others unusable, by file and line."""
        ...


class Policies(Protocol):
    """Kubernetes' own admission policies, evaluated without a cluster."""

    async def compile(self, documents: Mapping[str, bytes]) -> PolicySet:
        """Compile the policies, bindings and parameters in YAML files, by path.

        A document that is wrong is a problem of its own and hides no other. Raises nothing.
        """
        ...

    async def judge(self, policies: PolicySet, subjects: Sequence[Subject], *, namespace: str) -> Judgement:
        """Judge objects by all policies that are for them.

        Args:
            policies: what `compile` of the same adapter gave; its problems are the judgement's too.
            subjects: the objects; an object with an `earlier` one is judged as an update of it, any
                other as created. Definitions of custom resources among them say how those are named.
            namespace: where objects go that name no namespace; only its name is known.

        Raises nothing: what cannot be judged is in the judgement, and is no pass.
        """
        ...
