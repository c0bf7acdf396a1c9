"""Judges what an estate renders to by everything that is in force, and says what blocks and what is waived.

Invariants: what could not be judged is found like a violation, never passed over; the same renderings, rules,
waivers and instant give the same findings in the same order, whoever asks.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from headway.app.ports import Policies, PolicySet, Schemas, Subject
from headway.app.standards.catalog import Choice
from headway.domain.estate import Estate
from headway.domain.names import ArtifactName, EnvironmentName, InstanceName
from headway.domain.standards import Judgement
from headway.domain.standards.manifest import key_of
from headway.domain.standards.parity import PARITY, RenderedInstance, compare
from headway.domain.standards.together import judge_together
from headway.domain.standards.waiver import Finding, Waiver, WaiverState, Weighed, weigh

DEFINES = "CustomResourceDefinition"


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedArtifact:
    """What an artifact renders to for one instance."""

    artifact: ArtifactName
    instance: InstanceName
    objects: Sequence[Mapping[str, object]]
    files: Mapping[str, bytes] = field(default_factory=dict)
    """What the objects were read from, if it is at hand: the same bytes are the same objects."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found in an artifact, as it is rendered for one instance."""

    artifact: ArtifactName
    instance: InstanceName
    finding: Finding
    waiver: Waiver | None = None
    """What lets it stand, or did until it ended; None: nothing."""
    state: WaiverState | None = None
    """How the waiver stands; None: there is none."""
    stood_before: bool = False
    """It blocked before the change that is looked at, which therefore is not blamed for it."""

    @property
    def blocks(self) -> bool:
        """Say whether it keeps the artifact out of the instance."""
        return not self.stood_before and (self.waiver is None or self.state is WaiverState.ENDED)

    @property
    def identity(self) -> tuple[object, ...]:
        """Give what makes it the same when it is found again."""
        return (self.artifact, self.instance, self.finding)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """All that was found, and when time alone changes that."""

    found: tuple[Found, ...]
    """By application, artifact and instance, in the order in which they were given."""
    next_at: datetime | None
    """When a waiver ends, or its end is announced; None: time changes nothing."""

    @property
    def passed(self) -> bool:
        """Say whether nothing blocks."""
        return not any(one.blocks for one in self.found)


class Judge:
    """Everything that manifests are judged by. Safe to use concurrently."""

    def __init__(self, schemas: Schemas, policies: Policies, rules: PolicySet, choice: Choice) -> None:
        """Judge by these rules, and what is chosen of those that are no policies."""
        self._schemas = schemas
        self._policies = policies
        self._rules = rules
        self._choice = choice

    @property
    def rules(self) -> tuple[str, ...]:
        """Give the ids of all that can be asked, sorted, but those of schemas."""
        parity = (PARITY,) if self._choice.parity else ()
        return tuple(sorted({*self._rules.rules, *self._choice.together, *parity}))

    def without_parity(self) -> "Judge":
        """Give one that holds no instances against each other."""
        return Judge(self._schemas, self._policies, self._rules, replace(self._choice, parity=False))

    @property
    def asks_together(self) -> bool:
        """Say whether any rule looks at all that an instance holds."""
        return bool(self._choice.together)

    @property
    def asks_parity(self) -> bool:
        """Say whether instances are held against each other."""
        return self._choice.parity

    async def rule(self, estate: Estate, rendered: Sequence[RenderedArtifact], now: datetime) -> Ruled:
        """Judge renderings, with all others of their environment beside them.

        Args:
            estate: names the environments, and what is waived.
            rendered: each an artifact and an instance of the estate.
            now: the present instant, with its time zone.
        """
        definitions = _definitions(estate, rendered)
        beside = _parities(estate, rendered) if self._choice.parity else {}
        together = _together(estate, rendered, self._choice.together)
        found: list[Found] = []
        changes: list[datetime] = []
        for one in rendered:
            judgement = await self.judge_alone(estate, one, definitions[environment_of(estate, one.instance)])
            place = (one.artifact, one.instance)
            judgement = joined(judgement, together.get(place, Judgement()), beside.get(place, Judgement()))
            weighed = weigh(judgement, estate.waivers, one.artifact, one.instance, now)
            found += found_of(one, weighed)
            changes += [weighed.next_at] if weighed.next_at else []
        return Ruled(found=tuple(found), next_at=min(changes, default=None))

    async def judge_alone(
        self, estate: Estate, one: RenderedArtifact, definitions: Sequence[Mapping[str, object]]
    ) -> Judgement:
        """Judge what is rendered by schemas and policies, waivers aside.

        Args:
            estate: names the environments.
            one: an artifact and an instance of the estate.
            definitions: of custom resources, as the environment has them.
        """
        environment = estate.environments[environment_of(estate, one.instance)]
        judgements: list[Judgement] = []
        if environment.kubernetes is not None:
            judgements.append(await self._schemas.judge(one.objects, environment.kubernetes, definitions))
        namespace = estate.applications[one.artifact.application].namespace(one.instance.instance)
        subjects = [Subject(manifest=each) for each in one.objects]
        judgements.append(await self._policies.judge(self._rules, subjects, namespace=namespace))
        return joined(*judgements)

    def judge_beside(
        self,
        estate: Estate,
        one: RenderedArtifact,
        beside: Sequence[RenderedArtifact],
        first: RenderedArtifact | None,
        replaces: RenderedArtifact | None,
    ) -> Judgement:
        """Judge what is rendered by what stands beside it, and what stands beside it by it, waivers aside.

        Args:
            estate: what it declares.
            one: an artifact and an instance of the estate.
            beside: all else that the instance holds.
            replaces: what the instance holds of the artifact now; what is amiss beside that is not its doing.
            first: the same version of it, as the lane's first instance has it; None: this is the first.
        """
        place = (one.artifact, one.instance)
        rules = self._choice.together
        found = _together(estate, [one, *beside], rules)
        stood = _together(estate, [*([replaces] if replaces else []), *beside], rules)
        taken = [
            each
            for other in beside
            for each in found.get((other.artifact, other.instance), Judgement()).violations
            if each not in stood.get((other.artifact, other.instance), Judgement()).violations
        ]
        together = joined(found.get(place, Judgement()), Judgement(violations=tuple(taken)))
        if first is None or not self._choice.parity:
            return together
        return joined(together, _parities(estate, [first, one]).get(place, Judgement()))


