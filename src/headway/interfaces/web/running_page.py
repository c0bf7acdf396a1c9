"""What runs of an instance at this moment, and the log of one container: the engine is asked for both."""

from hashlib import blake2s

from headway.app.naming import find_instance
from headway.app.queries.live import container_log, live
from headway.app.queries.status import InstanceStatus
from headway.domain.names import InstanceName
from headway.interfaces.web.site import Ask, Shown, malformed


async def show_live(ask: Ask) -> Shown:
    """Show each object and pod of an instance; a page of an instance takes its heart into itself."""
    shown = await live(ask.site.service.desk, _instance(ask))
    return Shown(
        template="live.html",
        title=f"{shown.instance} live",
        scope=shown.instance.application,
        twin=shown,
        context={"live": shown, "instance": shown.instance},
        is_live=False,
    )


async def show_log(ask: Ask) -> Shown:
    """Show the last lines of one container."""
    before = ask.query("previous")
    if before not in (None, "yes"):
        raise malformed("previous is neither left out nor yes")
    pod, container = ask.part("pod"), ask.part("container")
    shown = await container_log(
        ask.site.service.desk, _instance(ask), pod, container, is_previous=before is not None
    )
    return Shown(
        template="log.html",
        title=f"{container} in {pod}",
        scope=shown.instance.application,
        twin=shown,
        context={"log": shown},
        is_live=False,
    )


def mark_of(status: InstanceStatus) -> str:
    """Give what differs whenever something of an instance changed, so that its pods are looked at again."""
    cells = [
        (one.version, one.health, one.words, one.verification, one.since, one.underway, one.held)
        for one in status.cells
    ]
    told = repr((status.promotion_id, status.underway, status.held, status.touched, status.away, cells))
    return blake2s(told.encode("utf-8", "replace"), digest_size=8).hexdigest()


def _instance(ask: Ask) -> InstanceName:
    text = f"{ask.part('application')}/{ask.part('instance')}"
    return find_instance(ask.site.service.desk.situation, text)
