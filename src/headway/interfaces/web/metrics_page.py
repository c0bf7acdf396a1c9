"""The page of delivery metrics, and the page of the deployments behind each of its numbers."""

import asyncio
from datetime import timedelta

from headway.app.desk import Desk
from headway.app.naming import find_artifact
from headway.app.queries.metrics import DeploymentShown, deployments, metrics
from headway.app.service import Service
from headway.domain.errors import HeadwayError
from headway.domain.metrics.presets import PRESETS
from headway.domain.metrics.words import By, Per, Which
from headway.interfaces.web.measured import MOST_STRETCHES, asked_of, choices, chosen
from headway.interfaces.web.metrics_charts import day_of, drawn
from headway.interfaces.web.metrics_told import DEPLOYMENTS, preset_of, sections
from headway.interfaces.web.site import Ask, Shown, malformed

GROUPS_A_PAGE = 100
DEPLOYMENTS_A_PAGE = 25
LISTS = {
    Which.DEPLOYED: "Deployments that were verified",
    Which.FAILED: "Deployments that failed",
    Which.UNJUDGED: "Deployments without a verdict",
    Which.OPEN: "Failures that are not mended",
    Which.RECOVERED: "Failures that were mended",
    Which.REWORK: "Rework: rollbacks, and versions that mended something",
    Which.FIRST_LOCKS: "First locks",
    Which.WITHDRAWALS: "Withdrawals",
    Which.CHANGES: "Deployments that carried changes with a known lead time",
    Which.UNKNOWN: "Deployments that carried changes without a lead time",
}


async def show_metrics(ask: Ask) -> Shown:
    """Show the five delivery metrics: numbers, distributions, trends, and what was not counted."""
    service, asked, by = ask.site.service, asked_of(ask), chosen(ask, "by", By)
    year, page = ask.query("preset"), ask.number("page")
    preset = preset_of(year)
    shown = await metrics(service.metrics, service.desk, asked.filters, by)
    charts = {} if ask.is_for_twin else await asyncio.to_thread(drawn, shown, asked, preset)
    first = (page - 1) * GROUPS_A_PAGE
    return Shown(
        template="metrics.html",
        is_live=False,
        title="Delivery metrics",
        scope=asked.filters.application or "",
        twin=shown,
        context={
            "shown": shown,
            "asked": asked,
            "by": by,
            "year": year or (str(preset.year) if preset else "none"),
            "preset": preset,
            "presets": PRESETS[::-1],
            "choices": choices(service.desk, asked.filters),
            "bys": list(By),
            "pers": list(Per),
            "sections": sections(shown, asked, preset, charts),
            "points": shown.trend[-MOST_STRETCHES:][::-1],
            "left_out": max(0, len(shown.trend) - MOST_STRETCHES),
            "groups": shown.groups[first : first + GROUPS_A_PAGE],
            "page": page,
            "pages": -(-len(shown.groups) // GROUPS_A_PAGE),
            "behind": DEPLOYMENTS,
            "day_of": day_of,
        },
    )


async def show_deployments(ask: Ask) -> Shown:
    """List the deployments behind a number, each leading to the journey of its version."""
    service, asked = ask.site.service, asked_of(ask)
    which = chosen(ask, "which", Which) or Which.DEPLOYED
    over, under = _seconds(ask, "over"), _seconds(ask, "under")
    found = await deployments(
        service.metrics,
        service.desk,
        asked.filters,
        which,
        limit=DEPLOYMENTS_A_PAGE + 1,
        before=ask.number("before") if ask.query("before") else None,
        over=over,
        under=under,
    )
    listed = found[:DEPLOYMENTS_A_PAGE]
    bounds = {name: ask.query(name) for name in ("over", "under")}
    return Shown(
        template="deployments.html",
        is_live=False,
        title=LISTS[which],
        scope=asked.filters.application or "",
        twin=list(listed),
        context={
            "asked": asked,
            "which": which,
            "over": over,
            "under": under,
            "listed": [(one, await _version_of(service, one)) for one in listed],
            "older": asked.to(DEPLOYMENTS, which=which.value, before=listed[-1].number, **bounds)
            if len(found) > DEPLOYMENTS_A_PAGE
            else None,
            "back": asked.to("/metrics"),
            "lists": [(one, words, asked.to(DEPLOYMENTS, which=one.value)) for one, words in LISTS.items()],
        },
    )


async def _version_of(service: Service, one: DeploymentShown) -> tuple[str, bool] | None:
    """Name the version that a deployment brought, and say whether it has a page; None: nobody knows it."""
    records = await service.history.promotions(limit=1, before=one.sequence + 1)
    if not records or records[0].promotion_id != one.promotion_id:
        return None
    shelf = service.desk.situation.shelf(one.artifact)
    brought = [each.after for each in records[0].changes if each.artifact == one.artifact and each.after]
    return (shelf.label(brought[0]), _is_known(service.desk, one)) if brought else None


def _is_known(desk: Desk, one: DeploymentShown) -> bool:
    try:
        find_artifact(desk.situation, str(one.artifact))
    except HeadwayError:
        return False
    return True


def _seconds(ask: Ask, name: str) -> timedelta | None:
    text = ask.query(name)
    if text is None:
        return None
    try:
        return timedelta(seconds=float(text))
    except (ValueError, OverflowError) as error:
        raise malformed(f"{name} is no number of seconds") from error
