"""What a version no longer serves, will not serve for long, or does not serve yet."""

# ruff: noqa: E501 - the texts stand as a person meets them

import pytest
from tests.fixtures.ordinary_manifests import objects_in, ordinary
from tests.unit.adapters.schemas.conftest import Said

from headway.adapters.schemas import PackagedSchemas
from headway.adapters.schemas.package import ApiKind, kinds_of, known_versions
from headway.domain.kubernetes_version import KubernetesVersion
from headway.domain.standards import Judgement
from headway.domain.standards.api_lifetimes import all_lifetimes


def named(api_version: str, kind: str) -> str:
    return f"apiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: a}}\n"


@pytest.mark.parametrize(
    ("api_version", "kind", "version", "line"),
    [
        (
            "policy/v1beta1",
            "PodDisruptionBudget",
            "1.34",
            "removed-api apiVersion: policy/v1beta1 PodDisruptionBudget is gone since Kubernetes 1.25. Write apiVersion: policy/v1",
        ),
        (
            "extensions/v1beta1",
            "Ingress",
            "1.25",
            "removed-api apiVersion: extensions/v1beta1 Ingress is gone since Kubernetes 1.22. Write apiVersion: networking.k8s.io/v1",
        ),
        (
            "policy/v1beta1",
            "PodSecurityPolicy",
            "1.30",
            "removed-api apiVersion: policy/v1beta1 PodSecurityPolicy is gone since Kubernetes 1.25. Nothing takes its place: label namespaces for Pod Security Admission, or write an admission policy",
        ),
        (
            "autoscaling/v2beta2",
            "HorizontalPodAutoscaler",
            "1.25",
            "deprecated-api apiVersion: autoscaling/v2beta2 HorizontalPodAutoscaler is deprecated since Kubernetes 1.23 and gone with 1.26. Write apiVersion: autoscaling/v2",
        ),
        (
            "v1",
            "Endpoints",
            "1.33",
            "deprecated-api apiVersion: v1 Endpoints is deprecated since Kubernetes 1.33. Write an EndpointSlice of discovery.k8s.io/v1",
        ),
        (
            "admissionregistration.k8s.io/v1beta1",
            "ValidatingAdmissionPolicy",
            "1.31",
            "deprecated-api apiVersion: admissionregistration.k8s.io/v1beta1 ValidatingAdmissionPolicy is gone with Kubernetes 1.34. Write apiVersion: admissionregistration.k8s.io/v1",
        ),
        (
            "admissionregistration.k8s.io/v1beta1",
            "ValidatingAdmissionPolicy",
            "1.36",
            "removed-api apiVersion: admissionregistration.k8s.io/v1beta1 ValidatingAdmissionPolicy is gone since Kubernetes 1.34. Write apiVersion: admissionregistration.k8s.io/v1",
        ),
        (
            "admissionregistration.k8s.io/v1",
            "ValidatingAdmissionPolicy",
            "1.29",
            "schema apiVersion: admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy comes with Kubernetes 1.30, and this is 1.29. Write apiVersion: admissionregistration.k8s.io/v1beta1",
        ),
        (
            "scheduling.k8s.io/v1alpha1",
            "Workload",
            "1.36",
            "removed-api apiVersion: scheduling.k8s.io/v1alpha1 Workload is gone since Kubernetes 1.36. Write apiVersion: scheduling.k8s.io/v1alpha2",
        ),
    ],
)
async def test_each_end_and_beginning_is_told_with_what_to_write(
    said: Said, api_version: str, kind: str, version: str, line: str
) -> None:
    assert line in await said(named(api_version, kind), version)


@pytest.mark.parametrize(
    ("api_version", "kind", "version"),
    [
        ("v1", "Endpoints", "1.32"),
        ("autoscaling/v1", "HorizontalPodAutoscaler", "1.37"),
        ("flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema", "1.28"),
    ],
)
async def test_what_is_served_and_not_yet_deprecated_is_so(
    said: Said, api_version: str, kind: str, version: str
) -> None:
    lines = await said(named(api_version, kind), version)
    ends = [line for line in lines if line.startswith(("removed-api", "deprecated-api"))]
    is_to_go = kind == "FlowSchema"
    assert len(ends) == (1 if is_to_go else 0)


async def test_the_next_version_is_shown_by_what_it_adds_to_what_is_said_today() -> None:
    schema = objects_in(named("flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema"))
    wrong = objects_in(named("apps/v1", "Deploymnet") + "---\n" + named("example.com/v1", "Unknown"))
    objects = [*schema, *wrong, *ordinary("worker")]
    version = KubernetesVersion(1, 31)
    today = await PackagedSchemas().judge(objects, version)
    tomorrow = await PackagedSchemas().judge(objects, version.next)
    new = tomorrow.beyond(today)
    assert [(one.rule, one.object.kind) for one in new.violations] == [("removed-api", "FlowSchema")]
    assert new.unjudged == ()
    assert tomorrow.beyond(Judgement()) == tomorrow


def test_the_table_of_ends_agrees_with_what_versions_serve() -> None:
    first, last = known_versions()[0], known_versions()[-1]
    for one in all_lifetimes():
        api = ApiKind(one.api_version, one.kind)
        for version in known_versions():
            is_gone = one.removed is not None and version >= one.removed
            assert not (is_gone and api in kinds_of(version)), f"{api} is served by {version}"
        if one.removed is None:
            assert api in kinds_of(last), f"{api} is not served any more: when did it go?"
        elif first < one.removed <= last:
            before = one.removed._replace(minor=one.removed.minor - 1)
            assert api in kinds_of(before), f"{api} was gone before {one.removed}"
        if one.deprecated is not None and one.removed is not None:
            assert one.deprecated < one.removed
