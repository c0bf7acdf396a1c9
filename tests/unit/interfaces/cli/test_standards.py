"""`headway standards` lists what there is, and prints what a cluster would get without asking one."""

import json

import pytest
from ruamel.yaml import YAML
from tests.fixtures.desk_estate import DeskEstate, headway
from tests.fixtures.shipped_standards import parameters

from headway.domain.standards.together import TOGETHER
from headway.standards import SHIPPED

OWN = """\
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata:
  name: own
  annotations: {headway.dev/reason: We agreed on it.}
spec:
  matchConstraints:
    resourceRules:
    - {apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: [deployments]}
  validations:
  - {expression: "true", message: never}
"""


@pytest.fixture
def estate(desk_estate: DeskEstate) -> DeskEstate:
    """Give an estate that asks for two groups and has a standard of its own; production is on Kubernetes."""
    used = "kind: Estate\nstandards: {use: [probes, images, secrets]}\n"
    desk_estate.replace("estate.yaml", "kind: Estate\n", used)
    on_kubernetes = 'production: {engine: {argocd: {url: "https://argocd.example"}}}'
    desk_estate.replace("estate.yaml", "production: {engine: {podman: {}}}", on_kubernetes)
    (desk_estate.folder / "standards").mkdir()
    (desk_estate.folder / "standards/own.yaml").write_text(OWN)
    (desk_estate.folder / "standards/parameters.yaml").write_bytes(parameters())
    return desk_estate


def test_every_standard_is_listed_with_its_reason_and_where_it_is_asked(
    estate: DeskEstate, capsys: pytest.CaptureFixture[str]
) -> None:
    code, told, _ = headway(capsys, "standards", "list", str(estate.folder), "-o", "json")
    found = {one["id"]: one for one in json.loads(told)}
    assert code == 0
    assert set(found) >= {*SHIPPED, *TOGETHER, "own", "parity", "schema"}
    assert all(one["reason"] and one["page"] for one in found.values())
    assert (found["readiness"]["used"], found["seccomp"]["used"]) == (True, False)
    assert found["own"]["reason"] == "We agreed on it."
    assert "cluster" in found["readiness"]["places"]
    assert not any("cluster" in found[one]["places"] for one in ("secret-values", "network-policy", "parity"))
    code, told, _ = headway(capsys, "standards", "list", str(estate.folder))
    assert (code, "readiness" in told) == (0, True)


def test_the_documents_are_printed_and_no_cluster_is_asked(
    estate: DeskEstate, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ("standards", "install", "production", str(estate.folder), "--action", "warn", "-o", "yaml")
    code, told, said = headway(capsys, *arguments)
    documents = list(YAML(typ="safe", pure=True).load_all(told))
    assert code == 0, said
    assert "secret-values: it is about what stands in Git" in said
    bindings = [one for one in documents if one["kind"] == "ValidatingAdmissionPolicyBinding"]
    assert "own.production" in {one["metadata"]["name"] for one in bindings}
    assert {tuple(one["spec"]["validationActions"]) for one in bindings} == {("Warn",)}
    code, told, _ = headway(capsys, *arguments[:-1], "json")
    assert json.loads(told)["items"] == documents


def test_a_standard_that_cannot_be_used_is_left_out_and_fails(
    estate: DeskEstate, capsys: pytest.CaptureFixture[str]
) -> None:
    estate.replace("standards/own.yaml", '"true"', '"(true"')
    code, told, said = headway(capsys, "standards", "install", "production", str(estate.folder), "-o", "yaml")
    assert (code, "own.production" in told) == (1, False)
    assert "✗ standards/own.yaml:" in said


@pytest.mark.parametrize(
    ("environment", "words"),
    [("staging", "which has no API server to ask"), ("productions", "Did you mean production?")],
)
def test_an_environment_that_has_no_cluster_is_a_wrong_command(
    estate: DeskEstate, environment: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, said = headway(capsys, "standards", "install", environment, str(estate.folder))
    assert (code, words in said) == (2, True), said


def test_without_a_token_it_says_which_file_to_write(
    estate: DeskEstate, capsys: pytest.CaptureFixture[str]
) -> None:
    state = str(estate.folder.parent)
    code, _, said = headway(
        capsys, "--state", state, "standards", "install", "production", str(estate.folder)
    )
    assert (code, "production.standards.json" in said) == (1, True)
