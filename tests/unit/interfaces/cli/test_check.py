"""`headway check` holds an estate on the desk to its standards, in words for people and for programs."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from headway.__main__ import LateComposition
from headway.interfaces.cli.main import run

PROBES = """\
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: readiness}
spec:
  failurePolicy: Fail
  matchConstraints:
    resourceRules:
    - {apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [deployments]}
  validations:
  - expression: object.spec.template.spec.containers.all(c, has(c.readinessProbe))
    message: every container says when it is ready
"""
PROBE = """\
    - op: add
      path: /spec/template/spec/containers/0/readinessProbe
      value: {httpGet: {path: /healthz, port: http}, periodSeconds: 2}
"""
SHIPPED = "standards: {use: [all]}   # all that come with Headway; your own stand in standards/\n"
WAIVERS = """\
apiVersion: headway.dev/v1
kind: Waivers
waivers:
- rule: readiness
  scope: {{application: oneconnect, artifact: app1}}
  owner: ann
  reason: the probe comes with 1.5
  ends: "{}"
"""


@pytest.fixture
def apps(tmp_path: Path, kustomize_program: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give an estate to begin with, whose one standard asks for a readiness probe that app1 lacks."""
    monkeypatch.setenv("HEADWAY_KUSTOMIZE", str(kustomize_program))
    run(LateComposition(), ["init", str(tmp_path / "estate"), "--person", "ann"])
    found = tmp_path / "estate/argocd-oc-apps"
    (found / "standards").mkdir(exist_ok=True)
    (found / "standards/readiness.yaml").write_text(PROBES)
    replace(found / "estate.yaml", SHIPPED, "")
    (found / "components/probeless").mkdir()
    component = (found / "components/serving/kustomization.yaml").read_text()
    (found / "components/probeless/kustomization.yaml").write_text(component)
    replace(found / "components/probeless/kustomization.yaml", PROBE, "")
    base = found / "oneconnect/app1/base/kustomization.yaml"
    parts = "[restricted, probeless, small, only-http]"
    replace(base, "[../../../components/web]", parts.replace("[", "[ ").replace(" ", " ../../../components/"))
    return found


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def check(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """Run it, and give its exit code and what it said."""
    capsys.readouterr()
    code = run(LateComposition(), ["check", *arguments])
    return code, capsys.readouterr().out


def test_a_violation_is_told_once_with_its_line(apps: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = check(capsys, str(apps))
    assert code == 1
    assert told.count("✗ readiness") == 1
    assert "oneconnect/app1 everywhere: Deployment app1" in told
    assert "every container says when it is ready" in told
    assert "oneconnect/app1/base/deployment.yaml:1" in told
    assert "Not in order: 1 violation(s)" in told


def test_a_waiver_lets_it_stand_until_it_ends(apps: Path, capsys: pytest.CaptureFixture[str]) -> None:
    today = datetime.now(UTC).date()
    (apps / "standards/waivers.yaml").write_text(WAIVERS.format(today + timedelta(days=30)))
    code, told = check(capsys, str(apps))
    assert code == 0, told
    assert "▲ readiness" in told
    assert "waived by ann until" in told
    (apps / "standards/waivers.yaml").write_text(WAIVERS.format(today - timedelta(days=1)))
    code, told = check(capsys, str(apps))
    assert code == 1
    assert "the waiver of ann ended" in told


def test_a_standard_that_does_not_compile_is_no_pass(apps: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its mistake is told with file and line, and the others are asked all the same."""
    broken = PROBES.replace("name: readiness", "name: other").replace("has(c.readinessProbe)", "has(")
    (apps / "standards/other.yaml").write_text(broken)
    code, told = check(capsys, str(apps))
    assert code == 1
    assert "✗ standards/other.yaml:" in told
    assert "1 unusable standard(s), 1 violation(s)" in told


def test_what_comes_with_headway_is_asked_by_group_or_id(
    apps: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (apps / "standards/readiness.yaml").unlink()
    replace(apps / "oneconnect/app1/base/deployment.yaml", ", headway.dev/owner: team-app1", "")
    estate = apps / "estate.yaml"
    estate.write_text(estate.read_text() + "standards: {use: [probes, owner]}\n")
    code, told = check(capsys, str(apps), "-o", "json")
    found = json.loads(told)
    assert code == 1
    assert {"readiness", "owner"} <= set(found["rules"])
    assert {one["rule"] for one in found["findings"] if one["artifact"] == "oneconnect/app1"} >= {
        "readiness",
        "owner",
    }
    assert "seccomp" not in found["rules"]


def test_programs_read_the_same(apps: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = check(capsys, str(apps), "-o", "json")
    (finding,) = json.loads(told)["findings"]
    assert code == 1
    assert finding["rule"] == "readiness"
    assert finding["blocks"]
    assert (finding["file"], finding["line"]) == ("oneconnect/app1/base/deployment.yaml", 1)

    code, told = check(capsys, str(apps), "-o", "sarif")
    (result,) = json.loads(told)["runs"][0]["results"]
    assert (code, result["ruleId"], result["level"]) == (1, "readiness", "error")
    location = result["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == "oneconnect/app1/base/deployment.yaml"

    code, told = check(capsys, str(apps), "-o", "github")
    assert code == 1
    assert told.startswith("::error file=oneconnect/app1/base/deployment.yaml,line=1,title=readiness::")


def test_parity_is_asked_where_the_estate_says_so(apps: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (apps / "standards/readiness.yaml").unlink()
    estate = apps / "estate.yaml"
    estate.write_text(estate.read_text() + "standards: {use: [paritty]}\n")
    assert run(LateComposition(), ["check", str(apps)]) == 1
    assert "Did you mean parity?" in capsys.readouterr().err
    estate.write_text(estate.read_text().replace("paritty", "parity"))
    overlay = apps / "oneconnect/app1/overlays/staging/kustomization.yaml"
    overlay.write_text(overlay.read_text() + "commonAnnotations: {example.com/only: staging}\n")
    code, told = check(capsys, str(apps))
    assert code == 1
    assert "✗ parity · oneconnect/app1 in staging: Deployment app1, metadata.annotations" in told
    estate.write_text(estate.read_text().replace("standards: {use: [parity]}\n", ""))
    assert check(capsys, str(apps))[0] == 0