def found_of(one: RenderedArtifact, weighed: Weighed) -> Iterator[Found]:
    """Give what was weighed of a rendering, what blocks first."""
    told = [
        *((each.finding, each.ended, WaiverState.ENDED if each.ended else None) for each in weighed.standing),
        *((each.finding, each.waiver, each.state) for each in weighed.waived),
    ]
    for finding, waiver, state in told:
        yield Found(artifact=one.artifact, instance=one.instance, finding=finding, waiver=waiver, state=state)


def environment_of(estate: Estate, instance: InstanceName) -> EnvironmentName:
    """Give the environment that an instance runs in."""
    waves = estate.waves(instance.application)
    return next(wave.instances[instance.instance] for wave in waves if instance.instance in wave.instances)


def _definitions(
    estate: Estate, rendered: Sequence[RenderedArtifact]
) -> Mapping[EnvironmentName, list[Mapping[str, object]]]:
    """Give by environment the definitions of custom resources that are rendered into it."""
    found: defaultdict[EnvironmentName, list[Mapping[str, object]]] = defaultdict(list)
    for one in rendered:
        there = found[environment_of(estate, one.instance)]
        there += [each for each in one.objects if each.get("kind") == DEFINES]
    return found


def _parities(
    estate: Estate, rendered: Sequence[RenderedArtifact]
) -> Mapping[tuple[ArtifactName, InstanceName], Judgement]:
    """Give what each instance has that the first of its artifact's has not, undeclared."""
    found: dict[tuple[ArtifactName, InstanceName], Judgement] = {}
    by_artifact: defaultdict[ArtifactName, list[RenderedArtifact]] = defaultdict(list)
    for one in rendered:
        by_artifact[one.artifact].append(one)
    for artifact, places in by_artifact.items():
        application = estate.applications[artifact.application]
        instances = [
            RenderedInstance(
                name=one.instance.instance,
                namespace=application.namespace(one.instance.instance),
                objects=one.objects,
            )
            for one in places
        ]
        told = compare(artifact.artifact, instances, application.parity)
        for one in places[1:]:
            mine = tuple(each.violation for each in told.undeclared if each.there == one.instance.instance)
            found[artifact, one.instance] = Judgement(violations=mine)
    return found


def _together(
    estate: Estate, rendered: Sequence[RenderedArtifact], rules: Collection[str]
) -> Mapping[tuple[ArtifactName, InstanceName], Judgement]:
    """Give what objects of an application lack of each other, with the artifact whose object lacks it."""
    found: dict[tuple[ArtifactName, InstanceName], Judgement] = {}
    by_instance: defaultdict[InstanceName, list[RenderedArtifact]] = defaultdict(list)
    for one in rendered if rules else ():
        by_instance[one.instance].append(one)
    for instance, places in by_instance.items():
        namespace = estate.applications[instance.application].namespace(instance.instance)
        whole = [each for one in places for each in one.objects]
        told = [one for one in judge_together(whole, namespace=namespace) if one.rule in rules]
        for one in places:
            own = {(key_of(each).kind, key_of(each).name) for each in one.objects}
            mine = tuple(each for each in told if (each.object.kind, each.object.name) in own)
            found[one.artifact, instance] = Judgement(violations=mine)
    return found


def joined(*judgements: Judgement) -> Judgement:
    """Put judgements of the same objects together."""
    return Judgement(
        violations=tuple(each for one in judgements for each in one.violations),
        unjudged=tuple(each for one in judgements for each in one.unjudged),
    )
