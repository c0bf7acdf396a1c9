"""What `headway init` writes meets every standard that comes with Headway, each by a field of its own."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from headway.adapters.files import read_estate, tree_from_directory
from headway.adapters.files.documents import read_documents
from headway.adapters.files.init import INSTANCES, REPOSITORIES, write_estate
from headway.adapters.policies import CelPolicies
from headway.adapters.schemas import PackagedSchemas
from headway.app.bounded_yaml import read_documents as read_rendered
from headway.app.standards.catalog import ALL, choose
from headway.app.standards.judging import Judge, RenderedArtifact
from headway.bootstrap import check, render
from headway.domain.names import InstanceName, parse_artifact
from headway.interfaces.cli.composition import CheckSettings

APP1 = "oneconnect/app1"
PRODUCTION = INSTANCES[-1]
ARGOCD = "https://argocd.{environment}.example"
REGISTRIES = b"""\
apiVersion: v1
kind: ConfigMap
metadata: {name: image-registry, namespace: headway-standards}
data: {prefixes: "127.0.0.1:5000"}
"""


@pytest.fixture(autouse=True)
def with_kustomize(kustomize_program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADWAY_KUSTOMIZE", str(kustomize_program))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give the folder of the written estate."""
    write_estate(tmp_path / "estate", person="ann")
    return tmp_path / "estate"


@pytest.fixture(scope="module")
def judge() -> Judge:
    """Give what asks all that is shipped, as the written estate does."""
    choice = choose([ALL])
    policies = CelPolicies(read_documents)
    documents = {**choice.documents, "own.yaml": REGISTRIES}
    return Judge(PackagedSchemas(), policies, asyncio.run(policies.compile(documents)), choice)


@pytest.mark.parametrize("argocd", [None, ARGOCD], ids=["podman", "argocd"])
def test_the_written_estate_meets_every_standard(tmp_path: Path, argocd: str | None) -> None:
    """All that come with Headway are in force, nothing is waived, and no declared difference is unused."""
    write_estate(tmp_path / "estate", person="ann", argocd=argocd, remotes="https://git.example")
    found = check(CheckSettings(folders=tuple(tmp_path / "estate" / one for one in REPOSITORIES)))
    assert found.is_in_order, [str(one) for one in (*found.told, *found.mistakes, *found.broken)]
    assert found.told == ()
    assert found.remarks == ()
    assert found.rendered == 4 * len(INSTANCES)
    everything = choose([ALL])
    policies = {Path(name).stem for name in everything.documents}
    assert set(found.rules) == {*policies, *everything.together, "parity"}


MISSING = [
    ("restricted/each-container.yaml", "allowPrivilegeEscalation: false", "", "privilege-escalation"),
    ("restricted/each-container.yaml", "readOnlyRootFilesystem: true", "", "read-only-root"),
    ("restricted/each-container.yaml", "capabilities: {drop: [ALL]}", "", "capabilities"),
    ("restricted/kustomization.yaml", "runAsNonRoot: true", "", "run-as-non-root"),
    ("restricted/kustomization.yaml", "seccompProfile: {type: RuntimeDefault}", "", "seccomp"),
    ("restricted/kustomization.yaml", "automountServiceAccountToken: false", "", "service-account-token"),
    ("serving/kustomization.yaml", "readinessProbe", "livenessProbe", "readiness"),
    ("serving/kustomization.yaml", "{preStop: {sleep: {seconds: 5}}}", "{}", "draining"),
    ("serving/kustomization.yaml", "PeriodSeconds: 30", "PeriodSeconds: 5", "draining"),
    ("serving/kustomization.yaml", "rollingUpdate", "rollingUpdates", "schema"),
    ("small/kustomization.yaml", "requests: {cpu: 50m, memory: 64Mi}", "", "resources"),
    ("small/kustomization.yaml", "limits: {memory: 256Mi}", "", "resources"),
    ("web/kustomization.yaml", ", ../only-http", "", "network-policy"),
    ("only-http/network-policy.yaml", "policyTypes: [Ingress]", "policyTypes: [Egress]", "network-policy"),
    ("steady/kustomization.yaml", "replicas: 2", "replicas: 1", "replicas"),
    ("steady/disruption-budget.yaml", "policy/v1", "policy/v1beta1", "removed-api"),
]  # fmt: skip
"""A component's file, what is taken out of it or put wrong, and the standard that then says no."""


