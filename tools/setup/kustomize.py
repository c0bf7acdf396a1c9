"""The real Kustomize, `.tools/bin/kustomize`, built from its Go module in tools/kustomize."""

from pathlib import Path

from tools.setup.failure import SetupError
from tools.setup.golang import go_environment, go_wheel, pinned_version, provide_go
from tools.setup.program import run_program
from tools.setup.step import Step, hash_of

_MODULE = "sigs.k8s.io/kustomize/kustomize/v5"


def plan_kustomize(root: Path) -> list[Step]:
    """Give the step that makes Kustomize."""
    module, binary = root / "tools/kustomize", root / ".tools/bin/kustomize"
    pinned = pinned_version(module / "go.mod", _MODULE)
    return [
        Step(
            name="kustomize",
            says=f"building Kustomize {pinned} from its Go module (a minute or two, once)",
            key=hash_of(module / "go.mod", module / "go.sum", go_wheel(root)),
            makes=(binary,),
            do=lambda: _build(root, module, binary, pinned),
        )
    ]


def _build(root: Path, module: Path, binary: Path, pinned: str) -> None:
    run_program(
        [provide_go(root, module / "go.mod"), "-C", module, "install", "-trimpath", _MODULE],
        timeout_s=900,
        next_step="see that Go modules can be fetched (GOPROXY?), then run it again",
        environment={"GOBIN": str(binary.parent), **go_environment(root)},
    )
    said = run_program([binary, "version"], timeout_s=30, next_step="remove .tools and run it again").strip()
    if said != pinned:
        raise SetupError(
            f"Kustomize says that it is {said}",
            why=f"tools/kustomize/go.mod pins {pinned}",
            next_step="remove .tools and run it again",
        )
