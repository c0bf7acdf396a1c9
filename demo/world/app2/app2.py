"""app2 of OneConnect: gives quotes over NATS, and says over HTTP how it is.

``/healthz`` answers while the process is fine, ``/readyz`` while NATS is connected too, ``/`` tells the
version.
On SIGTERM it takes no more questions, answers those it has, and ends with status 0.
"""

import asyncio
import json
import logging
import os
import signal
import sys
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg
from quotes import pick

VERSION = "0.0.0"
SUBJECT = "oneconnect.quote"

# Every replica listens in this group, so that one question gets one answer.
GROUP = "app2"

log = logging.getLogger("app2")


@dataclass
class Health:
    """What the HTTP side may say of the NATS side; one bool, so no lock is needed."""

    connected: bool = False


class Page(BaseHTTPRequestHandler):
    """Answers GET with one JSON object and closes the connection."""

    health: Health

    def do_GET(self) -> None:
        """Answer by path."""
        ready = self.health.connected
        status = {"/": 200, "/healthz": 200, "/readyz": 200 if ready else 503}.get(self.path, 404)
        body = json.dumps({"service": "app2", "version": VERSION, "connected": ready}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Stay quiet: probes come every second."""


def serve_pages(health: Health, address: tuple[str, int]) -> ThreadingHTTPServer:
    """Serve HTTP from a thread of its own; the caller shuts it down."""
    page = type("BoundPage", (Page,), {"health": health})
    server = ThreadingHTTPServer(address, page)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return server


async def answer(question: Msg) -> None:
    """Give one quote."""
    await question.respond(json.dumps({"text": pick(), "version": VERSION}).encode())


async def connect(url: str, health: Health) -> Client:
    """Connect, however long NATS takes to be there, and again whenever it went away."""

    async def gone() -> None:
        health.connected = False

    async def back() -> None:
        health.connected = True

    async def troubled(error: Exception) -> None:
        log.warning("app2 %s: NATS: %s", VERSION, error or type(error).__name__)

    return await nats.connect(
        url,
        name="app2",
        connect_timeout=1,
        reconnect_time_wait=0.1,
        max_reconnect_attempts=-1,
        disconnected_cb=gone,
        reconnected_cb=back,
        error_cb=troubled,
    )


async def answer_questions(url: str, health: Health) -> None:
    """Answer until cancelled, then finish the questions that have come."""
    bus = await connect(url, health)
    try:
        await bus.subscribe(SUBJECT, queue=GROUP, cb=answer)
        await bus.flush()
        health.connected = True
        log.info("app2 %s answers on %s", VERSION, SUBJECT)
        await asyncio.Event().wait()
    finally:
        await asyncio.wait_for(bus.drain(), timeout=5)


async def run(url: str, address: tuple[str, int]) -> None:
    """Serve until SIGTERM or SIGINT."""
    asked_to_end = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, asked_to_end.set)
    health = Health()
    pages = serve_pages(health, address)
    answering = asyncio.create_task(answer_questions(url, health))
    ending = asyncio.create_task(asked_to_end.wait())
    await asyncio.wait({answering, ending}, return_when=asyncio.FIRST_COMPLETED)
    answering.cancel()
    outcome = (await asyncio.gather(answering, return_exceptions=True))[0]
    pages.shutdown()
    pages.server_close()
    if not asked_to_end.is_set():
        sys.exit(f"app2 {VERSION}: {outcome}")


def main() -> None:
    """Read the settings and run.

    Exits with a message when a setting is missing.
    """
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    url = os.environ.get("NATS_URL") or sys.exit(f"app2 {VERSION}: NATS_URL is not set")
    asyncio.run(run(url, ("", 8080)))


if __name__ == "__main__":
    main()
