"""kubectl on the demo's cluster, as its administrator."""

import base64
import json
import time

from demo.world.commands import run
from headway.domain.errors import Broken

_TOKEN_WITHIN_S = 30.0
_LOOK_S = 0.1


class Kubectl:
    """Runs kubectl; safe to use from several threads."""

    def __init__(self, program: str, kubeconfig: str) -> None:
        self._argv = [program, "--kubeconfig", kubeconfig]

    def __call__(self, *arguments: str) -> str:
        """Give what it prints.

        Raises:
            Broken: `demo-command-failed`.
        """
        return run([*self._argv, *arguments])

    def server(self) -> str:
        """Give the API server's URL."""
        config = json.loads(self("config", "view", "-o", "json"))
        return str(config["clusters"][0]["cluster"]["server"])

    def token(self, namespace: str, secret: str) -> str:
        """Give the token in a service account's Secret, which Kubernetes fills a moment after it was made.

        Raises:
            Broken: `demo-command-failed`; `demo-engine-failed`: it is not filled within 30 s.
        """
        until = time.monotonic() + _TOKEN_WITHIN_S
        while time.monotonic() < until:
            path = "jsonpath={.data.token}"
            if found := self("-n", namespace, "get", "secret", secret, "-o", path):
                return base64.b64decode(found).decode()
            time.sleep(_LOOK_S)
        raise Broken(
            "demo-engine-failed",
            f"there is no token in the Secret {secret}",
            why=f"Kubernetes did not fill it within {_TOKEN_WITHIN_S:g} s",
            next_step="look at controller-manager.log among the cluster's logs",
        )
