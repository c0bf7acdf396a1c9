"""The cluster's API server, read as the administrator over one connection that is kept.

Safe to use from several threads.
"""

import contextlib
import ssl
from pathlib import Path

import httpx

from tools.cluster.failure import ClusterError

_READ_WITHIN_S = 60.0


class ApiServer:
    """An API server, whether it answers or not."""

    def __init__(self, address: str, *, pki: Path, logs: Path) -> None:
        tls = ssl.create_default_context(cafile=pki / "ca.crt")
        tls.load_cert_chain(pki / "admin.crt", pki / "admin.key")
        self._client = httpx.Client(base_url=address, verify=tls, trust_env=False, timeout=_READ_WITHIN_S)
        self._logs = logs

    def read(self, path: str) -> str:
        """Give what a path holds.

        Raises:
            ClusterError: there is nothing, or the API server is away.
        """
        try:
            answer = self._client.get(path)
        except httpx.TransportError as error:
            raise ClusterError(
                f"{path} could not be read",
                why=f"the API server is away: {error}",
                next_step=f"see apiserver.log in {self._logs}",
            ) from error
        if answer.status_code != httpx.codes.OK:
            raise ClusterError(
                f"{path} could not be read",
                why=f"the API server answered {answer.status_code}: {answer.text[:300]}",
                next_step="see that it is there",
            )
        return answer.text

    def is_ready(self) -> bool:
        """Say whether it answers that it is ready."""
        with contextlib.suppress(ClusterError):
            return self.read("/readyz") == "ok"
        return False

    def close(self) -> None:
        """Close the connection."""
        self._client.close()
