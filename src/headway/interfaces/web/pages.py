"""All pages: each one line, with its address and the address of its twin."""

from starlette.routing import BaseRoute, Route

from headway.app.service import Service
from headway.interfaces.web.actions import action_routes, show_action
from headway.interfaces.web.assets import PREFIX
from headway.interfaces.web.board_page import show_attention, show_board
from headway.interfaces.web.deployability_page import show_deployability
from headway.interfaces.web.detail_pages import (
    show_artifact,
    show_differences,
    show_facts,
    show_instance,
    show_journey,
    show_why,
)
from headway.interfaces.web.fact_page import show_fact
from headway.interfaces.web.live import live_routes
from headway.interfaces.web.metrics_page import show_deployments, show_metrics
from headway.interfaces.web.running_page import show_live, show_log
from headway.interfaces.web.sessions import Sessions
from headway.interfaces.web.signing import signing_routes
from headway.interfaces.web.site import Page, Site


def _below(path: str, show: Page) -> tuple[str, str, Page]:
    return path, f"{path}.json", show


PAGES: tuple[tuple[str, str, Page], ...] = (
    ("/", "/board.json", show_board),
    ("/attention", "/attention.json", show_attention),
    _below("/why/{application}/{artifact}/{instance}", show_why),
    _below("/artifacts/{application}/{artifact}", show_artifact),
    _below("/artifacts/{application}/{artifact}/versions/{version}", show_journey),
    _below("/instances/{application}/{instance}", show_instance),
    _below("/instances/{application}/{instance}/live", show_live),
    _below("/instances/{application}/{instance}/logs/{pod}/{container}", show_log),
    _below("/differences", show_differences),
    _below("/facts", show_facts),
    _below("/facts/{sequence}", show_fact),
    _below("/metrics", show_metrics),
    _below("/metrics/deployments", show_deployments),
    _below("/deployability", show_deployability),
    _below("/actions/{action}", show_action),
)
"""The page, its twin, and what shows both."""


def make_site(service: Service, *, session_key: bytes) -> Site:
    """Make the pages of a service."""
    desk = service.desk
    sessions = Sessions(service.identities, session_key, lambda: desk.now)
    site = Site(service=service, sessions=sessions)
    site.routes = _routes(site)
    return site


def _routes(site: Site) -> list[BaseRoute]:
    pages = [route for path, twin, show in PAGES for route in site.page(path, twin, show)]
    assets = Route(PREFIX + "{name}", site.screen.assets.answer, methods=["GET"])
    return [*pages, *signing_routes(site), *live_routes(site), *action_routes(site), assets]
