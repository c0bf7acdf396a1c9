"""The port `Policies`: compiles documents, and judges objects in a thread of its own.

Compiling and judging are work of the processor alone. A thread keeps the event loop free: it answers every
few milliseconds, since the interpreter changes threads then. Compiled policies are immutable.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from headway.adapters.policies.documents import (
    API_VERSION,
    BindingDocument,
    PolicyDocument,
    read_binding,
    read_policy,
)
from headway.adapters.policies.judging import Found, Question
from headway.adapters.policies.matching import Undecided, is_for
from headway.adapters.policies.parameters import NotConfigured, parameters_of
from headway.adapters.policies.policy import Policy, compile_policy
from headway.adapters.policies.reading import Place, Reader, Unreadable
from headway.adapters.policies.resources import with_definitions
from headway.adapters.policies.targets import Target, target_of
from headway.app.ports import PolicySet, Subject
from headway.domain.standards import Judgement, PolicyProblem, Unjudged, Violation

_POLICY, _BINDING = "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledPolicies:
    """What documents were compiled to."""

    policies: tuple[Policy, ...]
    parameters: tuple[Place, ...]
    problems: tuple[PolicyProblem, ...]

    @property
    def rules(self) -> tuple[str, ...]:
        """The names of those that can be judged by, sorted."""
        return tuple(one.name for one in self.policies)


class CelPolicies:
    """Judges by `ValidatingAdmissionPolicy` documents; safe to use concurrently."""

    def __init__(self, read: Reader) -> None:
        """Read files with `read`."""
        self._read = read

    async def compile(self, documents: Mapping[str, bytes]) -> CompiledPolicies:
        """Compile the policies, bindings and parameters in YAML files, by path."""
        return await asyncio.to_thread(self._compile, documents)

    async def judge(self, policies: PolicySet, subjects: Sequence[Subject], *, namespace: str) -> Judgement:
        """Judge objects by all policies that are for them."""
        if not isinstance(policies, CompiledPolicies):
            raise TypeError("these policies were compiled by another adapter")
        return await asyncio.to_thread(_judge, policies, subjects, namespace)

    def _compile(self, documents: Mapping[str, bytes]) -> CompiledPolicies:
        sorted_out = _Sorted()
        for path in sorted(documents):
            found, problem = self._read(documents[path], path)
            if problem is not None:
                sorted_out.problems.append(problem)
            for document in found:
                sorted_out.add(Place(document, document.value))
        compiled = []
        for policy in sorted_out.with_parameters():
            bindings = tuple(one for one in sorted_out.bindings.values() if one.policy == policy.name)
            answer = compile_policy(policy, bindings)
            if isinstance(answer, Policy):
                compiled.append(answer)
            else:
                sorted_out.problems += answer
        sorted_out.look_for_the_lost()
        return CompiledPolicies(
            policies=tuple(sorted(compiled, key=lambda one: one.name)),
            parameters=tuple(sorted_out.parameters),
            problems=tuple(sorted(sorted_out.problems, key=lambda one: (one.file, one.line, one.field))),
        )


class _Sorted:
    """Documents by what they are."""

    def __init__(self) -> None:
        self.policies: dict[str, PolicyDocument] = {}
        self.bindings: dict[str, BindingDocument] = {}
        self.parameters: list[Place] = []
        self.problems: list[PolicyProblem] = []

    def add(self, place: Place) -> None:
        """Read one document; a mistake in it is a problem of its own."""
        try:
            kind = place.at("kind").value
            if kind == _POLICY:
                self._version(place)
                policy = read_policy(place)
                self._once(policy.name, policy.place, self.policies)
                self.policies[policy.name] = policy
            elif kind == _BINDING:
                self._version(place)
                binding = read_binding(place)
                self._once(binding.name, binding.place, self.bindings)
                self.bindings[binding.name] = binding
            else:
                place.at("apiVersion").text()
                place.at("kind").text()
                self.parameters.append(place)
        except Unreadable as error:
            self.problems.append(error.problem)

    def look_for_the_lost(self) -> None:
        """Tell of bindings of no policy."""
        broken = {one.policy for one in self.problems}
        for binding in self.bindings.values():
            if binding.policy not in self.policies and binding.policy not in broken:
                place = binding.place.at("spec", "policyName")
                self.problems.append(
                    place.problem(
                        f"there is no policy {binding.policy!r}", "Name one that is among the standards"
                    )
                )

    def with_parameters(self) -> Iterator[PolicyDocument]:
        """Give the policies whose parameters, where they have any, some binding names; tell of the others."""
        bound = {one.policy for one in self.bindings.values()}
        for policy in self.policies.values():
            if policy.parameters is None or policy.name in bound:
                yield policy
                continue
            self.problems.append(
                policy.place.at("spec", "paramKind").problem(
                    "no binding names its parameters", "Add a ValidatingAdmissionPolicyBinding with paramRef"
                )
            )

    @staticmethod
    def _version(place: Place) -> None:
        place.at("apiVersion").text(API_VERSION)

    @staticmethod
    def _once(name: str, place: Place, others: Mapping[str, PolicyDocument | BindingDocument]) -> None:
        if name in others:
            first = others[name].place
            where = f"{first.document.file}:{first.document.line_of(())}"
            raise place.at("metadata", "name").refuse(
                f"{name!r} stands already in {where}", "Give each its own name"
            )


def _judge(compiled: CompiledPolicies, subjects: Sequence[Subject], namespace: str) -> Judgement:
    resources = with_definitions(one.manifest for one in subjects)
    found: list[Found] = []
    for subject in subjects:
        target = target_of(subject, resources, namespace)
        for policy in compiled.policies:
            found += _ask(policy, target, compiled.parameters)
    return Judgement(
        violations=tuple(one for one in found if isinstance(one, Violation)),
        unjudged=tuple(one for one in found if isinstance(one, Unjudged)),
        problems=compiled.problems,
    )


def _ask(policy: Policy, target: Target, documents: Sequence[Place]) -> Iterator[Found]:
    """Ask a policy about an object, once for each binding and each of its parameters; nothing twice."""
    try:
        if not is_for(policy.document.constraints, target):
            return
        found: list[Found] = []
        for binding in policy.bindings or (None,):
            if binding is not None and not is_for(binding.constraints, target):
                continue
            for parameters in parameters_of(policy.document, binding, target, documents):
                found += Question(policy, target, parameters).ask()
        yield from dict.fromkeys(found)
    except Undecided as error:
        yield _unjudged(policy, target, error.why, error.suggestion, error.code)
    except NotConfigured as error:
        yield _unjudged(
            policy,
            target,
            f"failed to configure binding: {error}",
            "Add the parameters to the standards",
            "object-unjudged",
        )


def _unjudged(policy: Policy, target: Target, why: str, suggestion: str, code: str) -> Unjudged:
    return Unjudged(
        rule=policy.name,
        object=target.key,
        why=why,
        suggestion=suggestion,
        code=code,
        ignored=policy.document.ignores_failures,
    )
