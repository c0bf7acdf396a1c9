"""Looks at what runs with today's standards: what no longer meets them is said, and never touched.

A look costs what changed: instances whose lock changed, all of them when what judges did. What was judged is
not judged again while its manifests, what stands beside them and the standards are the same, also not after
another start.
"""

import asyncio
import logging
from collections.abc import Iterator

from headway.app.actions.judge_standards import first_rendered, locked_manifests
from headway.app.desk import Desk
from headway.app.standards.asking import Answer, Rendered
from headway.app.watch.running_memory import RunningMemory, name_of
from headway.domain.errors import HeadwayError
from headway.domain.facts import (
    EstateTaken,
    Fact,
    InstanceFound,
    PromotionLanded,
    RunningJudged,
    StandardsTaken,
)
from headway.domain.gates.judged import asked_of
from headway.domain.gates.standards import is_known
from headway.domain.names import ArtifactName, Cell, InstanceName, TreeId, Version
from headway.domain.situation import Situation
from headway.domain.standards import Judgement
from headway.domain.standards.schema_rules import SCHEMA

_LOG = logging.getLogger(__name__)

_Key = tuple[str, *tuple[object, ...]]
"""All that a verdict follows from, the rules first."""


class RunningWatch:
    """Judges what every lock holds, in the background."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._everything = True
        self._waiting: dict[InstanceName, None] = {}
        self._looked: dict[Cell, object] = {}
        """What was judged last of each cell, and by what."""
        self._resting: dict[Cell, set[Cell]] = {}
        """By a cell whose manifests define custom resources: who was judged by its definitions."""
        self._undefined: set[Cell] = set()
        """Who holds custom resources that nobody defined yet."""
        self._memory = RunningMemory(desk.outside.verdicts)
        self._woken = asyncio.Event()

    def hear(self, fact: Fact) -> None:
        """Note what a fact makes worth a look."""
        body = fact.body
        if isinstance(body, (StandardsTaken, EstateTaken)):
            self._everything = True
        elif isinstance(body, (PromotionLanded, InstanceFound)):
            self._touch(body.instance)
        else:
            return
        self._woken.set()

    def _touch(self, instance: InstanceName) -> None:
        self._waiting[instance] = None
        anew = set(self._undefined)
        for artifact in self._desk.situation.artifacts_of(instance.application):
            anew |= self._resting.pop(Cell(artifact, instance), set())
        for cell in anew:
            self._looked.pop(cell, None)
            self._waiting[cell.instance] = None

    async def run(self) -> None:
        """Look at what became worth it, one cell after the other, until cancelled."""
        await self.look()
        try:
            while True:
                await self._woken.wait()
                await self.look()
        finally:
            self._memory.keep(whole=not (self._everything or self._waiting))

    async def look(self) -> None:
        """Judge all that is worth a look; what cannot be judged now is looked at with the next change."""
        self._woken.clear()
        whole = self._everything
        while (instance := self._next()) is not None:
            for cell in list(_cells_of(self._desk.situation, instance)):
                await self._look_at(cell)
                # Everything else goes on meanwhile.
                await asyncio.sleep(0)
        self._memory.keep(whole=whole)

    def _next(self) -> InstanceName | None:
        if self._everything:
            self._everything = False
            self._waiting |= dict.fromkeys(self._desk.situation.instances)
        instance = next(iter(self._waiting), None)
        if instance is not None:
            del self._waiting[instance]
        return instance

    async def _look_at(self, cell: Cell) -> None:
        situation = self._desk.situation
        version = situation.cell(cell).locked
        deployed = situation.cell(cell).deployed.get(version) if version is not None else None
        if version is None or deployed is None:
            return
        if not asked_of(situation, cell.instance):
            await self._say(cell, version, Judgement())
            return
        key = self._key(situation, cell, deployed.manifests)
        if not is_known(situation) or key is None or self._looked.get(cell) == key:
            return
        rules, *others = key
        name = name_of((cell, version, others))
        if (kept := self._memory.recall(rules, cell, name)) is not None:
            self._looked[cell] = key
            await self._say(cell, version, _told(kept))
            return
        try:
            answer = await self._ask(cell, version, deployed.manifests)
        except HeadwayError as error:
            _LOG.info("what runs of %s was not judged: %s", cell, error)
            return
        except Exception:
            _LOG.exception("what runs of %s could not be judged", cell)
            return
        self._looked[cell] = key
        self._memory.note(rules, cell, name, answer)
        self._note(cell, answer)
        await self._say(cell, version, _told(answer.judgement))

    def _note(self, cell: Cell, answer: Answer) -> None:
        for other, _tree in answer.rests_on:
            self._resting.setdefault(other, set()).add(cell)
        self._undefined.discard(cell)
        if any(one.rule == SCHEMA for one in answer.judgement.unjudged):
            self._undefined.add(cell)

    async def _ask(self, cell: Cell, version: Version, manifests: TreeId) -> Answer:
        asked = Rendered(
            cell=cell,
            manifests=manifests,
            beside=locked_manifests(self._desk.situation, cell),
            replaces=manifests,
            first=await first_rendered(self._desk, cell, version),
        )
        return await self._desk.asking.ask(self._desk, asked)

    def _key(
        self, situation: Situation, cell: Cell, manifests: TreeId
    ) -> tuple[str, *tuple[object, ...]] | None:
        """Give what a verdict follows from; None: some of it is not known."""
        estate, in_force = situation.estate, situation.standards
        environment = situation.environment_of(cell.instance)
        if estate is None or in_force is None or environment is None:
            return None
        application = estate.applications[cell.instance.application]
        return (
            in_force.fingerprint,
            estate.environments[environment].kubernetes,
            manifests,
            tuple(sorted(locked_manifests(situation, cell).items())),
            tuple(sorted(application.namespaces.items())),
            application.parity,
            # Against the first of them that renders the version an instance is held by parity.
            estate.instances(cell.instance.application),
        )

    async def _say(self, cell: Cell, version: Version, judgement: Judgement) -> None:
        """Record what was found of what runs, if it is news and runs still."""
        known = self._desk.situation.running.get(cell)
        found = (version, judgement.violations, judgement.unjudged)
        if known is None and found[1:] == ((), ()):
            return
        if known and found == (known.version, known.judgement.violations, known.judgement.unjudged):
            return
        body = RunningJudged(
            artifact=cell.artifact,
            instance=cell.instance,
            version=version,
            violations=judgement.violations,
            unjudged=judgement.unjudged,
        )
        await self._desk.recorder.record(
            [self._desk.fact(body)], only_if=lambda one: one.cell(cell).locked == version
        )


def _told(judgement: Judgement) -> Judgement:
    """Leave out what a policy lets in all the same."""
    unjudged = tuple(one for one in judgement.unjudged if not one.ignored)
    return Judgement(violations=judgement.violations, unjudged=unjudged)


def _cells_of(situation: Situation, instance: InstanceName) -> Iterator[Cell]:
    for name in situation.instance(instance).lock or {}:
        artifact = ArtifactName(instance.application, name)
        if situation.estate is not None and situation.estate.has_artifact(artifact):
            yield Cell(artifact, instance)
