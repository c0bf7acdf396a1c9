"""What people change in the manifests in the story; each is an edit for `World.commit_manifests`."""

from pathlib import Path

from demo.world.changes import replace
from demo.world.repository import Edit

_APP1 = Path("oneconnect", "app1")


def set_welcome(words: str) -> Edit:
    """Give app1 everywhere the variable that `NEEDS_WELCOME` asks for."""

    def edit(repository: Path) -> None:
        replace(
            repository / _APP1 / "base" / "deployment.yaml",
            "        ports:\n",
            f'        env:\n        - {{name: WELCOME, value: "{words}"}}\n        ports:\n',
        )

    return edit


def move_service_port(repository: Path) -> None:
    """Move app1's service from port 80 to 8080: all is well, but for consumers that know it at 80.

    Only staging runs a consumer (the check `contract`), so only staging can catch it.
    """
    replace(repository / _APP1 / "base" / "service.yaml", "port: 80,", "port: 8080,")


def move_service_port_back(repository: Path) -> None:
    """Undo `move_service_port`."""
    replace(repository / _APP1 / "base" / "service.yaml", "port: 8080,", "port: 80,")


_PROBE = """\
        readinessProbe:
          httpGet: {path: /readyz, port: http}
          periodSeconds: 1
"""


def drop_probe(repository: Path) -> None:
    """Take app1's readiness probe away: requests would reach a pod before it can answer."""
    replace(repository / _APP1 / "base" / "deployment.yaml", _PROBE, "")


def put_probe_back(repository: Path) -> None:
    """Undo `drop_probe`."""
    deployment = repository / _APP1 / "base" / "deployment.yaml"
    replace(deployment, "        livenessProbe:\n", f"{_PROBE}        livenessProbe:\n")


def set_greeting(instance: str, old: str, new: str) -> Edit:
    """Change how app1 greets in one instance: an overlay's change, seen nowhere else."""

    def edit(repository: Path) -> None:
        replace(repository / _APP1 / "overlays" / instance / "kustomization.yaml", old, new)

    return edit
