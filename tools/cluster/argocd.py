"""One real Argo CD of a cluster: a namespace, a set of ports and a Redis database of its own.

It is configured as Argo CD's own manifests do, with real accounts and roles. What differs: its parts are
processes beside the cluster instead of pods in it, they speak without TLS among each other, and the server
speaks plain HTTP. No interval of it is shortened.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import cast

import httpx
from ruamel.yaml import YAML

from tools.cluster.failure import ClusterError
from tools.cluster.pki import write_kubeconfig
from tools.cluster.sandbox import INSIDE, Program

ACCOUNT = "headway"
"""The account that Headway speaks to Argo CD as; may have tokens, has no password."""
PARTS = ("repo-server", "controller", "applicationset", "server")
_BINARIES = {
    "repo-server": "argocd-repo-server",
    "controller": "argocd-application-controller",
    "applicationset": "argocd-applicationset-controller",
    "server": "argocd-server",
}
_REDIS = "127.0.0.1:6379"
_FIRST_PORT = 8100
_PORTS_EACH = 20
_CALL_WITHIN_S = 90.0


@dataclass(frozen=True, kw_only=True)
class ArgoCD:
    """One Argo CD, reached from the host and from pods."""

    name: str
    number: int
    """Counts from 0; ports and the Redis database follow from it."""
    address: str
    """The node's address."""
    admin_password: str

    @property
    def namespace(self) -> str:
        """Give the namespace of its Applications, projects and settings."""
        return f"argocd-{self.name}"

    @property
    def url(self) -> str:
        """Give the URL of its server: API and user interface."""
        return f"http://{self.address}:{self.port('server')}"

    def port(self, part: str) -> int:
        """Give the port that a part listens on."""
        return _FIRST_PORT + _PORTS_EACH * self.number + PARTS.index(part)

    def health_urls(self) -> dict[str, str]:
        """Give the URL that says whether a part is well, by the name of its program."""
        ports = {part: self._metrics_port(part) for part in ("repo-server", "controller")}
        urls = {self.program(part): f"http://{self.address}:{port}/healthz" for part, port in ports.items()}
        return {**urls, self.program("server"): f"{self.url}/healthz?full=true"}

    def program(self, part: str) -> str:
        """Give the name of a part's program, for `Cluster.stop`, `start` and `restart`; see `PARTS`."""
        return f"{self.namespace}-{part}"

    def token(self, account: str = ACCOUNT, *, token_id: str | None = None) -> str:
        """Make a token for an account through Argo CD's own API; it does not expire.

        Args:
            account: ``headway``, or ``admin`` for a session of the administrator's.
            token_id: names the token so that it can be revoked.

        Raises:
            ClusterError: the server refused or is away.
        """
        if account == "admin":
            return self._session
        asked = {"name": account, "expiresIn": 0, **({"id": token_id} if token_id else {})}
        return str(self._call("POST", f"/api/v1/account/{account}/token", asked)["token"])

    def revoke(self, token_id: str, account: str = ACCOUNT) -> None:
        """Revoke a token by its id.

        Raises:
            ClusterError: the server refused or is away.
        """
        self._call("DELETE", f"/api/v1/account/{account}/token/{token_id}", {})

    def programs(self) -> list[Program]:
        """Give its parts, in the order in which they need each other."""
        repo = ["--repo-server", f"127.0.0.1:{self.port('repo-server')}", "--repo-server-plaintext"]
        redis = ["--redis", _REDIS, "--redisdb", str(self.number)]
        arguments = {
            "repo-server": ["--port", str(self.port("repo-server")), "--disable-tls", *redis],
            "controller": [*redis, *repo],
            "server": ["--port", str(self.port("server")), "--insecure", *redis, *repo],
        }
        return [self._program(part, arguments[part]) for part in arguments]

    def applicationset_program(self) -> Program:
        """Give the part that makes Applications of ApplicationSets."""
        port = self.port("applicationset")
        probes = self._metrics_port("applicationset")
        return self._program(
            "applicationset",
            [
                *("--argocd-repo-server", f"127.0.0.1:{self.port('repo-server')}", "--repo-server-plaintext"),
                *("--webhook-addr", f":{port}", "--probe-addr", f":{probes + 5}"),
                *("--metrics-addr", f":{probes}", "--enable-leader-election=false"),
                *("--namespace", self.namespace),
            ],
        )

    def write_kubeconfig(self, folder: Path, server: str) -> None:
        """Write the kubeconfig of its parts; the namespace in it is where they look for settings."""
        path = folder / f"{self.namespace}.conf"
        write_kubeconfig(path, folder / "pki", "admin", server=server, namespace=self.namespace)

    def objects(self, manifests: Path, policy: str, password_hash: str) -> list[Mapping[str, object]]:
        """Give its namespace and settings: Argo CD's own base configuration, accounts and roles added.

        Args:
            manifests: Argo CD's folder of that name.
            policy: lines of policy.csv; nobody but the administrator may do what they do not allow.
            password_hash: the administrator's password by bcrypt.
        """
        added: dict[str, tuple[str, dict[str, str]]] = {
            # several Argo CDs deliver into this one cluster: each must know its own objects
            "argocd-cm": ("data", {f"accounts.{ACCOUNT}": "apiKey", "installationID": self.namespace}),
            "argocd-rbac-cm": ("data", {"policy.csv": policy}),
            "argocd-secret": ("stringData", {"admin.password": password_hash}),
        }
        found: list[Mapping[str, object]] = [_object("Namespace", self.namespace)]
        found.append({**_object("Secret", "argocd-redis", self.namespace), "stringData": {"auth": "unused"}})
        for path in sorted((manifests / "base/config").glob("argocd-*.yaml")):
            read = json.loads(json.dumps(YAML(typ="safe").load(path)))
            read["metadata"]["namespace"] = self.namespace
            key, values = added.get(read["metadata"]["name"], ("data", {}))
            if values:
                read[key] = {**(read.get(key) or {}), **values}
            found.append(read)
        return found

    def _program(self, part: str, arguments: list[str]) -> Program:
        name = self.program(part)
        own = f"/run/state/tmp/{name}"
        if part != "applicationset":
            arguments = [*arguments, "--metrics-port", str(self._metrics_port(part))]
        return Program(
            name=name,
            argv=["/run/bin/argocd/argocd", *arguments],
            environment={
                "ARGOCD_BINARY_NAME": _BINARIES[part],
                "ARGOCD_FAKE_IN_CLUSTER": "true",  # `https://kubernetes.default.svc` is what KUBECONFIG names
                "KUBECONFIG": f"{INSIDE}/{self.namespace}.conf",
                "ARGOCD_GPG_ENABLED": "false",  # no commit is signed, and gpg is slow to start
                "ARGOCD_GNUPGHOME": f"{own}/gpg",
                "ARGOCD_TLS_DATA_PATH": f"{own}/tls",
                "ARGOCD_SSH_DATA_PATH": f"{own}/ssh",
                "HOSTNAME": "argocd-0",  # the controller's shard is the number at the end
            },
        )

    def _metrics_port(self, part: str) -> int:
        return self.port(part) + 5

    @cached_property
    def _session(self) -> str:
        """Be the administrator; once, for a password takes its time to be compared."""
        asked = {"username": "admin", "password": self.admin_password}
        return str(self._call("POST", "/api/v1/session", asked, signed_in=False)["token"])

    def _call(
        self, verb: str, path: str, body: Mapping[str, object] | None = None, *, signed_in: bool = True
    ) -> dict[str, object]:
        headers = {"Authorization": f"Bearer {self._session}"} if signed_in else {}
        try:
            with httpx.Client(trust_env=False, timeout=_CALL_WITHIN_S) as client:
                answer = client.request(verb, self.url + path, json=body, headers=headers)
                answer.raise_for_status()
                return cast(dict[str, object], answer.json())
        except httpx.HTTPStatusError as error:
            why = f"it answered {error.response.status_code}: {error.response.text}"
        except httpx.TransportError as error:
            why = f"it is away: {error}"
        raise ClusterError(
            f"Argo CD {self.name} did not do {verb} {path}",
            why=why,
            next_step=f"see its log, {self.program('server')}.log",
        )


def _object(kind: str, name: str, namespace: str | None = None) -> dict[str, object]:
    place = {"namespace": namespace} if namespace else {}
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, **place}}
