"""Judges an estate, and asks only about applications that changed since they were judged before.

Invariants: a verdict is used again only for the same bytes of every rendering of the application, in the same
places, judged by exactly the same rules, parameters, definitions, schemas and code; waivers and the present
instant are no part of it, and are weighed each time. What an application's renderings give does not hang on
any other application but by definitions of custom resources, which are part of the key.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

from headway.app.ports.verdicts import Verdict, Verdicts
from headway.app.standards.catalog import Choice
from headway.app.standards.judging import Found, Judge, RenderedArtifact, Ruled, environment_of, found_of
from headway.domain.estate import Estate
from headway.domain.standards import Judgement, Unjudged, Violation
from headway.domain.standards.waiver import Finding, weigh

_DEFINES = b"CustomResourceDefinition"
_MOST_KEPT = 20_000
"""Verdicts. Most of them are empty, some 70 bytes with their key."""


def rules_fingerprint(code: str, choice: Choice, own: Mapping[str, bytes]) -> str:
    """Name rules by all that they judge by: the code, what is chosen, and every document's bytes.

    Args:
        code: the fingerprint of everything that judges, schemas included.
        choice: what is asked of the standards that come with Headway.
        own: the estate's own standards and parameters.
    """
    documents = {path: sha256(data).hexdigest() for path, data in (*choice.documents.items(), *own.items())}
    told = [code, documents, sorted(choice.together), choice.parity]
    return sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


class RememberingJudge:
    """A `Judge` that remembers. Safe to use concurrently; what two judge at once, both judge."""

    def __init__(self, judge: Judge, rules: str, verdicts: Verdicts) -> None:
        """Judge by `judge`, whose rules are named `rules` (`rules_fingerprint`)."""
        self._judge = judge
        self._rules = rules
        self._verdicts = verdicts
        self._known: dict[str, Verdict] | None = None

    @property
    def rules(self) -> tuple[str, ...]:
        """Give the ids of all that can be asked, sorted, but those of schemas."""
        return self._judge.rules

    async def rule(self, estate: Estate, rendered: Sequence[RenderedArtifact], now: datetime) -> Ruled:
        """Judge renderings, with all others of their environment beside them, as `Judge.rule` does."""
        known = self._load()
        defining = [one for one in rendered if one.files and _defines(one)]
        around = _content(estate, defining)
        by_application: defaultdict[str, list[RenderedArtifact]] = defaultdict(list)
        for one in rendered:
            by_application[one.artifact.application].append(one)
        used: dict[str, Verdict] = {}
        place: dict[tuple[object, object], Sequence[Finding]] = {}
        for application, mine in by_application.items():
            key = _key(estate, application, mine, around)
            verdict = known.get(key) if key else None
            if verdict is None or len(verdict) != len(mine):
                verdict = await self._ask(estate, mine, defining)
            if key:
                used[key] = verdict
            place |= {(one.artifact, one.instance): found for one, found in zip(mine, verdict, strict=True)}
        self._keep(used)
        return _weighed(estate, rendered, place, now)

    async def _ask(
        self, estate: Estate, mine: Sequence[RenderedArtifact], defining: Sequence[RenderedArtifact]
    ) -> Verdict:
        """Judge an application's renderings, waivers aside."""
        others = [one for one in defining if one.artifact.application != mine[0].artifact.application]
        ruled = await self._judge.rule(replace(estate, waivers=()), [*mine, *others], _NO_TIME)
        found: defaultdict[tuple[object, object], list[Finding]] = defaultdict(list)
        for one in ruled.found:
            found[one.artifact, one.instance].append(one.finding)
        return [found[one.artifact, one.instance] for one in mine]

    def _load(self) -> Mapping[str, Verdict]:
        if self._known is None:
            self._known = dict(self._verdicts.load(self._rules))
        return self._known

    def _keep(self, used: Mapping[str, Verdict]) -> None:
        """Keep what was used now, and of the rest what there is room for."""
        before = self._known or {}
        if all(key in before for key in used):
            return
        rest = [key for key in before if key not in used][: max(0, _MOST_KEPT - len(used))]
        self._known = {**used, **{key: before[key] for key in rest}}
        self._verdicts.save(self._rules, self._known)


_NO_TIME = datetime.min.replace(tzinfo=UTC)
"""Without waivers nothing hangs on the instant."""


def _key(
    estate: Estate, application: str, mine: Sequence[RenderedArtifact], around: Sequence[object]
) -> str | None:
    """Name what is asked by all that the answer follows from; None: a rendering's bytes are not known."""
    if not all(one.files for one in mine):
        return None
    parity = repr(estate.applications[application].parity)
    told = [application, parity, _content(estate, mine), around]
    return sha256(json.dumps(told).encode()).hexdigest()


def _content(estate: Estate, rendered: Sequence[RenderedArtifact]) -> list[object]:
    return [
        [
            one.artifact.artifact,
            str(one.instance),
            environment_of(estate, one.instance),
            str(estate.environments[environment_of(estate, one.instance)].kubernetes),
            estate.applications[one.artifact.application].namespace(one.instance.instance),
            _digest(one.files),
        ]
        for one in rendered
    ]


def _digest(files: Mapping[str, bytes]) -> str:
    digest = sha256()
    for path, data in files.items():
        digest.update(f"{len(path)} {len(data)} {path}".encode() + data)
    return digest.hexdigest()


def _defines(one: RenderedArtifact) -> bool:
    return any(_DEFINES in data for data in one.files.values())


def _weighed(
    estate: Estate,
    rendered: Sequence[RenderedArtifact],
    place: Mapping[tuple[object, object], Sequence[Finding]],
    now: datetime,
) -> Ruled:
    found: list[Found] = []
    changes: list[datetime] = []
    for one in rendered:
        findings = place[one.artifact, one.instance]
        if not findings:
            continue
        judgement = Judgement(
            violations=tuple(each for each in findings if isinstance(each, Violation)),
            unjudged=tuple(each for each in findings if isinstance(each, Unjudged)),
        )
        weighed = weigh(judgement, estate.waivers, one.artifact, one.instance, now)
        found += found_of(one, weighed)
        changes += [weighed.next_at] if weighed.next_at else []
    return Ruled(found=tuple(found), next_at=min(changes, default=None))
