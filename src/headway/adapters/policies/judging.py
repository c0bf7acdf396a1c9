"""Asks one policy about one object, in the order and with the words of the API server. Pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from headway.adapters.policies.expressions import Expression
from headway.adapters.policies.frame import POLICY_LIMIT
from headway.adapters.policies.policy import CompiledValidation, Policy
from headway.adapters.policies.targets import Target, namespace_object
from headway.adapters.policies.values import BudgetSpent, EvaluationError, MapValue, Value
from headway.domain.standards import Unjudged, Violation

_OUT_OF_BUDGET = (
    "validation failed due to running out of cost budget, no further validation rules will be run"
)
_CONDITIONS_LIMIT = POLICY_LIMIT // 4
_MESSAGE_BYTES = 5 * 1024
Found = Violation | Unjudged
Names = Mapping[str, Callable[[], Value]]


@dataclass(frozen=True, slots=True)
class _Failure:
    """An expression that has no value."""

    words: str


class _Budget:
    """What the expressions of one policy may still cost for one object."""

    def __init__(self, limit: int) -> None:
        self._left = limit

    def spend(self, cost: int) -> None:
        self._left -= cost
        if self._left < 0:
            raise BudgetSpent(_OUT_OF_BUDGET)


class Question:
    """One policy, one object, one set of parameters; used once."""

    def __init__(self, policy: Policy, target: Target, parameters: MapValue | None) -> None:
        self._policy = policy
        self._target = target
        self._base: dict[str, Callable[[], Value]] = {
            "object": lambda: target.manifest,
            "oldObject": lambda: target.earlier,
            "request": target.request,
            "namespaceObject": lambda: namespace_object(target),
            "params": lambda: parameters,
        }

    def ask(self) -> Iterator[Found]:
        """Give what is found; nothing: the object meets the policy, or the policy is not for it."""
        refused = self._conditions()
        if refused is not None:
            if isinstance(refused, _Failure):
                yield self._unjudged(refused.words)
            return
        budget = _Budget(POLICY_LIMIT)
        names = self._names(budget)
        found: list[Found] = []
        try:
            for index, one in enumerate(self._policy.validations):
                answer = self._validation(index, one, names, budget)
                if answer is not None:
                    found.append(answer)
        except BudgetSpent as error:
            found = [self._unjudged(str(error))]
        yield from found
        yield from self._audits()

    def _names(self, budget: _Budget) -> Names:
        names = dict(self._base)
        for name, expression in self._policy.variables:
            names[f"variables.{name}"] = _once(name, expression, names, budget)
        return names

    def _evaluate(self, expression: Expression, names: Names, budget: _Budget) -> Value | _Failure:
        value, failure = _run(expression, names, budget)
        return (
            value
            if failure is None
            else _Failure(f"expression '{expression.text}' resulted in error: {failure}")
        )

    def _conditions(self) -> _Failure | bool | None:
        """Say whether the conditions keep the policy from the object: False, or what went wrong; None: no."""
        budget = _Budget(_CONDITIONS_LIMIT)
        failures: list[str] = []
        try:
            for one in self._policy.conditions:
                value = self._evaluate(one, self._base, budget)
                if isinstance(value, _Failure):
                    failures.append(value.words)
                elif value is False:
                    return False
        except BudgetSpent as error:
            return _Failure(str(error))
        distinct = list(dict.fromkeys(failures))
        if not distinct:
            return None
        return _Failure(distinct[0] if len(distinct) == 1 else f"[{', '.join(distinct)}]")

    def _validation(
        self, index: int, validation: CompiledValidation, names: Names, budget: _Budget
    ) -> Found | None:
        value = self._evaluate(validation.expression, names, budget)
        if isinstance(value, _Failure):
            return self._unjudged(value.words, index)
        if value is True:
            return None
        return Violation(
            rule=self._policy.name,
            validation=index,
            object=self._target.key,
            message=self._message(validation, budget),
            reason=validation.reason,
        )

    def _message(self, validation: CompiledValidation, budget: _Budget) -> str:
        if validation.message_expression is not None:
            value = self._evaluate(validation.message_expression, self._names(budget), budget)
            if isinstance(value, str):
                said = value.strip()
                if said and len(said.encode()) <= _MESSAGE_BYTES and "\n" not in said:
                    return said
        return validation.message.strip() or f"failed expression: {validation.expression.text.strip()}"

    def _audits(self) -> Iterator[Unjudged]:
        """Look at audit annotations, of which only an error counts here."""
        budget = _Budget(POLICY_LIMIT)
        names = self._names(budget)
        try:
            for one in self._policy.audits:
                value = self._evaluate(one, names, budget)
                if isinstance(value, _Failure):
                    yield self._unjudged(value.words)
        except BudgetSpent as error:
            yield self._unjudged(str(error))

    def _unjudged(self, words: str, validation: int | None = None) -> Unjudged:
        costly = "cost budget" in words or "cost limit exceeded" in words
        return Unjudged(
            rule=self._policy.name,
            object=self._target.key,
            why=words,
            suggestion="Make the policy cheaper: filter before comparing, compare each pair once"
            if costly
            else "Let the policy ask with has() or ? for what may be missing, or add it to the object",
            code="policy-costly" if costly else "object-unjudged",
            validation=validation,
            ignored=self._policy.document.ignores_failures,
        )


def _run(expression: Expression, names: Names, budget: _Budget) -> tuple[Value, str | None]:
    """Give an expression's value, or the words of its failure; its cost counts in both cases.

    Raises:
        BudgetSpent: all expressions together cost too much.
    """
    frame = expression.frame(names)
    value: Value = None
    failure = None
    try:
        value = expression.evaluate(frame)
    except EvaluationError as error:
        failure = str(error)
    except BudgetSpent as error:
        if str(error) == _OUT_OF_BUDGET:
            raise
        failure = str(error)
    except RecursionError:
        failure = "it is nested too deep"
    budget.spend(frame.cost)
    return value, failure


def _once(name: str, expression: Expression, names: Names, budget: _Budget) -> Callable[[], Value]:
    """Give what works out a variable when it is first asked for, and remembers value or error."""
    known: list[Value | _Failure] = []

    def value() -> Value:
        if not known:
            found, failure = _run(expression, names, budget)
            words = f'composited variable "{name}" fails to evaluate: {failure}'
            known.append(found if failure is None else _Failure(words))
        remembered = known[0]
        if isinstance(remembered, _Failure):
            raise EvaluationError(remembered.words)
        return remembered

    return value
