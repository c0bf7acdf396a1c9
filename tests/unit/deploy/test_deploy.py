"""What runs Headway on Kubernetes may do as little as the page says, and holds what was tested."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from tests.fixtures.cluster import documented

ROOT = Path(__file__).parents[3]
DEPLOY = ROOT / "deploy"
PAGE = ROOT / "docs/how-to/run-on-kubernetes.md"
PINNED = re.compile(r"^(\S+==\S+)(?: ;[^\\\n]*)?((?: \\\n    --hash=\S+)+)", re.MULTILINE)


Build = Callable[[Path], dict[str, dict[str, Any]]]


@pytest.fixture
def built(kustomize_program: Path) -> Build:
    """Give what builds a folder and gives its objects by kind."""

    def build(folder: Path) -> dict[str, dict[str, Any]]:
        argv = [kustomize_program, "build", folder]
        done = subprocess.run(argv, capture_output=True, timeout=60, check=True)
        return {one["kind"]: one for one in YAML(typ="safe", pure=True).load_all(done.stdout)}

    return build


@pytest.fixture
def overlay(tmp_path: Path) -> Path:
    """Write the page's overlay beside a copy of the base, as the page says."""
    (block,) = re.findall(r"^ {3}```yaml\n(.*?)^ {3}```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    (tmp_path / "overlay").mkdir()
    (tmp_path / "overlay/kustomization.yaml").write_text(re.sub(r"^ {3}", "", block, flags=re.MULTILINE))
    (tmp_path / "kubernetes").mkdir()
    for path in (DEPLOY / "kubernetes").iterdir():
        (tmp_path / "kubernetes" / path.name).write_bytes(path.read_bytes())
    return tmp_path / "overlay"


def test_the_page_s_overlay_names_image_and_estate(overlay: Path, built: Build) -> None:
    objects = built(overlay)
    (container,) = objects["StatefulSet"]["spec"]["template"]["spec"]["containers"]
    assert container["image"] == "registry.example/platform/headway:0.1.0"
    assert container["envFrom"] == [{"configMapRef": {"name": objects["ConfigMap"]["metadata"]["name"]}}]
    assert list(objects["ConfigMap"]["data"]) == ["HEADWAY_ESTATE"]
    assert {one["metadata"]["namespace"] for one in objects.values()} == {"headway"}


def test_the_role_for_standards_has_its_account_beside_it(built: Build) -> None:
    """A test of the cluster shows that the role is enough."""
    objects = built(DEPLOY / "standards")
    account = objects["ServiceAccount"]["metadata"]
    (subject,) = objects["ClusterRoleBinding"]["subjects"]
    assert (subject["name"], subject["namespace"]) == (account["name"], account["namespace"])
    assert objects["ClusterRoleBinding"]["roleRef"]["name"] == objects["ClusterRole"]["metadata"]["name"]
    verbs = {verb for rule in objects["ClusterRole"]["rules"] for verb in rule["verbs"]}
    assert "*" not in verbs


def test_the_pod_is_restricted_and_has_no_rights(built: Build) -> None:
    objects = built(DEPLOY / "kubernetes")
    assert set(objects) == {"ConfigMap", "Service", "ServiceAccount", "StatefulSet"}, "no role of any kind"
    spec = objects["StatefulSet"]["spec"]
    pod = spec["template"]["spec"]
    (container,) = pod["containers"]
    assert spec["replicas"] == 1
    assert objects["ServiceAccount"]["automountServiceAccountToken"] is False
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


def test_the_user_of_image_and_pod_is_the_same(built: Build) -> None:
    user = built(DEPLOY / "kubernetes")["StatefulSet"]["spec"]["template"]["spec"]["securityContext"][
        "runAsUser"
    ]
    assert f"USER {user}:{user}\n" in (DEPLOY / "Containerfile").read_text("utf-8")


def test_checks_get_the_permissions_of_the_page_and_no_more(built: Build) -> None:
    objects = built(DEPLOY / "checks")
    assert objects["ClusterRole"]["rules"] == YAML(typ="safe", pure=True).load(documented("yaml"))["rules"]


def test_the_image_holds_the_packages_that_were_tested_by_the_same_hashes() -> None:
    tested = dict(PINNED.findall((ROOT / "requirements.lock").read_text("utf-8")))
    shipped = dict(PINNED.findall((DEPLOY / "requirements.lock").read_text("utf-8")))
    assert len(shipped) > 20
    assert shipped.items() <= tested.items()
    assert not [name for name in shipped if name.startswith(("pytest", "mypy", "ruff"))]
