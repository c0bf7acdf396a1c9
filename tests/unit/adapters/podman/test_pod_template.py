"""A resolved template is what a pod is started with; its digest changes exactly when that does."""

from typing import Any

import pytest

from headway.adapters.podman.pod_template import resolve_template
from headway.domain.errors import UsageError


def template(**container: Any) -> dict[str, Any]:
    return {"spec": {"containers": [{"name": "main", "image": "r/app@sha256:1", **container}]}}


CONFIG = {"settings": {"metadata": {"name": "settings"}, "data": {"A": "1"}}}
FROM_CONFIG = {"envFrom": [{"configMapRef": {"name": "settings"}}]}


def test_a_changed_config_map_changes_the_digest_of_pods_that_use_it_and_of_no_other() -> None:
    changed = {"settings": {**CONFIG["settings"], "data": {"A": "2"}}}
    using, other = template(**FROM_CONFIG), template()
    assert resolve_template(using, "ns", CONFIG).digest != resolve_template(using, "ns", changed).digest
    assert resolve_template(other, "ns", CONFIG).digest == resolve_template(other, "ns", changed).digest


def test_env_wins_over_env_from_and_names_are_expanded_in_order() -> None:
    env = [{"name": "A", "value": "own"}, {"name": "B", "value": "$(A) $(C) $$(A)"}]
    resolved = resolve_template(template(**FROM_CONFIG, env=env, args=["$(B)"]), "ns", CONFIG)
    main = resolved.spec["containers"][0]
    assert main["env"] == [{"name": "A", "value": "own"}, {"name": "B", "value": "own $(C) $(A)"}]
    assert main["args"] == ["own $(C) $(A)"]


def test_secrets_stay_names_in_the_namespace() -> None:
    reference = {"secretKeyRef": {"name": "login", "key": "token"}}
    resolved = resolve_template(template(env=[{"name": "T", "valueFrom": reference}]), "ns", {})
    assert resolved.secrets == ("ns.login",)


@pytest.mark.parametrize(
    "container",
    [
        FROM_CONFIG,
        {"env": [{"name": "A", "valueFrom": {"configMapKeyRef": {"name": "settings", "key": "A"}}}]},
        {"volumeMounts": [{"name": "nowhere", "mountPath": "/x"}]},
    ],
)
def test_what_is_not_there_is_said_by_name(container: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=r"settings|nowhere") as refused:
        resolve_template(template(**container), "ns", {})
    assert refused.value.code == "pod-unresolved"