@pytest.mark.parametrize("change", MISSING, ids=lambda change: f"{change[0]}-{change[1]}")
def test_what_a_component_brings_is_what_its_standard_asks_for(
    folder: Path, judge: Judge, change: tuple[str, str, str, str]
) -> None:
    file, old, new, rule = change
    assert rules_broken(folder, judge) == set()
    replace(folder / "argocd-oc-apps/components" / file, old, new)
    assert rules_broken(folder, judge) == {rule}


def test_two_pods_without_a_budget_are_told(folder: Path, judge: Judge) -> None:
    steady = folder / "argocd-oc-apps/components/steady/kustomization.yaml"
    replace(steady, "resources: [disruption-budget.yaml]\n", "")
    steady.write_text(steady.read_text().partition("replacements:")[0])
    assert rules_broken(folder, judge) == {"disruption-budget"}


def test_what_a_team_writes_itself_is_asked_for_too(folder: Path, judge: Judge) -> None:
    deployment = folder / "argocd-oc-apps/oneconnect/app1/base/deployment.yaml"
    replace(deployment, ", headway.dev/owner: team-app1", "")
    replace(deployment, "headway.dev/no-autoscaler", "example.com/note")
    assert rules_broken(folder, judge) == {"owner", "autoscaler"}


def test_an_autoscaler_takes_the_place_of_the_reason_against_one(folder: Path, judge: Judge) -> None:
    apps = folder / "argocd-oc-apps/oneconnect/app1"
    deployment = (apps / "base/deployment.yaml").read_text()
    lines = [one for one in deployment.splitlines(keepends=True) if "no-autoscaler" not in one]
    assert len(lines) == len(deployment.splitlines()) - 1
    (apps / "base/deployment.yaml").write_text("".join(lines))
    replace(apps / "overlays" / PRODUCTION / "kustomization.yaml", "components/steady", "components/scaled")
    assert rules_broken(folder, judge) == set()
    objects = rendered(folder)
    assert [one["kind"] for one in objects if one["kind"] == "HorizontalPodAutoscaler"]
    (deployed,) = (one for one in objects if one["kind"] == "Deployment")
    assert "replicas" not in deployed["spec"], "the autoscaler sets them"  # type: ignore[operator]


def test_every_container_gets_the_restricted_profile(folder: Path, judge: Judge) -> None:
    """A team adds a companion, and need not think of it."""
    deployment = folder / "argocd-oc-apps/oneconnect/app1/base/deployment.yaml"
    companion = (
        '      - {name: companion, image: "127.0.0.1:5000/tools/companion@sha256:' + "1" * 64 + '",\n'
        "         resources: {requests: {cpu: 10m}, limits: {memory: 32Mi}}}\n"
    )
    deployment.write_text(deployment.read_text() + companion)
    assert rules_broken(folder, judge) == set()


def test_a_team_overrides_in_the_kustomization_that_includes(folder: Path, judge: Judge) -> None:
    base = folder / "argocd-oc-apps/oneconnect/app1/base/kustomization.yaml"
    probe = "/spec/template/spec/containers/0/readinessProbe/httpGet/path"
    patch = f"- {{op: replace, path: {probe}, value: /readyz}}"
    base.write_text(f"{base.read_text()}patches:\n- target: {{kind: Deployment}}\n  patch: |-\n    {patch}\n")
    assert rules_broken(folder, judge) == set()
    assert "/readyz" in str(rendered(folder))


def rules_broken(folder: Path, judge: Judge) -> set[str]:
    """Give the standards that app1 in production does not meet."""
    trees = [tree_from_directory(folder / name) for name in REPOSITORIES]
    estate = read_estate({tree.repository: tree for tree in trees}).estate
    one = RenderedArtifact(
        artifact=parse_artifact(APP1),
        instance=InstanceName("oneconnect", PRODUCTION),
        objects=rendered(folder),
    )
    ruled = asyncio.run(judge.rule(estate, [one], datetime.now(UTC)))
    return {each.finding.rule for each in ruled.found}


def rendered(folder: Path) -> tuple[dict[str, object], ...]:
    """Give the objects of app1 in production."""
    files = render(folder / "argocd-oc-apps", APP1, PRODUCTION)
    documents = (one.value for name, data in files.items() for one in read_rendered(data, name))
    return tuple(one for one in documents if isinstance(one, dict))


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1, f"{path.name} holds {old!r} {text.count(old)} times"
    path.write_text(text.replace(old, new))
