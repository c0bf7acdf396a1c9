"""A container's environment, resolved as Kubernetes does: envFrom first, then env, then $(NAME); pure."""

import re
from collections.abc import Mapping
from typing import Any

from headway.adapters.podman.unresolved import unresolved

_NAMED = re.compile(r"\$\$|\$\(([A-Za-z_][A-Za-z0-9_.-]*)\)")


def pod_environment(
    given: Mapping[str, Any],
    namespace: str,
    config_maps: Mapping[str, Mapping[str, Any]],
    container: dict[str, Any],
) -> None:
    """Write `env`, `envFrom` (secrets only), `command` and `args` into `container`.

    Raises:
        UsageError: `pod-unresolved`: a ConfigMap, one of its keys or a source is not there.
    """
    known: dict[str, str] = {}
    variables: list[dict[str, Any]] = []
    secrets: list[dict[str, Any]] = []
    for source in given.get("envFrom") or ():
        if "secretRef" in source:
            secrets.append({"secretRef": {"name": f"{namespace}.{source['secretRef']['name']}"}})
            continue
        data = _config_map(source["configMapRef"], config_maps, given["name"])
        prefix = str(source.get("prefix", ""))
        known.update({prefix + key: str(text) for key, text in data.items()})
    for variable in given.get("env") or ():
        known_before = known.get(variable["name"])
        value = _value(variable, namespace, config_maps, given["name"])
        if isinstance(value, str):
            known[variable["name"]] = expand(value, known)
            continue
        if known_before is not None:
            del known[variable["name"]]
        if value is not None:
            variables.append({"name": variable["name"], "valueFrom": value})
    variables += [{"name": name, "value": text} for name, text in known.items()]
    if variables:
        container["env"] = sorted(variables, key=lambda variable: str(variable["name"]))
    if secrets:
        container["envFrom"] = secrets
    for field in ("command", "args"):
        if field in container:
            container[field] = [expand(str(word), known) for word in container[field]]


def expand(text: str, known: Mapping[str, str]) -> str:
    """Replace $(NAME) by its value; an unknown one stays, $$ becomes $ (Kubernetes API, EnvVar)."""

    def replace(match: re.Match[str]) -> str:
        if match.group(0) == "$$":
            return "$"
        return known.get(match.group(1), match.group(0))

    return _NAMED.sub(replace, text)


def _value(
    variable: Mapping[str, Any], namespace: str, config_maps: Mapping[str, Mapping[str, Any]], container: str
) -> str | dict[str, Any] | None:
    source = variable.get("valueFrom")
    if source is None:
        return str(variable.get("value", ""))
    if "configMapKeyRef" in source:
        reference = source["configMapKeyRef"]
        data = _config_map(reference, config_maps, container)
        if reference["key"] in data:
            return str(data[reference["key"]])
        if reference.get("optional"):
            return None
        raise unresolved(
            f"container {container}", f"the ConfigMap {reference['name']} has no key {reference['key']}"
        )
    if "secretKeyRef" in source:
        reference = source["secretKeyRef"]
        return {"secretKeyRef": {**reference, "name": f"{namespace}.{reference['name']}"}}
    if "fieldRef" in source:
        return {"fieldRef": {"fieldPath": str(source["fieldRef"]["fieldPath"])}}
    raise unresolved(
        f"container {container}", f"the source of the variable {variable['name']} is not done here"
    )


def _config_map(
    reference: Mapping[str, Any], config_maps: Mapping[str, Mapping[str, Any]], container: str
) -> Mapping[str, Any]:
    found = config_maps.get(str(reference.get("name")))
    if found is not None:
        return found.get("data") or {}
    if reference.get("optional"):
        return {}
    raise unresolved(f"container {container}", f"there is no ConfigMap {reference.get('name')}")
