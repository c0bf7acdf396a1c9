"""Turns a Kubernetes pod template into the Pod that `podman kube play` is given; pure.

ConfigMaps are resolved here, so their content is part of the template's digest: a pod is replaced exactly if
what it would be started with differs. Secrets stay names (podman holds the values); their content is no part
of the digest, as in Kubernetes. What podman 4.3 cannot do itself is translated: configuration volumes become
read-only folders of files, emptyDirs become volumes of the pod, fieldRefs and $(NAME) become values, probes
are left out because the agent asks them.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from headway.adapters.podman.environment_variables import pod_environment
from headway.adapters.podman.probe_spec import ContainerProbes, parse_probes
from headway.adapters.podman.unresolved import unresolved

CONTAINER_FIELDS = (
    "name",
    "image",
    "command",
    "args",
    "workingDir",
    "securityContext",
    "resources",
    "tty",
    "stdin",
)
"""What `podman kube play` does with a container as it is written."""

DEFAULT_GRACE_S = 30.0
"""Kubernetes' terminationGracePeriodSeconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PodTemplate:
    """A resolved template: all that a pod is started with, but for its name and address."""

    digest: str
    """12 hexadecimal digits over everything below: the identity of the pods made from it."""
    spec: Mapping[str, Any]
    """The Pod's spec; fieldRefs and folders of files are filled in when it is played."""
    labels: Mapping[str, str]
    files: Mapping[str, Mapping[str, str]]
    """Folders of files by their id: file name to content in base64."""
    claims: tuple[str, ...]
    secrets: tuple[str, ...]
    """Names of podman secrets that must exist."""
    images: tuple[str, ...]
    probes: tuple[ContainerProbes, ...]
    ports: Mapping[str, int]
    """Named ports of its containers."""
    grace_s: float


def resolve_template(
    template: Mapping[str, Any], namespace: str, config_maps: Mapping[str, Mapping[str, Any]]
) -> PodTemplate:
    """Resolve a pod template (or a Pod, which has the same shape).

    Raises:
        UsageError: `pod-unresolved`: it names a ConfigMap or key that is not there, or a volume that this
            engine cannot give.
    """
    given = template.get("spec") or {}
    volumes = _Volumes(namespace, config_maps)
    for volume in given.get("volumes") or ():
        volumes.add(volume)
    inits = [_container(c, namespace, config_maps, volumes) for c in given.get("initContainers") or ()]
    containers = [_container(c, namespace, config_maps, volumes) for c in given["containers"]]
    spec: dict[str, Any] = {"restartPolicy": "Never", "containers": containers}
    if inits:
        spec["initContainers"] = inits
    for field in ("hostAliases", "securityContext"):
        if field in given:
            spec[field] = given[field]
    if volumes.used:
        spec["volumes"] = volumes.used
    labels = {str(k): str(v) for k, v in ((template.get("metadata") or {}).get("labels") or {}).items()}
    probes = tuple(parse_probes(c) for c in given["containers"])
    grace = float(given.get("terminationGracePeriodSeconds", DEFAULT_GRACE_S))
    return PodTemplate(
        digest=_digest([spec, labels, volumes.files, repr(probes), grace]),
        spec=spec,
        labels=labels,
        files=volumes.files,
        claims=tuple(sorted(volumes.claims)),
        secrets=tuple(sorted(volumes.secrets | _secrets_of(inits + containers))),
        images=tuple(dict.fromkeys(str(c["image"]) for c in [*inits, *containers])),
        probes=probes,
        ports={
            str(port["name"]): int(port["containerPort"])
            for c in given["containers"]
            for port in c.get("ports") or ()
            if "name" in port
        },
        grace_s=grace,
    )


