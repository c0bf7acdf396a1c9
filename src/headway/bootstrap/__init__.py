"""Puts the parts together: the only place that knows every class. What the command line calls stands here."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any

from headway.adapters.files import read_estate, tree_from_directory
from headway.bootstrap.adopting import adopt_repository
from headway.bootstrap.agents import remembered_estate, remove_podman_engine, run_podman_agent
from headway.bootstrap.desk_rendering import can_render, render_folder
from headway.bootstrap.desk_standards import check_rendered
from headway.bootstrap.home import Home
from headway.bootstrap.outside import make_controller, opened
from headway.bootstrap.serving import serve_until_told
from headway.interfaces.cli.composition import (
    Adopted,
    AdoptSettings,
    AgentRunSettings,
    Checked,
    ServeSettings,
)

__all__ = [
    "Home",
    "adopt",
    "agent",
    "check",
    "make_controller",
    "opened",
    "remove_podman_engine",
    "render",
    "run_podman_agent",
    "run_until_interrupted",
    "serve",
    "tear_down_agent",
]


def serve(settings: ServeSettings) -> None:
    """Run the service until it is told to end."""
    _log_to_stderr()
    run_until_interrupted(serve_until_told(settings))


def agent(settings: AgentRunSettings) -> None:
    """Run the podman engine until it is told to end; its containers stay."""
    _log_to_stderr()
    run_until_interrupted(run_podman_agent(_home(settings), settings.name))


def tear_down_agent(settings: AgentRunSettings) -> None:
    """Remove everything that this engine made on the machine."""
    asyncio.run(remove_podman_engine(Home(state=settings.state, estate=""), settings.name))


def check(folders: Sequence[Path], *, render: bool) -> Checked:
    """Read the estate in these folders; if asked and Kustomize is found, render and judge its overlays."""
    trees = [tree_from_directory(one) for one in folders]
    read = read_estate({one.repository: one for one in trees}, partial=True)
    applications = read.estate.applications.values()
    checked = Checked(
        applications=len(applications),
        artifacts=sum(len(one.artifacts) for one in applications),
        instances=sum(len(read.estate.instances(one.name)) for one in applications),
        remarks=tuple(str(one) for one in read.warnings),
    )
    if not (render and can_render()):
        return checked
    places = {tree.repository: folder for tree, folder in zip(trees, folders, strict=True)}
    return asyncio.run(check_rendered(checked, places, read.estate))


def adopt(settings: AdoptSettings) -> Adopted:
    """Look at what runs of a repository, and write or push what was asked for."""
    return asyncio.run(adopt_repository(settings))


def render(folder: Path, artifact: str, instance: str) -> Mapping[str, bytes]:
    """Render one artifact's overlay as it stands in a folder."""
    return asyncio.run(render_folder(folder, artifact, instance))


def run_until_interrupted(work: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine until it ends, or until SIGINT or SIGTERM asks for that."""

    async def guarded() -> None:
        task = asyncio.ensure_future(work)
        loop = asyncio.get_running_loop()
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, task.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await task

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(guarded())


def _home(settings: AgentRunSettings) -> Home:
    noted = settings.state / "estate"
    lines = noted.read_text().splitlines() if noted.exists() else []
    return Home(state=settings.state, estate=remembered_estate(settings.estate, lines))


def _log_to_stderr() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for chatty in ("httpx", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
