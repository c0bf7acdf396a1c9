"""Judges an estate, on somebody's desk or at a commit, by the standards that stand beside it."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from headway.adapters.files import read_estate
from headway.adapters.files.documents import read_documents
from headway.adapters.policies import CelPolicies
from headway.adapters.schemas import PackagedSchemas
from headway.adapters.verdicts import FolderVerdicts
from headway.app.ports import PolicySet
from headway.app.standards.catalog import Choice, choose
from headway.app.standards.comparing import forgive
from headway.app.standards.judging import Judge, Ruled
from headway.app.standards.remembering import RememberingJudge, rules_fingerprint
from headway.app.standards.telling import Mistake, Place, Told, tell, tell_mistake, tell_mistakes
from headway.app.standards.written import Written
from headway.bootstrap.checkouts import Checkout, Checkouts
from headway.bootstrap.desk_checks import services_missing
from headway.bootstrap.desk_rendering import Renderings, render_all
from headway.bootstrap.home import desk_cache
from headway.bootstrap.judging_code import judging_code
from headway.domain.errors import HeadwayError, UsageError
from headway.domain.estate import Estate
from headway.domain.estate.sources import EstateRead
from headway.domain.names import ArtifactName
from headway.interfaces.cli.composition import Checked


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """All that is in force in an estate as it stands."""

    judge: Judge | RememberingJudge
    plain: Judge
    """The same, which remembers nothing."""
    compiled: PolicySet
    unread: tuple[HeadwayError, ...]
    """Why standards could not be read at all."""
    documents: tuple[Choice, Mapping[str, bytes]]
    """What they were compiled from: what is chosen, and the estate's own by path."""


def read_checkouts(checkouts: Checkouts) -> EstateRead:
    """Read the estate that stands there; repositories may be away.

    Raises:
        EstateInvalid: with every problem of every file.
    """
    return read_estate({name: one.sources for name, one in checkouts.items()}, partial=True)


async def rules_of(checkouts: Checkouts, estate: Estate, known: Rules | None = None) -> Rules:
    """Compile what is in force where repositories stand, if it is not what is known already."""
    choice = choose(estate.standards)
    own, unread = await own_standards(checkouts.values())
    if known is not None and known.documents == (choice, own) and not (unread or known.unread):
        return known
    policies = CelPolicies(read_documents)
    compiled = await policies.compile({**choice.documents, **own})
    judge = Judge(PackagedSchemas(), policies, compiled, choice)
    return Rules(
        judge=_remembering(judge, choice, own),
        plain=judge,
        compiled=compiled,
        unread=unread,
        documents=(choice, own),
    )


def _remembering(judge: Judge, choice: Choice, own: Mapping[str, bytes]) -> Judge | RememberingJudge:
    """Let a judge remember between two looks, if anything is kept on this machine."""
    kept = desk_cache()
    if kept is None:
        return judge
    rules = rules_fingerprint(judging_code(), choice, own)
    return RememberingJudge(judge, rules, FolderVerdicts(kept / "verdicts"))


async def own_standards(
    checkouts: Iterable[Checkout],
) -> tuple[Mapping[str, bytes], tuple[HeadwayError, ...]]:
    """Read the platform's standards, which stand beside `estate.yaml`, and say which could not be read."""
    own: dict[str, bytes] = {}
    unread: list[HeadwayError] = []
    for one in checkouts:
        try:
            own |= await one.standards()
        except UsageError as error:
            unread.append(error)
    return own, tuple(unread)


async def tell_found(checkouts: Checkouts, estate: Estate, ruled: Ruled) -> tuple[Told, ...]:
    """Tell what was found, with the places in files; only artifacts that something was found of are read."""
    written: dict[ArtifactName, Written] = {}
    for artifact in {one.artifact: None for one in ruled.found}:
        checkout = checkouts[estate.applications[artifact.application].repository]
        written[artifact] = Written(await checkout.files_of(artifact))

    def find(artifact: ArtifactName, kind: str, name: str) -> Place | None:
        return written[artifact].place(kind, name)

    return tell(ruled.found, find, estate)


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """An estate as it stands somewhere, rendered and judged."""

    checkouts: Checkouts
    estate: Estate
    rendered: Renderings
    rules: Rules
    ruled: Ruled

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """Tell what could not be read or rendered, and checks that would have nothing to ask."""
        unread = (tell_mistake(one) for one in self.rules.unread)
        unasked = (one for one, is_sure in self._unasked() if is_sure)
        return (*unread, *tell_mistakes(self.rendered.mistakes, self.estate), *unasked)

    @property
    def doubts(self) -> tuple[str, ...]:
        """Tell of checks that may have nothing to ask."""
        return tuple(
            f"{one.what}, {one.where}: {one.why}, unless a custom resource makes it. {one.next_step}"
            for one, is_sure in self._unasked()
            if not is_sure
        )

    def _unasked(self) -> tuple[tuple[Mistake, bool], ...]:
        return services_missing(self.checkouts, self.estate, self.rendered)


async def look(checkouts: Checkouts, estate: Estate, cache: Path, known: Rules | None = None) -> Looked:
    """Render all that stands in these repositories, and judge it by what is in force there."""
    # Kustomize is waited for, and compiling is work: neither waits for the other.
    rendered, rules = await asyncio.gather(
        render_all(checkouts, estate, cache), rules_of(checkouts, estate, known)
    )
    ruled = await rules.judge.rule(estate, rendered.made, datetime.now(UTC))
    return Looked(checkouts=checkouts, estate=estate, rendered=rendered, rules=rules, ruled=ruled)


async def check_rendered(checked: Checked, looked: Looked, before: Looked | None) -> Checked:
    """Say what was found; what an earlier look found too is said, and blocks nothing."""
    ruled = forgive(before.ruled, looked.ruled) if before else looked.ruled
    mistakes, broken = looked.mistakes, looked.rules.compiled.problems
    known = set(before.mistakes) if before else set()
    unusable = {(one.file, one.field, one.why) for one in before.rules.compiled.problems} if before else set()
    return replace(
        checked,
        rendered=len(looked.rendered.made),
        remarks=(*checked.remarks, *looked.doubts),
        mistakes=tuple(one for one in mistakes if one not in known),
        rules=looked.rules.judge.rules,
        broken=tuple(one for one in broken if (one.file, one.field, one.why) not in unusable),
        stood_before=(
            *(f"{one.what}: {one.why}" for one in mistakes if one in known),
            *(str(one) for one in broken if (one.file, one.field, one.why) in unusable),
        ),
        told=await tell_found(looked.checkouts, looked.estate, ruled),
    )
