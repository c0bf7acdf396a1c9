"""What is installed into a cluster binds there only what an estate means."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from headway.app.bounded_yaml import read_documents
from headway.app.standards.installing import Installation, plan_installation
from headway.domain.estate import Application, Environment, Estate, Lane, Wave
from headway.domain.names import EnvironmentName, RepositoryName
from headway.domain.standards.action import Action
from headway.domain.standards.waiver import Scope, Waiver
from headway.standards import SHIPPED

NOW = datetime(2026, 3, 2, tzinfo=UTC)
STAGING = EnvironmentName("staging")
PLACES = {"dev": "development", "staging": "staging", "staging-2": "staging"}
OWN_BINDING = {
    "apiVersion": "admissionregistration.k8s.io/v1",
    "kind": "ValidatingAdmissionPolicyBinding",
    "metadata": {"name": "narrow"},
    "spec": {
        "policyName": "readiness",
        "validationActions": ["Audit"],
        "matchResources": {
            "namespaceSelector": {"matchLabels": {"team": "a"}},
            "resourceRules": [
                {"apiGroups": ["apps"], "apiVersions": ["v1"], "operations": ["*"], "resources": ["*"]}
            ],
        },
    },
}
PARAMETERS = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "image-registry", "namespace": "headway-standards"},
    "data": {"prefixes": "harbor.example"},
}


def estate(*waivers: Waiver) -> Estate:
    lane = Lane(
        name="standard",
        waves=tuple(Wave(name=one, instances={one: EnvironmentName(PLACES[one])}) for one in PLACES),
    )
    applications = {
        name: Application(name=name, repository=RepositoryName("apps"), lane="standard", artifacts={})
        for name in ("shop", "mail")
    }
    environments = {
        EnvironmentName(one): Environment(name=EnvironmentName(one), engine="argocd")
        for one in set(PLACES.values())
    }
    return Estate(
        environments=environments,
        lanes={"standard": lane},
        roles={},
        repositories={},
        applications=applications,
        waivers=waivers,
    )


def waiver(**scope: str) -> Waiver:
    return Waiver(rule="readiness", scope=Scope(**scope), owner="ann", reason="soon", ends=date(2026, 3, 9))


def shipped(*rules: str) -> list[object]:
    return [one.value for rule in rules for one in read_documents(SHIPPED[rule], rule)]


def planned(*documents: object, of: Estate | None = None, action: Action | None = None) -> Installation:
    usable = {"readiness", "secret-values", "image-registry"}
    return plan_installation(of or estate(), STAGING, documents, usable, action=action, now=NOW)


def bindings(found: Installation) -> dict[str, dict[str, Any]]:
    return {
        one["metadata"]["name"]: one["spec"]
        for one in found.documents
        if one["kind"] == "ValidatingAdmissionPolicyBinding"
    }


def names_in(spec: dict[str, Any]) -> list[str]:
    (expression,) = spec["matchResources"]["namespaceSelector"]["matchExpressions"]
    assert (expression["key"], expression["operator"]) == ("kubernetes.io/metadata.name", "In")
    return list(expression["values"])


def test_a_policy_binds_in_the_namespaces_of_the_environment_s_instances_and_nowhere_else() -> None:
    found = planned(*shipped("readiness"))
    (spec,) = bindings(found).values()
    assert list(bindings(found)) == ["readiness.staging"]
    assert names_in(spec) == ["mail-staging", "mail-staging-2", "shop-staging", "shop-staging-2"]
    assert spec["validationActions"] == ["Deny"]
    assert [one["scope"] for one in spec["matchResources"]["resourceRules"]] == ["Namespaced"]


def test_a_binding_of_the_estate_s_own_is_narrowed_and_otherwise_kept() -> None:
    (spec,) = bindings(planned(*shipped("readiness"), OWN_BINDING)).values()
    selector = spec["matchResources"]["namespaceSelector"]
    assert selector["matchLabels"] == {"team": "a"}
    assert len(selector["matchExpressions"]) == 1
    assert spec["matchResources"]["resourceRules"][0]["apiGroups"] == ["apps"]
    assert spec["matchResources"]["resourceRules"][0]["scope"] == "Namespaced"
    assert spec["validationActions"] == ["Audit"]


@pytest.mark.parametrize("action", Action)
def test_an_action_that_is_asked_for_holds_for_all(action: Action) -> None:
    found = bindings(planned(*shipped("readiness"), OWN_BINDING, action=action))
    assert [one["validationActions"] for one in found.values()] == [[action.capitalize()]]


def test_what_is_about_git_and_what_cannot_be_used_stays_out_and_is_said() -> None:
    found = planned(*shipped("secret-values", "readiness", "seccomp"))
    assert found.rules == ("readiness",)
    assert {one["metadata"]["name"] for one in found.documents} == {"readiness", "readiness.staging"}
    assert [one.split(":")[0] for one in found.left_out] == ["seccomp", "secret-values"]


def test_parameters_come_first_with_their_namespace_which_is_not_ours() -> None:
    found = planned(*shipped("image-registry"), PARAMETERS)
    kinds = [one["kind"] for one in found.documents]
    assert kinds[:3] == ["Namespace", "ConfigMap", "ValidatingAdmissionPolicy"]
    assert "labels" not in found.documents[0]["metadata"]
    (spec,) = bindings(found).values()
    assert spec["paramRef"]["namespace"] == "headway-standards"


def test_where_a_waiver_is_in_force_a_cluster_only_warns() -> None:
    found = planned(*shipped("readiness"), of=estate(waiver(application="shop", instance="staging")))
    by_name = bindings(found)
    assert names_in(by_name["readiness.staging"]) == ["mail-staging", "mail-staging-2", "shop-staging-2"]
    assert names_in(by_name["readiness.staging.waived"]) == ["shop-staging"]
    assert by_name["readiness.staging.waived"]["validationActions"] == ["Warn"]
    assert found.left_out == ("readiness: it only warns in shop-staging, where a waiver is in force",)


def test_a_waiver_that_ended_or_is_about_another_rule_changes_nothing() -> None:
    ended = Waiver(rule="readiness", scope=Scope(), owner="a", reason="b", ends=date(2026, 3, 1))
    other = Waiver(rule="owner", scope=Scope(), owner="a", reason="b", ends=date(2026, 3, 9))
    assert planned(*shipped("readiness"), of=estate(ended, other)) == planned(*shipped("readiness"))


def test_an_environment_without_instances_binds_nothing() -> None:
    found = plan_installation(
        estate(), EnvironmentName("elsewhere"), shipped("readiness"), {"readiness"}, action=None, now=NOW
    )
    assert (found.namespaces, bindings(found)) == ((), {})
