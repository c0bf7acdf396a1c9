"""Images that are no team's: Python as a base, and the NATS server, both out of Debian's own packages.

No image registry outside is needed. Each is made once and kept in the builder's store under a name that
holds a hash of how it is made, so a changed recipe makes a new one.
"""

import hashlib
import inspect
import os
import platform
import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from demo.world.builder import Builder
from demo.world.commands import run
from headway.domain.errors import Broken

_COPY_ALL = "FROM scratch\nCOPY root/ /\n"
_NATS = _COPY_ALL + 'EXPOSE 4222 8222\nUSER 65534:65534\nENTRYPOINT ["/usr/sbin/nats-server"]\n'

# What Python never reads at run time in these images; two thirds of what the packages bring.
_UNWANTED = (
    "usr/share",
    "usr/lib/*/gconv",
    "usr/lib/*/perl-base",
    "usr/lib/dpkg",
    "usr/lib/python3*/lib2to3",
    "usr/lib/python3*/pydoc_data",
    "usr/bin/dpkg*",
    "usr/bin/update-alternatives",
    "usr/sbin",
    "sbin",
    "var/cache",
    "var/lib",
    "var/log",
    "etc/alternatives",
    "etc/dpkg",
)


def python_base(builder: Builder, *, say: Callable[[str], None]) -> str:
    """Make the base image that holds Python and its standard library, or give the one that is there.

    Raises:
        Broken: `demo-command-failed`: mmdebstrap or buildah failed, or Debian's packages cannot be reached.
    """
    recipe = f"{_codename()} {_UNWANTED} {inspect.getsource(_fill_python)}"
    name = f"localhost/foundation/python:{_short_hash(recipe)}"
    if not builder.has_image(name):
        say("the base image of Python, out of Debian's packages (once)")
        _build(builder, name, _COPY_ALL, _fill_python)
    return name


def nats_server(builder: Builder, *, say: Callable[[str], None]) -> str:
    """Make the image of NATS out of this machine's nats-server, or give the one that is there.

    Raises:
        Broken: `demo-command-failed`, `demo-program-missing`.
    """
    binary = _nats_binary()
    recipe = f"{_NATS} {run([str(binary), '--version'])} {inspect.getsource(_fill_nats)}"
    name = f"localhost/foundation/nats:{_short_hash(recipe)}"
    if not builder.has_image(name):
        say("the image of the NATS server (once)")
        _build(builder, name, _NATS, _fill_nats)
    return name


def push(builder: Builder, name: str, repository: str) -> str:
    """Push an image of the builder's store and give its reference by digest (`repository@sha256:…`).

    Raises:
        Broken: `demo-command-failed`.
    """
    with tempfile.TemporaryDirectory(dir=builder.cache) as folder:
        digest = Path(folder) / "digest"
        target = f"docker://{repository}:{name.rpartition(':')[2]}"
        builder.buildah("push", "--quiet", "--tls-verify=false", "--digestfile", str(digest), name, target)
        return f"{repository}@{digest.read_text().strip()}"


def _build(builder: Builder, name: str, recipe: str, fill: Callable[[Path], None]) -> None:
    with tempfile.TemporaryDirectory(dir=builder.cache, prefix="foundation-") as folder:
        context = Path(folder)
        (context / "Containerfile").write_text(recipe)
        fill(context / "root")
        options = ("--quiet", "--isolation", "chroot", "--format", "oci", "--timestamp", "0")
        builder.buildah("build", *options, "--tag", name, str(context), timeout_s=120)


def _fill_python(root: Path) -> None:
    wanted = "--include=python3-minimal,libpython3-stdlib"
    run(["mmdebstrap", "--quiet", "--variant=extract", wanted, _codename(), str(root)], timeout_s=300)
    for pattern in _UNWANTED:
        for path in root.glob(pattern):
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    # From Debian 13 on packages have these below /usr only, and no script is run that makes the links.
    for name in ("lib", "lib64"):
        if not (root / name).exists() and (root / "usr" / name).exists():
            (root / name).symlink_to(Path("usr", name))
    # The packages leave this to scripts that are not run; without it every start compiles what it imports.
    (library,) = (root / "usr" / "lib").glob("python3.*")
    compiled = ["-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", f"/usr/lib/{library.name}"]
    run(["chroot", str(root), "/usr/bin/python3", *compiled], timeout_s=120)


def _fill_nats(root: Path) -> None:
    binary = _nats_binary()
    # ldd names each library as `name => /path (address)`, the loader as `/path (address)`.
    libraries = re.findall(r"(/\S+) \(0x", run(["ldd", str(binary)]))
    for path in (binary, *map(Path, libraries)):
        there = root / path.relative_to("/")
        there.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, there)
    target = root / "usr" / "sbin" / "nats-server"
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(binary, target)


def _nats_binary() -> Path:
    found = shutil.which("nats-server", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        raise Broken(
            "demo-program-missing",
            "nats-server is not there",
            why="the demo's system application is Debian's NATS server",
            next_step="install the Debian package nats-server",
        )
    return Path(found)


def _codename() -> str:
    return platform.freedesktop_os_release()["VERSION_CODENAME"]


def _short_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
