"""One expression of a policy: compiled once, evaluated for each object."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from headway.adapters.policies.checker import NotCompiled, check
from headway.adapters.policies.frame import Evaluate, Frame
from headway.adapters.policies.literals import wrong_literal
from headway.adapters.policies.outside import NeedsCluster, NoSuchField, asks_authorizer, check_names
from headway.adapters.policies.program import Compiler, NotSupported
from headway.adapters.policies.reading import Place, Unreadable
from headway.adapters.policies.tree import UnknownNode
from headway.adapters.policies.values import Value

Names = tuple[tuple[str, str], ...]
"""What an expression may name, and of which type each is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """An expression that can be evaluated; immutable."""

    text: str
    type: str
    evaluate: Evaluate
    slots: int

    def frame(self, names: Mapping[str, Callable[[], Value]]) -> Frame:
        """Give what one evaluation holds; afterwards it tells the cost, also of one that failed."""
        return Frame(names, self.slots)


def compile_expression(place: Place, names: Names, wanted: frozenset[str] = frozenset()) -> Expression:
    """Compile the expression at a field.

    Args:
        place: the field.
        names: what it may name.
        wanted: the types that it may have; empty: any.

    Raises:
        Unreadable: with what is wrong, where, and what to do.
    """
    text = place.text()

    def refuse(why: str, suggestion: str, code: str = "standard-broken") -> Unreadable:
        return Unreadable(place.problem(why, suggestion, expression=text, code=code))

    if asks_authorizer(text):
        raise refuse(
            "`authorizer` is known in a cluster only",
            "Judge who may do something in the cluster, by a policy of its own",
            "standard-needs-cluster",
        )
    try:
        tree, kind = check(text, names)
        check_names(tree)
        compiler = Compiler()
        evaluate = compiler.compile(tree, {})
    except NeedsCluster as error:
        raise refuse(
            f"{error} is known in a cluster only",
            "Take it out, or keep the policy to the cluster",
            "standard-needs-cluster",
        ) from error
    except (NotCompiled, NoSuchField) as error:
        raise refuse(f"it does not compile: {error}", "Mend the expression at that place") from error
    except NotSupported as error:
        raise refuse(f"the function {error} is not known here", _FUNCTIONS) from error
    except UnknownNode as error:
        raise refuse(f"{error} is not known here", _FUNCTIONS) from error
    if wrong := wrong_literal(tree):
        raise refuse(f"it does not compile: {wrong}", "Mend the literal")
    if wanted and kind not in wanted:
        raise refuse(
            f"must evaluate to {' or '.join(sorted(wanted))} but got {kind}", "Compare it with something"
        )
    return Expression(text=text, type=kind, evaluate=evaluate, slots=compiler.slots)


_FUNCTIONS = "The functions that are known stand in the reference of the standards' language"