def _container(
    given: Mapping[str, Any],
    namespace: str,
    config_maps: Mapping[str, Mapping[str, Any]],
    volumes: "_Volumes",
) -> dict[str, Any]:
    container = {field: given[field] for field in CONTAINER_FIELDS if field in given}
    container["imagePullPolicy"] = "IfNotPresent"
    pod_environment(given, namespace, config_maps, container)
    if given.get("volumeMounts"):
        container["volumeMounts"] = [volumes.mount(m, given["name"]) for m in given["volumeMounts"]]
    return container


class _Volumes:
    """The volumes of one pod, gathered while its containers are translated."""

    def __init__(self, namespace: str, config_maps: Mapping[str, Mapping[str, Any]]) -> None:
        self._namespace = namespace
        self._config_maps = config_maps
        self._by_name: dict[str, dict[str, Any]] = {}
        self.used: list[dict[str, Any]] = []
        self.files: dict[str, dict[str, str]] = {}
        self.claims: set[str] = set()
        self.secrets: set[str] = set()

    def add(self, volume: Mapping[str, Any]) -> None:
        name = str(volume["name"])
        translated: dict[str, Any] = {"name": name}
        if "configMap" in volume:
            translated["hostPath"] = {"path": "@files/" + self._folder(volume["configMap"], name)}
        elif "secret" in volume:
            secret = f"{self._namespace}.{volume['secret']['secretName']}"
            self.secrets.add(secret)
            translated["secret"] = {"secretName": secret, "optional": False}
        elif "emptyDir" in volume:
            translated["persistentVolumeClaim"] = {"claimName": "@empty/" + name}
        elif "persistentVolumeClaim" in volume:
            claim = str(volume["persistentVolumeClaim"]["claimName"])
            self.claims.add(claim)
            translated["persistentVolumeClaim"] = {"claimName": "@claim/" + claim}
        elif "hostPath" in volume:
            translated["hostPath"] = volume["hostPath"]
        else:
            kinds = ", ".join(key for key in volume if key != "name")
            raise unresolved(f"volume {name}", f"volumes of the kind {kinds or 'none'} are not done here")
        self._by_name[name] = translated
        self.used.append(translated)

    def mount(self, mount: Mapping[str, Any], container: str) -> dict[str, Any]:
        name = str(mount["name"])
        volume = self._by_name.get(name)
        if volume is None:
            raise unresolved(
                f"container {container}", f"it mounts the volume {name}, which the pod does not have"
            )
        result = {field: mount[field] for field in ("name", "mountPath", "readOnly") if field in mount}
        path = str((volume.get("hostPath") or {}).get("path", ""))
        if path.startswith("@files/"):
            result["readOnly"] = True
        if "subPath" in mount:
            if not path.startswith("@files/"):
                raise unresolved(f"container {container}", f"subPath of the volume {name} is not done here")
            single = {"name": f"{name}-{len(self.used)}", "hostPath": {"path": f"{path}/{mount['subPath']}"}}
            self.used.append(single)
            result["name"] = single["name"]
        return result

    def _folder(self, source: Mapping[str, Any], volume: str) -> str:
        config_map = self._config_maps.get(str(source.get("name")))
        if config_map is None:
            if not source.get("optional"):
                raise unresolved(f"volume {volume}", f"there is no ConfigMap {source.get('name')}")
            config_map = {}
        content = {
            key: base64.b64encode(str(text).encode()).decode()
            for key, text in (config_map.get("data") or {}).items()
        }
        content.update(config_map.get("binaryData") or {})
        if "items" in source:
            content = {
                str(item["path"]): content[str(item["key"])]
                for item in source["items"]
                if item["key"] in content
            }
        folder = _digest(content)
        self.files[folder] = content
        return folder


def _secrets_of(containers: list[dict[str, Any]]) -> set[str]:
    named: set[str] = set()
    for container in containers:
        named |= {e["secretRef"]["name"] for e in container.get("envFrom") or ()}
        for variable in container.get("env") or ():
            reference = (variable.get("valueFrom") or {}).get("secretKeyRef")
            if reference and not reference.get("optional"):
                named.add(reference["name"])
    return named


def _digest(value: object) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
