"""The text of an environment's haproxy configuration; pure.

Every backend has slots that the runtime API fills, so a rollout writes no configuration. The slots' present
content stands in the text nevertheless: a worker that starts anew begins with it.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

SLOTS = 16
"""Slots of a backend: its pods old, new and draining; more are made by a reload when they are needed."""


class Endpoint(NamedTuple):
    """Where a pod answers."""

    address: str
    port: int


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Listener:
    """One port of one Service: a frontend with its backend."""

    name: str
    """``namespace.service.port``: the backend's name."""
    address: str
    port: int
    published: int | None
    """The port of 127.0.0.1 where it answers too."""
    http: bool
    slots: int = SLOTS


def listener_mark(listeners: Sequence[Listener]) -> str:
    """Give what changes exactly when a reload is needed."""
    text = repr(sorted(listeners, key=lambda one: one.name))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def render_config(
    listeners: Sequence[Listener],
    ready: Mapping[str, Mapping[int, Endpoint]],
    socket: str,
    mark: str,
    *,
    drain_s: int,
) -> str:
    """Write the configuration; `ready` gives each backend's slots (from 1) that serve now."""
    parts = [_HEAD.format(socket=socket, mark=mark, drain_s=drain_s)]
    for listener in listeners:
        mode = "http" if listener.http else "tcp"
        parts.append(
            f"frontend f-{listener.name}\n  mode {mode}\n  bind {listener.address}:{listener.port}\n"
        )
        if listener.published is not None:
            parts.append(f"  bind 127.0.0.1:{listener.published}\n")
        parts.append(f"  default_backend {listener.name}\nbackend {listener.name}\n  mode {mode}\n")
        parts.append(_HTTP if listener.http else _TCP)
        slots = ready.get(listener.name, {})
        for number in range(1, listener.slots + 1):
            endpoint = slots.get(number)
            place = f"{endpoint.address}:{endpoint.port}" if endpoint else "0.0.0.0:1 disabled"
            parts.append(f"  server s{number} {place}\n")
    return "".join(parts)


_HEAD = """\
global
  stats socket unix@{socket} mode 600 level admin expose-fd listeners
  setenv HEADWAY_CONFIG {mark}
  hard-stop-after {drain_s}s
  maxconn 4000
  nbthread 1
defaults
  timeout connect 2s
  timeout client 1h
  timeout server 1h
  timeout http-request 30s
  timeout http-keep-alive 75s
  timeout queue 10s
  retries 3
  option redispatch 1
"""

_HTTP = "  balance leastconn\n  retry-on conn-failure\n"
_TCP = "  balance leastconn\n"
