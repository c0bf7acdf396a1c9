"""The cluster's certificates and the kubeconfigs that carry them: one authority, a user for each program."""

import base64
import json
from collections.abc import Sequence
from pathlib import Path

from tools.setup.program import run_program

_NEXT = "see that openssl 3 is installed"
_DAYS = "30"

USERS = {
    "admin": ("/O=system:masters/CN=admin", ""),
    "controller-manager": ("/CN=system:kube-controller-manager", ""),
    "scheduler": ("/CN=system:kube-scheduler", ""),
    "proxy": ("/CN=system:kube-proxy", ""),
}
"""Those that Kubernetes' own roles are bound to, and administrators; kubelet's is named by its node."""


def make_pki(folder: Path, *, node: str, node_address: str, service_address: str) -> None:
    """Make authority, certificates and the key that signs service accounts' tokens in `folder`.

    Raises:
        SetupError: openssl failed.
    """
    folder.mkdir()
    _openssl(
        folder, "req", "-x509", *_key("ca"), "-out", "ca.crt", "-days", _DAYS, "-subj", "/CN=test-cluster"
    )
    names = ("kubernetes.default.svc", "kubernetes.default", "kubernetes", "localhost")
    addresses = ("127.0.0.1", node_address, service_address)
    serving = ",".join([*(f"DNS:{name}" for name in names), *(f"IP:{address}" for address in addresses)])
    _certify(folder, "apiserver", "/CN=kube-apiserver", serving)
    _certify(folder, "kubelet", f"/O=system:nodes/CN=system:node:{node}", f"DNS:{node},IP:{node_address}")
    for user, (subject, names_of_user) in USERS.items():
        _certify(folder, user, subject, names_of_user)
    _openssl(folder, "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", "sa.key")
    _openssl(folder, "pkey", "-in", "sa.key", "-pubout", "-out", "sa.pub")


def write_kubeconfig(path: Path, pki: Path, user: str, *, server: str, namespace: str = "default") -> None:
    """Write a kubeconfig that holds all that it needs; JSON is YAML too."""

    def content(name: str) -> str:
        return base64.b64encode((pki / name).read_bytes()).decode()

    keys = {
        "client-certificate-data": content(f"{user}.crt"),
        "client-key-data": content(f"{user}.key"),
    }
    context = {"cluster": "test", "user": user, "namespace": namespace}
    path.write_text(
        json.dumps(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "current-context": "test",
                "clusters": [
                    {
                        "name": "test",
                        "cluster": {"server": server, "certificate-authority-data": content("ca.crt")},
                    }
                ],
                "users": [{"name": user, "user": keys}],
                "contexts": [{"name": "test", "context": context}],
            },
            indent=1,
        )
    )
    path.chmod(0o600)


def _certify(folder: Path, name: str, subject: str, alternative_names: str) -> None:
    extensions = ["-addext", f"subjectAltName={alternative_names}"] if alternative_names else []
    _openssl(
        folder,
        *("req", "-x509", *_key(name), "-CA", "ca.crt", "-CAkey", "ca.key", "-out", f"{name}.crt"),
        *("-days", _DAYS, "-subj", subject, "-addext", "basicConstraints=critical,CA:FALSE", *extensions),
    )


def _key(name: str) -> Sequence[str]:
    return "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", f"{name}.key"


def _openssl(folder: Path, *arguments: str) -> None:
    # each path is a word of its own, so a folder's name may hold anything
    words = [str(folder / word) if word.endswith((".key", ".crt", ".pub")) else word for word in arguments]
    run_program(["openssl", *words], timeout_s=120, next_step=_NEXT)
