"""Runs the service: the controller and the HTTP API in one loop, until it is told to end."""

import asyncio
import json
import logging
import os
from contextlib import suppress
from pathlib import Path

import uvicorn

from headway.adapters.identities import LocalIdentities, LocalIdentityStore, hook_token
from headway.adapters.registry.notification import parse_notification
from headway.app.service import Service
from headway.bootstrap.agents import answers, start_podman_agent
from headway.bootstrap.home import Home
from headway.bootstrap.outside import make_controller, opened
from headway.interfaces.cli.composition import ServeSettings
from headway.interfaces.http.app import make_app

_LOG = logging.getLogger("headway")
_LOOKS_FOR_AGENT_EVERY_S = 30.0


async def serve_until_told(settings: ServeSettings) -> None:
    """Serve until a signal comes; what is under way is found again at the next start.

    Raises:
        Broken: `ledger-taken`, `ledger-damaged`, `ledger-tampered`.
        Transient: `ledger-full`.
    """
    home = Home(state=settings.state, estate=settings.estate, plain_http=settings.plain_http)
    async with opened(home) as parts:
        store = LocalIdentityStore(home.state)
        store.ensure_operator()
        _write(home.state / "estate", settings.estate)
        controller = make_controller(parts.outside)
        # Who asks before the facts are known would be told of an empty estate.
        await controller.desk.recorder.load()
        service = Service(
            desk=controller.desk,
            controller=controller,
            ledger=parts.ledger,
            history=parts.ledger,
            identities=LocalIdentities(store.path),
        )
        app = make_app(service, parse_notification=parse_notification, hook_token=hook_token(home.state))
        server = uvicorn.Server(
            uvicorn.Config(
                app,
                host=settings.host,
                port=settings.port,
                log_level="warning",
                # Nothing of ours starts with the app; asked for, its cancelling at the end logs a traceback.
                lifespan="off",
                timeout_graceful_shutdown=3,
            )
        )
        work = [
            asyncio.create_task(server.serve(), name="http"),
            asyncio.create_task(controller.run(), name="controller"),
            asyncio.create_task(_announce(server, home.state), name="announce"),
        ]
        if settings.agents:
            work.append(asyncio.create_task(_keep_agent(service, home), name="agent"))
        await _until_one_ends(work)


async def _until_one_ends(work: list["asyncio.Task[None]"]) -> None:
    """Wait for the first task to end, end the others, and raise what it raised."""
    essential = [task for task in work if task.get_name() in ("http", "controller")]
    await asyncio.wait(essential, return_when=asyncio.FIRST_COMPLETED)
    ended = [task for task in essential if task.done()]
    for task in work:
        task.cancel()
    await asyncio.gather(*work, return_exceptions=True)
    for task in ended:
        task.result()


async def _announce(server: uvicorn.Server, state: Path) -> None:
    """Write down where the server listens once it does, for this machine's command line."""
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.02)
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    _write(state / "server.json", json.dumps({"url": url, "pid": os.getpid()}) + "\n")
    _LOG.info("serving on %s", url)


async def _keep_agent(service: Service, home: Home) -> None:
    """See that an agent runs while the estate gives environments to podman."""
    while True:
        estate = service.desk.situation.estate
        wanted = estate is not None and any(one.engine == "podman" for one in estate.environments.values())
        if wanted and not await answers(home):
            _LOG.info("no podman agent answers: one is started")
            start_podman_agent(home)
        # Before the first estate is read there is nothing to decide on, and that takes a moment only.
        await asyncio.sleep(_LOOKS_FOR_AGENT_EVERY_S if wanted else 0.2)


def _write(path: Path, text: str) -> None:
    fresh = path.with_name(path.name + ".new")
    with suppress(FileNotFoundError):
        fresh.unlink()
    fresh.write_text(text)
    fresh.replace(path)
