"""Puts the parts together: the only place that knows every class. What the command line calls stands here.

Each command imports its own parts alone: a check on the desk waits neither for the service nor for an engine.
"""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headway.bootstrap.home import Home
from headway.interfaces.cli.composition import (
    Adopted,
    AdoptSettings,
    AgentRunSettings,
    Checked,
    Checking,
    CheckSettings,
    DiffSettings,
    Impact,
    ImpactSettings,
    Installed,
    InstallSettings,
    ListedStandard,
    ServeSettings,
)

if TYPE_CHECKING:
    from headway.app.rendered_diff.differences import Differences

__all__ = [
    "Home",
    "adopt",
    "agent",
    "check",
    "diff",
    "impact",
    "install_standards",
    "list_standards",
    "open_check",
    "plan_standards",
    "render",
    "run_until_interrupted",
    "serve",
    "tear_down_agent",
]


def serve(settings: ServeSettings) -> None:
    """Run the service until it is told to end."""
    from headway.bootstrap.serving import serve_until_told  # noqa: PLC0415 # see above

    _log_to_stderr()
    run_until_interrupted(serve_until_told(settings))


def agent(settings: AgentRunSettings) -> None:
    """Run the podman engine until it is told to end; its containers stay."""
    from headway.bootstrap.agents import run_podman_agent  # noqa: PLC0415 # see above

    _log_to_stderr()
    run_until_interrupted(run_podman_agent(_home(settings), settings.name))


def tear_down_agent(settings: AgentRunSettings) -> None:
    """Remove everything that this engine made on the machine."""
    from headway.bootstrap.agents import remove_podman_engine  # noqa: PLC0415 # see above

    asyncio.run(remove_podman_engine(Home(state=settings.state, estate=""), settings.name))


def check(settings: CheckSettings) -> Checked:
    """Read the estate where it stands; if asked and Kustomize is found, render and judge its overlays."""
    from headway.bootstrap.desk_checking import DeskCheck  # noqa: PLC0415 # see above

    return asyncio.run(DeskCheck(settings).check())


def open_check(settings: CheckSettings) -> AbstractContextManager[Checking]:
    """Open a check that is made again whenever a file changes."""
    from headway.bootstrap.desk_watching import watched_check  # noqa: PLC0415 # see above

    return watched_check(settings)


def impact(settings: ImpactSettings) -> Impact:
    """Say what a change of standards would do."""
    from headway.bootstrap.desk_impact import weigh_impact  # noqa: PLC0415 # see above

    return asyncio.run(weigh_impact(settings))


def plan_standards(settings: InstallSettings) -> Installed:
    """Say what would be installed into an environment's cluster."""
    from headway.bootstrap.installing import plan_installed  # noqa: PLC0415 # see above

    return asyncio.run(plan_installed(settings))


def install_standards(settings: InstallSettings) -> Installed:
    """Install the standards into an environment's cluster, or remove them."""
    from headway.bootstrap.installing import install  # noqa: PLC0415 # see above

    return asyncio.run(install(settings))


def list_standards(folders: Sequence[Path]) -> Sequence[ListedStandard]:
    """Give every standard, and where it is in force."""
    from headway.bootstrap.listing import listed_standards  # noqa: PLC0415 # see above

    return asyncio.run(listed_standards(folders))


def diff(settings: DiffSettings) -> "Differences":
    """Render two states of an estate, and say in what they differ."""
    from headway.bootstrap.desk_diff import diff_estate  # noqa: PLC0415 # see above

    return asyncio.run(diff_estate(settings))


def adopt(settings: AdoptSettings) -> Adopted:
    """Look at what runs of a repository, and write or push what was asked for."""
    from headway.bootstrap.adopting import adopt_repository  # noqa: PLC0415 # see above

    return asyncio.run(adopt_repository(settings))


def render(folder: Path, artifact: str, instance: str) -> Mapping[str, bytes]:
    """Render one artifact's overlay as it stands in a folder."""
    from headway.bootstrap.desk_rendering import render_folder  # noqa: PLC0415 # see above

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
    from headway.bootstrap.agents import remembered_estate  # noqa: PLC0415 # see above

    noted = settings.state / "estate"
    lines = noted.read_text().splitlines() if noted.exists() else []
    return Home(state=settings.state, estate=remembered_estate(settings.estate, lines))


def _log_to_stderr() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for chatty in ("httpx", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
