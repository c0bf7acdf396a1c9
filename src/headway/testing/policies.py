"""Policies in memory: the port `Policies` for documents whose expressions ask one thing of one field.

It reads the same documents as the real adapter and knows of CEL only ``has(object.a.b)`` and a field compared
with a literal, ``object.a.b >= 2``; anything else is a problem, as a mistake is to the real one. Kinds are
matched by group and plural alone. Held to the same contract tests. Not for concurrent use by threads.
"""

import json
import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from headway.app.bounded_yaml import Document, read_documents
from headway.app.ports import PolicySet, Subject
from headway.domain.errors import UsageError
from headway.domain.standards import Judgement, ObjectKey, PolicyProblem, Unjudged, Violation
from headway.domain.standards.manifest import key_of

_PLACE = r"object(?:\.[A-Za-z0-9_]+)+"
_HAS = re.compile(rf"\s*has\((?P<place>{_PLACE})\)\s*")
_COMPARES = re.compile(rf"\s*(?P<place>{_PLACE})\s*(?P<sign>==|!=|>=|<=|>|<)\s*(?P<literal>\S.*?)\s*")
_SIGNS: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
_CLUSTER_WIDE = frozenset({"Namespace", "CustomResourceDefinition"})


class _Missing(Exception):
    """A field that an expression needs is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Validation:
    ask: Callable[[Mapping[str, object]], bool]
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Policy:
    name: str
    kinds: frozenset[tuple[str, str]]
    """API groups and plurals."""
    validations: tuple[_Validation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PoliciesInMemory:
    """What documents were read to (`PolicySet`)."""

    policies: tuple[_Policy, ...]
    problems: tuple[PolicyProblem, ...]

    @property
    def rules(self) -> tuple[str, ...]:
        """See `PolicySet.rules`."""
        return tuple(one.name for one in self.policies)


class InMemoryPolicies:
    """Judges by simple policies (`Policies`)."""

    def __init__(self) -> None:
        self.fails = False
        """Whether judging ends in a mistake of its own, as no adapter should."""
        self.judged: list[ObjectKey] = []
        """Every object that was asked about, in order."""

    async def compile(self, documents: Mapping[str, bytes]) -> PoliciesInMemory:
        """See `Policies.compile`."""
        policies: dict[str, _Policy] = {}
        problems: list[PolicyProblem] = []
        for file in sorted(documents):
            try:
                found = read_documents(documents[file], file)
            except UsageError as error:
                problems.append(_problem(file, 1, error.why))
                continue
            for document in found:
                read = _read(document, file)
                if isinstance(read, _Policy):
                    policies[read.name] = read
                elif read is not None:
                    problems.append(read)
        named = tuple(policies[name] for name in sorted(policies))
        return PoliciesInMemory(policies=named, problems=tuple(problems))

    async def judge(self, policies: PolicySet, subjects: Sequence[Subject], *, namespace: str) -> Judgement:
        """See `Policies.judge`."""
        if not isinstance(policies, PoliciesInMemory):
            raise TypeError("these policies were compiled by another adapter")
        if self.fails:
            raise RuntimeError("the judge is broken")
        violations: list[Violation] = []
        unjudged: list[Unjudged] = []
        for subject in subjects:
            key = _placed(key_of(subject.manifest), namespace)
            self.judged.append(key)
            for found in _ask_all(policies, subject.manifest, key):
                if isinstance(found, Violation):
                    violations.append(found)
                else:
                    unjudged.append(found)
        return Judgement(violations=tuple(violations), unjudged=tuple(unjudged), problems=policies.problems)


def _ask_all(
    policies: PoliciesInMemory, manifest: Mapping[str, object], key: ObjectKey
) -> Iterator[Violation | Unjudged]:
    kind = (key.api_version.rpartition("/")[0], f"{key.kind.lower()}s")
    for policy in policies.policies:
        if kind not in policy.kinds:
            continue
        for index, validation in enumerate(policy.validations):
            try:
                holds = validation.ask(manifest)
            except _Missing as error:
                why, suggestion = f"no such key: {error}", "Ask for it only where it is there"
                yield Unjudged(rule=policy.name, object=key, why=why, suggestion=suggestion, validation=index)
                continue
            if not holds:
                yield Violation(rule=policy.name, object=key, message=validation.message, validation=index)


def _placed(key: ObjectKey, namespace: str) -> ObjectKey:
    inside = "" if key.kind in _CLUSTER_WIDE else key.namespace or namespace
    return ObjectKey(api_version=key.api_version, kind=key.kind, namespace=inside, name=key.name)


def _read(document: Document, file: str) -> _Policy | PolicyProblem | None:
    value = document.value
    if not isinstance(value, Mapping) or value.get("kind") != "ValidatingAdmissionPolicy":
        return None
    name = str(value["metadata"]["name"])
    spec = value["spec"]
    kinds = {
        (group, plural)
        for rule in spec["matchConstraints"]["resourceRules"]
        for group in rule["apiGroups"]
        for plural in rule["resources"]
    }
    validations: list[_Validation] = []
    for index, one in enumerate(spec["validations"]):
        ask = _asking(str(one["expression"]))
        if ask is None:
            line = document.lines.get(("spec", "validations", index, "expression"), 1)
            field = f"spec.validations[{index}].expression"
            why = f"{one['expression']!r} is not understood"
            return _problem(file, line, why, policy=name, field=field)
        validations.append(_Validation(ask=ask, message=str(one["message"])))
    return _Policy(name=name, kinds=frozenset(kinds), validations=tuple(validations))


def _asking(expression: str) -> Callable[[Mapping[str, object]], bool] | None:
    """Read an expression; None: it is none that is known here."""
    if has := _HAS.fullmatch(expression):
        *way, last = has["place"].split(".")[1:]
        return lambda found: last in _at(found, way)
    compares = _COMPARES.fullmatch(expression)
    if compares is None:
        return None
    try:
        literal = json.loads(compares["literal"].replace("'", '"'))
    except ValueError:
        return None
    sign, steps = _SIGNS[compares["sign"]], compares["place"].split(".")[1:]
    return lambda found: bool(sign(_value(found, steps), literal))


def _at(found: Mapping[str, object], way: Sequence[str]) -> Mapping[str, object]:
    value = _value(found, way)
    return value if isinstance(value, Mapping) else {}


def _value(found: Mapping[str, object], way: Sequence[str]) -> object:
    value: object = found
    for step in way:
        if not isinstance(value, Mapping) or step not in value:
            raise _Missing(step)
        value = value[step]
    return value


def _problem(file: str, line: int, why: str, *, policy: str = "", field: str = "") -> PolicyProblem:
    return PolicyProblem(
        file=file, line=line, policy=policy, field=field, why=why, suggestion="Mend the document"
    )
