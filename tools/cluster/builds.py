"""The programs of the cluster that no package has: built once from pinned Go modules, kept for all checkouts.

Each module's programs stand in a folder of the cache that is named by all that they are made from. They are
built beside it and moved there whole, so a build that was interrupted is never taken for one that ended;
builds at the same time wait for each other.
"""

import fcntl
import os
import platform
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools.cluster.compile import compile_programs, module_folder
from tools.setup.debian import CLUSTER_PACKAGES, find_missing, install
from tools.setup.golang import find_go, go_wheel, needed_go, pinned_version, provide_go
from tools.setup.step import hash_of

ROOT = Path(__file__).resolve().parents[2]
MODULES = ROOT / "tools/cluster/modules"


@dataclass(frozen=True, kw_only=True)
class Build:
    """One Go module and the programs of it."""

    name: str
    """Names its folder in `modules`."""
    module: str
    programs: dict[str, str]
    """Program to the package that it is built from."""
    version_variables: tuple[str, ...] = ()
    """Go variables that name the version, which a build outside of the project's own leaves empty."""
    keeps: tuple[str, ...] = ()
    """Folders of the module's source that are kept beside its programs."""

    @property
    def folder(self) -> Path:
        """Give where its go.mod and go.sum stand."""
        return MODULES / self.name

    @property
    def version(self) -> str:
        """Give the pinned version, such as ``v1.34.4``."""
        return pinned_version(self.folder / "go.mod", self.module)


_KUBERNETES = (
    "kube-apiserver",
    "kube-controller-manager",
    "kube-proxy",
    "kube-scheduler",
    "kubectl",
    "kubelet",
)

BUILDS = (
    Build(
        name="kubernetes",
        module="k8s.io/kubernetes",
        programs={program: f"k8s.io/kubernetes/cmd/{program}" for program in _KUBERNETES},
        version_variables=(
            "k8s.io/component-base/version.gitVersion={version}",
            "k8s.io/component-base/version.gitMajor={major}",
            "k8s.io/component-base/version.gitMinor={minor}",
        ),
    ),
    Build(
        name="argocd",
        module="github.com/argoproj/argo-cd/v3",
        programs={"argocd": "github.com/argoproj/argo-cd/v3/cmd"},
        version_variables=("github.com/argoproj/argo-cd/v3/common.version={number}",),
        keeps=("manifests/crds", "manifests/base/config"),
    ),
    Build(
        name="coredns",
        module="github.com/coredns/coredns",
        programs={"coredns": "github.com/coredns/coredns"},
    ),
)


@dataclass(frozen=True, kw_only=True)
class Built:
    """Where what was built stands: `kubernetes`, `argocd` and `coredns` are folders of programs."""

    kubernetes: Path
    argocd: Path
    coredns: Path

    @property
    def kubectl(self) -> Path:
        """Give kubectl."""
        return self.kubernetes / "kubectl"


def cache_folder() -> Path:
    """Give where the built programs are kept, whichever checkout built them.

    Not below `HEADWAY_CACHE`, which is the desk's: who empties that one does not mean to wait for a build.
    """
    of_user = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("HEADWAY_CLUSTER_CACHE") or of_user / "headway/cluster")


def provide(say: Callable[[str], None]) -> Built:
    """Install the packages that are missing and build what is not built yet.

    Raises:
        SetupError: as `build_all`, or a package could not be installed.
    """
    missing = find_missing(CLUSTER_PACKAGES)
    if missing:
        install(missing, [package.name for package in missing], say)
    return build_all(say)


def build_all(say: Callable[[str], None]) -> Built:
    """Build whatever is not built yet and give where it stands; with all built it takes a moment.

    Raises:
        SetupError: Go could not be had, or a module could not be fetched or compiled.
    """
    return Built(**{build.name: _ensure(build, say) for build in BUILDS})


def flags_of(build: Build) -> list[str]:
    """Give the flags that its programs are compiled with: small, alike everywhere, aware of their version."""
    number = build.version.removeprefix("v")
    major, minor, _ = number.split(".", 2)
    values = {"version": build.version, "number": number, "major": major, "minor": minor}
    named = [f"-X {variable.format(**values)}" for variable in build.version_variables]
    return ["-trimpath", "-ldflags", " ".join(["-s -w", *named])]


def _ensure(build: Build, say: Callable[[str], None]) -> Path:
    cache = cache_folder()
    done = cache / f"{build.name}-{_key(build)[:16]}"
    if done.is_dir():
        return done
    cache.mkdir(parents=True, exist_ok=True)
    with _locked(cache / f"{build.name}.lock"):
        if not done.is_dir():  # another may have built it while we waited
            _build_into(build, done, say)
    return done


def _build_into(build: Build, done: Path, say: Callable[[str], None]) -> None:
    for left in done.parent.glob(f".{build.name}-*"):  # we hold the lock: whoever made these was killed
        shutil.rmtree(left)
    making = Path(tempfile.mkdtemp(prefix=f".{build.name}-", dir=done.parent))
    try:
        go = provide_go(ROOT, build.folder / "go.mod")
        compile_programs(go, build.folder, making, programs=build.programs, flags=flags_of(build), say=say)
        for kept in build.keeps:
            shutil.copytree(
                module_folder(go, build.folder, build.module) / kept,
                making / kept,
                copy_function=shutil.copyfile,  # without the module cache's write protection
            )
        for folder in (making, *(path for path in making.rglob("*") if path.is_dir())):
            folder.chmod(0o755)
        making.rename(done)
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _key(build: Build) -> str:
    return hash_of(
        build.folder / "go.mod",
        build.folder / "go.sum",
        _compiler(build),
        platform.machine(),
        *flags_of(build),
    )


def _compiler(build: Build) -> str:
    go = find_go(ROOT, needed_go(build.folder / "go.mod"))
    if go is None:
        return go_wheel(ROOT).read_text()
    said = subprocess.run([go, "env", "GOVERSION"], capture_output=True, text=True, timeout=30, check=True)
    return said.stdout.strip()


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
