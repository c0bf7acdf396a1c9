"""Whatever stands in a file, `headway check` names it with its line, and judges all the rest."""

from pathlib import Path

import pytest
from tests.fixtures.desk_estate import DeskEstate, headway
from tests.fixtures.desk_files import PROBE

MANIFEST = "oneconnect/app1/base/deployment.yaml"
OWN = "standards/own.yaml"
BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)
)
POLICY = """\
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: own}
spec:
  matchConstraints:
    resourceRules:
    - {apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: [deployments]}
  validations:
  - expression: "object.metadata.name != 'app1'"
    message: app1 is not wanted
"""


@pytest.fixture
def asked(desk_estate: DeskEstate) -> DeskEstate:
    """Give an estate that asks for probes, which app2 lacks."""
    desk_estate.replace("estate.yaml", "kind: Estate\n", "kind: Estate\nstandards: {use: [readiness]}\n")
    desk_estate.replace("oneconnect/app2/base/deployment.yaml", PROBE, "")
    (desk_estate.folder / "standards").mkdir()
    return desk_estate


def check(estate: DeskEstate, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    """Check, and see that the rest was judged."""
    code, told, said = headway(capsys, "check", str(estate.folder))
    assert "✗ readiness · oneconnect/app2 everywhere: Deployment app2" in told, said
    assert code == 1
    return code, told, said


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"apiVersion: apps/v1\nkind: [\n", 3),
        (b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: \xff\xfe}\n", 4),
        (b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {}\nkind: Secret\n", 5),
        (BOMB.encode(), 6),
        (
            b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  a: " + b"x" * (50 << 20) + b"\n",
            1,
        ),
    ],
    ids=("no YAML", "not UTF-8", "a key twice", "a bomb", "50 MB"),
)
def test_a_manifest_that_cannot_be_read_is_named_with_its_line(
    asked: DeskEstate, data: bytes, line: int, capsys: pytest.CaptureFixture[str]
) -> None:
    (asked.folder / MANIFEST).write_bytes(data)
    _, told, said = check(asked, capsys)
    assert f"{MANIFEST}:{line} " in said, said
    assert "Where: oneconnect/app1 everywhere" in said
    assert "1 mistake(s), 1 violation(s); 6 overlay(s) render" in told


def test_several_documents_and_anchors_are_read_and_judged(
    asked: DeskEstate, capsys: pytest.CaptureFixture[str]
) -> None:
    """They are ordinary YAML: each object of a file is found, with what an anchor stands for."""
    path = asked.folder / MANIFEST
    text = path.read_text().replace("labels: {app: app1}\nspec", "labels: &own {app: app1}\nspec", 1)
    second = text.replace("name: app1", "name: second").replace(PROBE, "")
    path.write_text(f"---\n{text.replace('matchLabels: {app: app1}', 'matchLabels: *own')}---\n{second}---\n")
    _, told, _ = check(asked, capsys)
    assert "✗ readiness · oneconnect/app1 everywhere: Deployment second" in told
    assert "2 violation(s); 9 overlay(s) render" in told


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (POLICY.replace("!= 'app1'", "!= ").encode(), 9),
        (POLICY.encode() + b"# \xff\n", 11),
        (POLICY.encode() + b"kind: Other\n", 11),
        (BOMB.encode(), 5),
        (POLICY.replace("metadata.name", "metadata.name.unknown()").encode(), 9),
    ],
    ids=("does not compile", "not UTF-8", "a key twice", "a bomb", "an unknown function"),
)
def test_a_standard_that_cannot_be_used_is_named_with_its_line(
    asked: DeskEstate, data: bytes, line: int, capsys: pytest.CaptureFixture[str]
) -> None:
    (asked.folder / OWN).write_bytes(data)
    _, told, _ = check(asked, capsys)
    assert f"✗ {OWN}:{line}: " in told, told[:2000]
    assert "1 unusable standard(s), 1 violation(s)" in told


def test_fifty_megabytes_of_standards_are_a_mistake_of_their_own(
    asked: DeskEstate, capsys: pytest.CaptureFixture[str]
) -> None:
    (asked.folder / OWN).write_bytes(POLICY.encode() + b"#" * (50 << 20))
    _, told, said = check(asked, capsys)
    assert f"{OWN}:1 holds more than manifests may" in said
    assert "1 mistake(s), 1 violation(s)" in told


def test_a_mistake_in_one_document_hides_no_other(
    asked: DeskEstate, capsys: pytest.CaptureFixture[str]
) -> None:
    (asked.folder / OWN).write_text(f"{POLICY}---\nkind: [\n")
    _, told, _ = check(asked, capsys)
    assert f"✗ {OWN}:" in told
    assert "✗ own · oneconnect/app1 everywhere: Deployment app1" in told


def test_a_policy_that_runs_long_ends_at_the_cost_that_a_cluster_allows(
    asked: DeskEstate, capsys: pytest.CaptureFixture[str]
) -> None:
    """What it could not be asked about is no pass, and the others are asked."""
    everything = "object.metadata.annotations.all(a, object.metadata.annotations.all(b, a != b + 'x'))"
    costly = POLICY.replace(
        "object.metadata.name != 'app1'", f"!has(object.metadata.annotations) || {everything}"
    )
    (asked.folder / OWN).write_text(costly)
    _annotate(asked.folder / MANIFEST, "".join(f"    key-{number}: x\n" for number in range(4000)))
    _, told, _ = check(asked, capsys)
    assert "✗ own · oneconnect/app1 everywhere: Deployment app1" in told, told
    assert "it could not be judged, which is no pass" in told


def _annotate(path: Path, lines: str) -> None:
    text = path.read_text()
    assert "  name: app1\n" in text
    path.write_text(text.replace("  name: app1\n", f"  name: app1\n  annotations:\n{lines}", 1))
