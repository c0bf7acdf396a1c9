"""Free ports of an address of this machine, from Kubernetes' range of node ports.

That range lies below the ports that the kernel gives to outgoing connections, so a port found free here is
not taken by chance before it is used.
"""

import random
import socket

from headway.domain.errors import Broken

_NODE_PORTS = range(30000, 32768)

_given: set[int] = set()


def free_port(address: str = "127.0.0.1") -> int:
    """Find a port that nothing listens on; never the same twice in one process.

    Raises:
        Broken: `demo-no-port`: all are taken.
    """
    for port in random.sample(_NODE_PORTS, len(_NODE_PORTS)):
        if port not in _given and _is_free(address, port):
            _given.add(port)
            return port
    raise Broken(
        "demo-no-port",
        "no port is free",
        why=f"all of {_NODE_PORTS.start} to {_NODE_PORTS.stop - 1} are in use on {address}",
        next_step="end what listens there",
    )


def _is_free(address: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError:
            return False
    return True
