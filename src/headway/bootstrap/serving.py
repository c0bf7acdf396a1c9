"""Runs the service: the controller and the HTTP API in one loop, until it is told to end."""

import asyncio
import errno
import json
import logging
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import uvicorn

from headway.adapters.identities import LocalIdentities, LocalIdentityStore, hook_token, session_key
from headway.adapters.ledger.situation_form import JsonSituations, JsonTallies
from headway.adapters.registry.notification import parse_notification
from headway.app.controller import Controller
from headway.app.metrics.keeper import MetricsKeeper
from headway.app.service import Service
from headway.app.snapshots import SituationKeeper
from headway.bootstrap.agents import answers, keeping_agent, start_podman_agent
from headway.bootstrap.home import Home, require_repository
from headway.bootstrap.outside import Opened, make_controller, opened
from headway.domain.errors import UsageError
from headway.interfaces.cli.composition import ServeSettings
from headway.interfaces.http.app import make_app
from headway.interfaces.web.pages import make_site

_LOG = logging.getLogger("headway")
_LOOKS_FOR_AGENT_EVERY_S = 30.0


async def serve_until_told(settings: ServeSettings) -> None:
    """Serve until a signal comes; what is under way is found again at the next start.

    Raises:
        Broken: `ledger-taken`, `ledger-damaged`, `ledger-tampered`.
        Transient: `ledger-full`.
        UsageError: `estate-no-repository`, `port-taken`, `address-unusable`.
    """
    require_repository(settings.estate)
    home = Home(state=settings.state, estate=settings.estate, plain_http=settings.plain_http)
    async with opened(home) as parts:
        controller = make_controller(parts.outside)
        keeper, metrics = _keeper(controller, parts), _metrics(controller, parts)
        try:
            with listening(settings.host, settings.port) as listener:
                # Who asks before the facts are known would be told of an empty estate.
                await keeper.restore()
                store = LocalIdentityStore(home.state)
                store.ensure_operator()
                service = Service(
                    desk=controller.desk,
                    controller=controller,
                    ledger=parts.ledger,
                    history=parts.ledger,
                    metrics=metrics,
                    identities=LocalIdentities(store.path),
                )
                _write(home.state / "estate", settings.estate)
                _announce(listener, home.state)
                await _run(service, keeper, home, listener, keeps_agent=settings.agents)
        except asyncio.CancelledError:
            # Told to end, and not for a fault: what was folded is worth keeping.
            await keeper.keep()
            await metrics.keep()
            raise


def _keeper(controller: Controller, parts: Opened) -> SituationKeeper:
    recorder, ledger = controller.desk.recorder, parts.ledger
    return SituationKeeper(recorder=recorder, ledger=ledger, snapshots=ledger, form=JsonSituations())


def _metrics(controller: Controller, parts: Opened) -> MetricsKeeper:
    recorder, ledger = controller.desk.recorder, parts.ledger
    return MetricsKeeper(recorder=recorder, ledger=ledger, folds=ledger, form=JsonTallies())


async def _run(
    service: Service, keeper: SituationKeeper, home: Home, listener: socket.socket, *, keeps_agent: bool
) -> None:
    """Run all parts until one ends or a signal comes; then end the others, and raise what it raised."""
    app = make_app(
        service,
        parse_notification=parse_notification,
        hook_token=hook_token(home.state),
        pages=make_site(service, session_key=session_key(home.state)),
    )
    # Nothing of ours starts with the app; asked for, its cancelling at the end logs a traceback.
    config = uvicorn.Config(app, log_level="warning", lifespan="off", timeout_graceful_shutdown=3)
    server = _Server(config)
    http = asyncio.create_task(server.serve(sockets=[listener]), name="http")
    work = [
        asyncio.create_task(service.controller.run(), name="controller"),
        asyncio.create_task(keeper.run(), name="situation"),
    ]
    essential = [http, *work]
    work.append(asyncio.create_task(service.metrics.run(), name="metrics"))
    if keeps_agent:
        work.append(asyncio.create_task(_keep_agent(service, home), name="agent"))
    try:
        ended, _ = await asyncio.wait(essential, return_when=asyncio.FIRST_COMPLETED)
    finally:
        # Whoever waits for a fact is answered; cut off, they would be told of a fault.
        service.desk.recorder.end_waits()
        server.should_exit = True
        for task in work:
            task.cancel()
        await asyncio.gather(http, *work, return_exceptions=True)
    for task in ended:
        task.result()


class _Server(uvicorn.Server):
    """Uvicorn without its own handling of signals, which would end it beside everything else."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone."""
        yield


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """Listen on an address; whoever connects waits until the server takes them.

    Raises:
        UsageError: `port-taken`; `address-unusable`: the machine has no such address, or does not let us.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.create_server(address, family=family)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise UsageError(
                "port-taken",
                f"port {port} of {host} is taken",
                why="another program listens there, perhaps another `headway serve`",
                next_step="choose another with --port, or 0 for any free one",
            ) from error
        raise UsageError(
            "address-unusable",
            f"headway cannot listen on port {port} of {host}",
            why=(error.strerror or str(error)).lower(),
            next_step="name an address of this machine with --host, and a port with --port",
        ) from error
    with listener:
        yield listener


def _announce(listener: socket.socket, state: Path) -> None:
    """Write down where the server listens, for this machine's command line."""
    host, port = listener.getsockname()[:2]
    url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    _write(state / "server.json", json.dumps({"url": url, "pid": os.getpid()}) + "\n")
    _LOG.info("serving on %s", url)


async def _keep_agent(service: Service, home: Home) -> None:
    """See that an agent runs while the estate gives environments to podman."""
    with keeping_agent(home):
        while True:
            estate = service.desk.situation.estate
            wanted = estate is not None and any(
                one.engine == "podman" for one in estate.environments.values()
            )
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
