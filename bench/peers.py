"""The programs that standards are measured beside, built once from their pinned Go modules into `.cache`.

kubeconform is given the very schemas that Headway judges by; the Kyverno command line the very policies.
"""

import json
import os
from pathlib import Path

from tools.setup.golang import go_environment, provide_go
from tools.setup.program import run_program

from headway.adapters.schemas.native import native_schema
from headway.adapters.schemas.package import kinds_of
from headway.domain.kubernetes_version import KubernetesVersion
from headway.standards import SHIPPED

ROOT = Path(__file__).parents[1]
_PROGRAMS = {
    "kubeconform": "github.com/yannh/kubeconform/cmd/kubeconform",
    "kubectl-kyverno": "github.com/kyverno/kyverno/cmd/cli/kubectl-kyverno",
}
_MODULES = {"kubeconform": "kubeconform", "kubectl-kyverno": "kyverno"}
_NEEDS_PARAMETERS = "image-registry"
"""Its parameters are handed over in a way of each program's own, so it is left out beside Kyverno."""


def provide(name: str) -> Path:
    """Give a program, built if it is not there; Kyverno's takes a quarter of an hour and 3 GB of modules.

    Raises:
        SetupError: it could not be built.
    """
    module = ROOT / "bench/tools" / _MODULES[name]
    folder = ROOT / ".cache/bench-tools"
    binary, stamp = folder / name, folder / f"{name}.sum"
    wanted = (module / "go.mod").read_text() + (module / "go.sum").read_text()
    if binary.exists() and stamp.exists() and stamp.read_text() == wanted:
        return binary
    folder.mkdir(parents=True, exist_ok=True)
    run_program(
        [provide_go(ROOT, module / "go.mod"), "-C", module, "install", "-trimpath", _PROGRAMS[name]],
        timeout_s=3600,
        next_step="see that Go modules can be fetched (GOPROXY?), then run it again",
        environment={"GOBIN": str(folder), **go_environment(ROOT)},
    )
    stamp.write_text(wanted)
    return binary


def kubeconform(schemas: Path, files: Path) -> list[str]:
    """Give the command that judges files by schemas that `write_schemas` wrote."""
    where = f"{schemas}/{{{{.ResourceKind}}}}{{{{.KindSuffix}}}}.json"
    return [str(provide("kubeconform")), "-strict", "-summary", "-schema-location", where, str(files)]


def write_schemas(folder: Path, version: KubernetesVersion) -> None:
    """Write the schema of every kind of a version as kubeconform looks for it."""
    folder.mkdir()
    for kind in kinds_of(version):
        group, _, api = kind.api_version.rpartition("/")
        suffix = f"{group.split('.')[0]}-{api}" if group else api
        path = folder / f"{kind.kind.lower()}-{suffix}.json"
        path.write_text(json.dumps(native_schema(version, kind)))


def kyverno(policies: Path, files: Path) -> list[str]:
    """Give the command that judges files by policies that `write_policies` wrote."""
    return [str(provide("kubectl-kyverno")), "apply", str(policies), "--resource", str(files)]


def write_policies(folder: Path) -> None:
    """Write the policies that come with Headway, as they are."""
    folder.mkdir()
    for rule, data in SHIPPED.items():
        if rule != _NEEDS_PARAMETERS:
            (folder / f"{rule}.yaml").write_bytes(data)


def environment(kustomize: Path) -> dict[str, str]:
    """Give an environment in which they find nothing of the user's."""
    return {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "HEADWAY_KUSTOMIZE": str(kustomize)}
