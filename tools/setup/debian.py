"""The programs of the system that Headway, its tests and its demo run, as Debian packages them.

What counts is whether the program is there, not who packaged it: on another system the same programs pass.
As root missing packages are installed; otherwise the one command to run is said and set-up stops.
"""

import importlib.util
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.setup.failure import SetupError
from tools.setup.program import find_program, run_program


@dataclass(frozen=True, kw_only=True)
class Package:
    """A Debian package, what it is for, and how to see that what we need of it is there."""

    name: str
    purpose: str
    programs: tuple[str, ...] = ()
    """Programs that must be found, by name."""
    any_of: tuple[str, ...] = ()
    """Files of which one must be there; for what is never on the PATH."""
    service: str | None = None
    """The service that Debian starts on install; it would take a port that is not ours to take."""


_PODMAN = "/usr/lib/podman", "/usr/libexec/podman", "/usr/local/lib/podman", "/usr/local/libexec/podman"

PACKAGES = (
    Package(
        name="ca-certificates", purpose="TLS", any_of=("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls")
    ),
    Package(name="git", purpose="manifests repositories", programs=("git",)),
    Package(name="podman", purpose="the podman engine", programs=("podman",)),
    Package(name="buildah", purpose="builds images in tests and demo", programs=("buildah",)),
    Package(name="skopeo", purpose="copies images in tests and demo", programs=("skopeo",)),
    Package(name="runc", purpose="podman's container runtime", programs=("runc",)),
    Package(name="netavark", purpose="podman's networks", any_of=tuple(f"{at}/netavark" for at in _PODMAN)),
    Package(
        name="aardvark-dns", purpose="names in them", any_of=tuple(f"{at}/aardvark-dns" for at in _PODMAN)
    ),
    Package(
        name="catatonit",
        purpose="the first process of a pod",
        any_of=("/usr/bin/catatonit", *(f"{at}/catatonit" for at in _PODMAN)),
    ),
    Package(name="iptables", purpose="podman's networks", programs=("iptables",)),
    Package(name="nftables", purpose="podman's networks", programs=("nft",)),
    Package(name="iproute2", purpose="looks at networks in tests", programs=("ip",)),
    Package(name="util-linux", purpose="namespaces, in tests", programs=("unshare", "nsenter")),
    Package(name="dnsmasq-base", purpose="Kubernetes' names in podman networks", programs=("dnsmasq",)),
    Package(
        name="haproxy",
        purpose="service traffic",
        programs=("haproxy",),
        service="haproxy.service",
    ),
    Package(
        name="docker-registry",
        purpose="a real registry for tests and demo",
        programs=("docker-registry",),
        service="docker-registry.service",
    ),
    Package(name="busybox-static", purpose="an image for the walk of first steps", programs=("busybox",)),
    Package(name="chromium", purpose="the browser that tests of the web pages drive", programs=("chromium",)),
    Package(name="curl", purpose="typed by those who take first steps", programs=("curl",)),
    Package(name="mmdebstrap", purpose="the demo's base image of Python", programs=("mmdebstrap",)),
    Package(
        name="nats-server",
        purpose="the demo's system application",
        programs=("nats-server",),
        service="nats-server.service",
    ),
)

CLUSTER_PACKAGES = (
    Package(name="etcd-server", purpose="the API server's store", programs=("etcd",), service="etcd.service"),
    Package(
        name="containerd", purpose="runs pods", programs=("containerd", "ctr"), service="containerd.service"
    ),
    Package(name="runc", purpose="containerd's container runtime", programs=("runc",)),
    Package(name="containernetworking-plugins", purpose="the pods' network", any_of=("/usr/lib/cni/bridge",)),
    Package(
        name="redis-server",
        purpose="Argo CD's cache",
        programs=("redis-server",),
        service="redis-server.service",
    ),
    Package(name="conntrack", purpose="kube-proxy forgets connections with it", programs=("conntrack",)),
    Package(name="openssl", purpose="the cluster's certificates", programs=("openssl",)),
    Package(name="mount", purpose="kubelet mounts volumes", programs=("mount", "umount")),
)
"""What only the test cluster runs, beside `PACKAGES`: no other target asks for it."""


def find_missing(packages: Sequence[Package] = PACKAGES) -> list[Package]:
    """Give the packages of which something is not on this machine, in the order given."""
    return [package for package in packages if not _is_here(package)]


def is_venv_missing() -> bool:
    """Say whether this Python cannot make virtual environments: Debian packages that part on its own."""
    return importlib.util.find_spec("ensurepip") is None


def install_command(names: Sequence[str]) -> list[str]:
    """Give the command that installs packages by name, without asking and without what they only suggest."""
    wait = "DPkg::Lock::Timeout=120"
    return ["apt-get", "install", "--yes", "--no-install-recommends", "-o", wait, *names]


def install(missing: Sequence[Package], names: Sequence[str], say: Callable[[str], None]) -> None:
    """Install packages through apt-get, then stop the services that came with those we installed.

    A service that was on the machine before is somebody's: only those of `missing` are stopped.

    Raises:
        SetupError: this is not Debian, we are not root, or apt-get failed.
    """
    by_hand = f"sudo apt-get update && sudo apt-get install --no-install-recommends {' '.join(names)}"
    if find_program("apt-get") is None:
        programs = ", ".join(names)
        raise SetupError(
            f"These are missing on this machine: {programs}",
            why="they are Debian's package names, and this system has no apt-get to install them with",
            next_step="install the same programs with your system's packages, then run it again",
        )
    if os.geteuid() != 0:
        raise SetupError(
            f"{len(names)} Debian packages are missing: {', '.join(names)}",
            why="only root may install them",
            next_step=f"run this, then the same make target again:\n\n    {by_hand}\n",
        )
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    say(f"installing {len(names)} Debian packages: {' '.join(names)}")
    again = f"mend what apt-get says, or run it by hand: {by_hand}"
    run_program(["apt-get", "update"], timeout_s=300, next_step=again, environment=quiet)
    run_program(install_command(names), timeout_s=1200, next_step=again, environment=quiet)
    _stop_services([package.service for package in missing if package.service], say)


def _stop_services(services: Sequence[str], say: Callable[[str], None]) -> None:
    if not services or not Path("/run/systemd/system").is_dir():
        return
    say(f"stopping what Debian started with them: {' '.join(services)}")
    run_program(
        ["systemctl", "disable", "--now", *services],
        timeout_s=60,
        next_step=f"run `systemctl disable --now {' '.join(services)}` by hand: they hold ports",
    )


def _is_here(package: Package) -> bool:
    if not all(find_program(program) for program in package.programs):
        return False
    return not package.any_of or any(Path(path).exists() for path in package.any_of)
