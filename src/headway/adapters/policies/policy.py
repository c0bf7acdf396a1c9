"""A policy whose expressions are compiled, with the places where it is in force."""

from dataclasses import dataclass

from headway.adapters.policies.documents import BindingDocument, PolicyDocument
from headway.adapters.policies.expressions import Expression, Names, compile_expression
from headway.adapters.policies.reading import Place, Unreadable
from headway.domain.standards import PolicyProblem

_BOOL = frozenset({"bool"})
_TEXT = frozenset({"string"})
_NOTE = frozenset({"string", "null_type"})
_KEPT = ("bool", "bytes", "double", "int", "string", "uint", "null_type", "google.protobuf.Duration")
"""Types that a variable keeps; so do lists and maps, and instants. What others hold is any type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledValidation:
    """One thing that must hold, ready to be asked."""

    expression: Expression
    message: str
    message_expression: Expression | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A policy that can be judged by; immutable."""

    document: PolicyDocument
    conditions: tuple[Expression, ...]
    variables: tuple[tuple[str, Expression], ...]
    validations: tuple[CompiledValidation, ...]
    audits: tuple[Expression, ...]
    bindings: tuple[BindingDocument, ...]
    """Where it is in force; empty: everywhere, without parameters."""

    @property
    def name(self) -> str:
        """The standard's id."""
        return self.document.name


def compile_policy(
    document: PolicyDocument, bindings: tuple[BindingDocument, ...]
) -> Policy | tuple[PolicyProblem, ...]:
    """Compile all expressions of a policy, or give every mistake in them."""
    problems: list[PolicyProblem] = []

    def compiled(place: Place, names: Names, wanted: frozenset[str]) -> Expression | None:
        try:
            return compile_expression(place, names, wanted)
        except Unreadable as error:
            problems.append(error.problem)
            return None

    names: Names = (("object", "dyn"), ("oldObject", "dyn"), ("request", "dyn"), ("namespaceObject", "dyn"))
    if document.parameters is not None:
        names = (*names, ("params", "dyn"))
    conditions = [compiled(place, names, _BOOL) for _, place in document.conditions]
    variables: list[tuple[str, Expression]] = []
    for name, place in document.variables:
        found = compiled(place, names, frozenset())
        names = (*names, (f"variables.{name}", _kept(found)))
        if found is not None:
            variables.append((name, found))
    validations = []
    for one in document.validations:
        expression = compiled(one.expression, names, _BOOL)
        words = compiled(one.message_expression, names, _TEXT) if one.message_expression.there else None
        if expression is not None:
            validations.append(
                CompiledValidation(
                    expression=expression, message=one.message, message_expression=words, reason=one.reason
                )
            )
    audits = [compiled(place.at("valueExpression"), names, _NOTE) for place in document.audits]
    if problems:
        return tuple(problems)
    return Policy(
        document=document,
        conditions=tuple(one for one in conditions if one is not None),
        variables=tuple(variables),
        validations=tuple(validations),
        audits=tuple(one for one in audits if one is not None),
        bindings=bindings,
    )


def _kept(expression: Expression | None) -> str:
    """Give the type of a variable as others see it; that of one which does not compile could be any."""
    kind = expression.type if expression is not None else "dyn"
    name = kind.partition("(")[0]
    return kind if name in {*_KEPT, "list", "map", "google.protobuf.Timestamp"} else "dyn"
