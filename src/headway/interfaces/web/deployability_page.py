"""The page of deployability: DORA's five questions, each answer with what led there and its definition."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from headway.app.queries.deployability import DeployabilityShown, deployability
from headway.domain.deployability.results import (
    Answer,
    DayAnswers,
    Deployability,
    Evidence,
    Feedback,
    KeptFirst,
    Mending,
    OnDemand,
    Shares,
    Thresholds,
    Throughout,
)
from headway.domain.metrics.definitions import Definition
from headway.domain.metrics.results import Distribution
from headway.domain.metrics.words import Per
from headway.interfaces.web.deployability_charts import drawn
from headway.interfaces.web.lengths import told_share, told_span
from headway.interfaces.web.measured import asked_of, choices
from headway.interfaces.web.metrics_told import Drawn
from headway.interfaces.web.site import Ask, Shown

APPLICATIONS_A_PAGE = 100
QUESTIONS = ("throughout", "kept_first", "feedback", "mending", "on_demand")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question of one application."""

    definition: Definition
    answer: Answer
    because: Sequence[str]
    latest: str
    """What the evidence is."""
    evidence: Sequence[Evidence]
    charts: Sequence[Drawn]


async def show_deployability(ask: Ask) -> Shown:
    """Answer the five questions: of one application with all that led there, else of all side by side."""
    service, asked, page = ask.site.service, asked_of(ask), ask.number("page")
    shown = await deployability(service.metrics, service.desk, asked.filters, Thresholds())
    one = shown.applications[0] if asked.filters.application and len(shown.applications) == 1 else None
    charts = await asyncio.to_thread(drawn, one, asked) if one and not ask.is_for_twin else {}
    first = (page - 1) * APPLICATIONS_A_PAGE
    return Shown(
        template="deployability.html",
        is_live=False,
        title="Deployability",
        scope=asked.filters.application or "",
        twin=shown,
        context={
            "shown": shown,
            "asked": asked,
            "choices": choices(service.desk, asked.filters),
            "pers": list(Per),
            "one": one,
            "questions": _questions(one, shown, charts) if one else [],
            "strip": _strip(one, shown) if one else [],
            "days": _days(one) if one else [],
            "applications": shown.applications[first : first + APPLICATIONS_A_PAGE],
            "names": QUESTIONS,
            "page": page,
            "pages": -(-len(shown.applications) // APPLICATIONS_A_PAGE),
        },
    )


_Strip = list[tuple[str, list[tuple[DayAnswers, Answer]]]]


def _strip(one: Deployability, shown: DeployabilityShown) -> _Strip:
    """Give each question's answers, day by day."""
    return [
        (question.name, [(day, getattr(day, question.key)) for day in one.trend])
        for question in shown.questions
    ]


def _days(one: Deployability) -> list[tuple[DayAnswers, Shares, Shares]]:
    """Give the shares of each day that is told, the newest first."""
    count = len(one.trend)
    both = zip(one.trend, one.throughout.trend[-count:], one.on_demand.trend[-count:], strict=True)
    return [(day, throughout.shares, demand.shares) for day, throughout, demand in both][::-1]


def _questions(
    one: Deployability, shown: DeployabilityShown, charts: Mapping[str, Sequence[Drawn]]
) -> list[Question]:
    because: dict[str, tuple[Callable[[], list[str]], str]] = {
        "throughout": (lambda: _shares(one.throughout), "when the newest could not go on"),
        "kept_first": (lambda: _kept_first(one.kept_first), "what came while it was not deployable"),
        "feedback": (lambda: _feedback(one.feedback), "the verdicts that took longest"),
        "mending": (lambda: _mending(one.mending), "what was red"),
        "on_demand": (lambda: _on_demand(one.on_demand), "when nothing could go in"),
    }
    return [
        Question(
            definition=question,
            answer=getattr(one, question.key).answer,
            because=because[question.key][0](),
            latest=because[question.key][1],
            evidence=getattr(one, question.key).evidence,
            charts=charts.get(question.key, ()),
        )
        for question in shown.questions
    ]


def _shares(one: Throughout | OnDemand) -> list[str]:
    shares = one.shares
    if not shares.yes + shares.no + shares.unknown:
        return ["nothing was watched in this time"]
    return [
        f"{told_share(shares.yes)} of the time yes",
        f"{told_share(shares.no)} no",
        f"{told_share(shares.unknown)} unknown",
    ]


def _kept_first(one: KeptFirst) -> list[str]:
    if not one.published:
        return ["nothing was published in this time"]
    return [
        f"{one.published:,} images and configurations were published",
        f"{one.while_red:,} of them while the artifact was not deployable",
        f"{one.mending:,} of those mended it, at most",
    ]


def _feedback(one: Feedback) -> list[str]:
    spans = one.from_commit
    told = ["no commit with a known time was judged"]
    if spans.count:
        told = [
            f"half of {spans.count:,} commits waited no longer than {told_span(spans.p50)}",
            f"nine in ten no longer than {told_span(spans.p90)}",
        ]
    return [
        *told,
        f"counted from a build instead: {one.from_build.count:,}",
        f"without a known start: {one.unknown:,}",
        f"clocks disagree: {one.clock:,}",
        f"seen by {one.seen_by}",
    ]


def _mending(one: Mending) -> list[str]:
    if not one.reds:
        return ["nothing was red in this time"]
    acted, mended = one.acted, one.mended
    return [
        f"red {one.reds:,} times, {one.open:,} of them still",
        f"people acted on {acted.count:,}{_half(acted)}",
        f"{mended.count:,} became green{_half(mended)}",
    ]


def _half(spans: Distribution) -> str:
    return f", half within {told_span(spans.p50)}" if spans.count else ""


def _on_demand(one: OnDemand) -> list[str]:
    proof = f"{one.last_proof:%Y-%m-%d %H:%M} UTC" if one.last_proof else "never"
    return [*_shares(one), f"{told_share(one.frozen)} frozen, part of no", f"last proof: {proof}"]
