"""Speaks haproxy's runtime API over its unix socket (management.txt, "Unix Socket commands")."""

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from headway.adapters.podman.proxy_config import Endpoint
from headway.domain.errors import Transient

ANSWER_WITHIN_S = 5.0
FORCED_MAINTENANCE = 0x01
FORCED_DRAIN = 0x08


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One server slot of a backend, as haproxy has it."""

    backend: str
    number: int
    endpoint: Endpoint
    serving: bool
    draining: bool


class ProxySocket:
    """One haproxy's socket."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def ask(self, commands: Sequence[str]) -> str:
        """Send commands, give all that came back.

        Raises:
            Transient: `proxy-away`.
        """
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                reader, writer = await self._connect()
                try:
                    writer.write(("; ".join(commands) + "\n").encode())
                    await writer.drain()
                    return (await reader.read(-1)).decode(errors="replace")
                finally:
                    writer.close()
        except (OSError, TimeoutError) as away:
            raise Transient(
                "proxy-away",
                "haproxy does not answer on its socket",
                why=str(away) or "no answer in time",
                next_step="it is started again",
            ) from away

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect through the folder's descriptor: the kernel takes only 107 bytes of a path (unix(7))."""
        folder = os.open(self._path.parent, os.O_PATH | os.O_DIRECTORY)
        try:
            return await asyncio.open_unix_connection(f"/proc/self/fd/{folder}/{self._path.name}")
        finally:
            os.close(folder)

    async def mark(self) -> str:
        """Give the mark of the configuration that the serving worker has; empty: none."""
        answer = await self.ask(["show env HEADWAY_CONFIG"])
        return answer.strip().partition("=")[2]

    async def slots(self) -> list[Slot]:
        """List all slots."""
        return [
            slot for line in (await self.ask(["show servers state"])).splitlines() if (slot := _slot(line))
        ]

    async def sessions(self) -> dict[tuple[str, int], int]:
        """Count what runs on each slot now, by backend and slot: requests for HTTP, connections else."""
        counts: dict[tuple[str, int], int] = {}
        # -1: all proxies; 4: servers only (management.txt, "show stat").
        for line in (await self.ask(["show stat -1 4 -1"])).splitlines():
            fields = line.split(",")
            if len(fields) > 4 and fields[1].startswith("s") and fields[1][1:].isdigit():
                counts[fields[0], int(fields[1][1:])] = int(fields[4] or 0)
        return counts


def _slot(line: str) -> Slot | None:
    fields = line.split()
    if len(fields) < 19 or not fields[3].startswith("s") or not fields[3][1:].isdigit():
        return None
    admin = int(fields[6])
    return Slot(
        backend=fields[1],
        number=int(fields[3][1:]),
        endpoint=Endpoint(fields[4], int(fields[18])),
        serving=not admin & (FORCED_MAINTENANCE | FORCED_DRAIN) and fields[4] != "0.0.0.0",  # noqa: S104 - empty slot
        draining=bool(admin & FORCED_DRAIN),
    )
