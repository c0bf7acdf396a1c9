"""What came of judging objects by standards: violations, and what could not be judged, which is no pass."""

from dataclasses import dataclass

from headway.domain.standards.problem import PolicyProblem


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class ObjectKey:
    """An object by what tells it from all others."""

    api_version: str
    kind: str
    namespace: str
    """Empty: it belongs to no namespace."""
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A place where an object does not meet a standard."""

    rule: str
    """The standard's id."""
    object: ObjectKey
    message: str
    """What is wrong, what is allowed, what to do; no secret's value."""
    path: str = ""
    """The place in the object: ``spec.template.spec.containers[0].image``; empty: the object as a whole."""
    validation: int | None = None
    """Which of a policy's validations, from 0; None: the standard has none."""
    reason: str = "Invalid"
    """Why a cluster would refuse the object, in Kubernetes' words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unjudged:
    """An object that a standard could not be asked about: an error, never a pass."""

    rule: str
    object: ObjectKey
    why: str
    """Of a policy: as the API server words it where it would fail in the same way."""
    suggestion: str
    code: str = "object-unjudged"
    """`object-unjudged`; `policy-costly`: evaluating it cost more than Kubernetes allows;
    `object-unknown`: its kind's place in the API is not known."""
    validation: int | None = None
    """Which of a policy's validations; None: it came before them, or the standard has none."""
    ignored: bool = False
    """The policy says that a cluster lets the object in all the same (``failurePolicy: Ignore``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """All that was found, in the order in which the objects were given."""

    violations: tuple[Violation, ...] = ()
    unjudged: tuple[Unjudged, ...] = ()
    problems: tuple[PolicyProblem, ...] = ()
    """What makes policies unusable; those were not asked."""

    @property
    def passed(self) -> bool:
        """Every standard was usable, and every object was judged and meets it."""
        blocking = any(not one.ignored for one in self.unjudged)
        return not (self.violations or self.problems or blocking)

    def beyond(self, before: "Judgement") -> "Judgement":
        """Give what is said here and not in an earlier judgement, as of the next version of Kubernetes.

        A violation is the same where rule, object and place are: messages name their version.
        """
        told = {(one.rule, one.object, one.path) for one in before.violations}
        unknown = {(one.rule, one.object) for one in before.unjudged}
        return Judgement(
            violations=tuple(one for one in self.violations if (one.rule, one.object, one.path) not in told),
            unjudged=tuple(one for one in self.unjudged if (one.rule, one.object) not in unknown),
            problems=tuple(one for one in self.problems if one not in before.problems),
        )
