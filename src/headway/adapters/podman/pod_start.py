"""Starts one pod: image, secrets, volumes and files first, each with its own words when it is missing.

Whatever fails here is the surroundings' fault; what the pod's own containers do is judged elsewhere. A pod
that was started half is removed by whoever sees it next.
"""

import base64
import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from headway.adapters.podman.address_space import AddressSpace
from headway.adapters.podman.live_pod import LivePod, pod_labels
from headway.adapters.podman.names import dns_config
from headway.adapters.podman.network import keep_bridge_address, network_name
from headway.adapters.podman.pod_template import PodTemplate
from headway.adapters.podman.podman import Podman
from headway.adapters.podman.settings import AgentSettings
from headway.adapters.podman.workload import WorkloadKey
from headway.domain.errors import Transient


def new_pod(
    settings: AgentSettings,
    key: WorkloadKey,
    template: PodTemplate,
    ordinal: int,
    address: str,
    *,
    job: str = "",
) -> LivePod:
    """Name a pod that is to be started."""
    stem = f"{settings.name}-{key.environment}-{key.name}"[:42].rstrip("-.")
    return LivePod(
        name=f"{stem}-{template.digest[:6]}-{ordinal}-{secrets.token_hex(2)}",
        key=key,
        template=template.digest,
        ordinal=ordinal,
        address=address,
        ports=template.ports,
        labels=template.labels,
        job=job,
        wanted=tuple(str(container["name"]) for container in template.spec["containers"]),
        grace_s=template.grace_s,
    )


def claim_volume(engine: str, key: WorkloadKey, claim: str) -> str:
    """Name the podman volume of a volume claim; it stays when everything else goes."""
    return f"headway-{engine}-{key.environment}-{key.namespace}-{claim}"


async def start_pod(
    podman: Podman, settings: AgentSettings, space: AddressSpace, pod: LivePod, template: PodTemplate
) -> None:
    """Start a pod.

    Raises:
        Transient: in words that name what is missing or who refused.
    """
    for secret in template.secrets:
        if not await podman.exists("secret", secret):
            raise Transient(
                "secret-missing",
                f"{pod.key.kind} {pod.key.name} waits for the secret {secret}",
                why="podman holds no secret of that name",
                next_step=f"create it: podman secret create {secret} FILE",
            )
    for claim in template.claims:
        name = claim_volume(settings.name, pod.key, claim)
        await podman.ensure_volume(name, {"environment": pod.key.environment, "claim": claim})
    for volume in template.spec.get("volumes") or ():
        source = str((volume.get("persistentVolumeClaim") or {}).get("claimName", ""))
        if source.startswith("@empty/"):
            await podman.ensure_volume(f"{pod.name}-{source.removeprefix('@empty/')}", {"of": pod.name})
    for folder, files in template.files.items():
        _write_files(settings.state / "files" / folder, files)
    await podman.play(
        manifest(settings, space, pod, template),
        network_name(settings.name, pod.key.environment),
        pod.address,
    )
    await keep_bridge_address(space)


def manifest(
    settings: AgentSettings, space: AddressSpace, pod: LivePod, template: PodTemplate
) -> dict[str, Any]:
    """Write the Pod that `podman kube play` is given."""
    spec = json.loads(json.dumps(template.spec))
    spec["dnsConfig"] = dns_config(pod.key.namespace, space)
    for volume in spec.get("volumes") or ():
        _place(volume, settings, pod)
    for container in [*spec.get("initContainers", ()), *spec["containers"]]:
        container["env"] = [_filled(variable, pod) for variable in container.get("env") or ()]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": pod.name, "labels": pod_labels(pod, settings.name)},
        "spec": spec,
    }


def _place(volume: dict[str, Any], settings: AgentSettings, pod: LivePod) -> None:
    path = str((volume.get("hostPath") or {}).get("path", ""))
    if path.startswith("@files/"):
        volume["hostPath"] = {"path": str(settings.state / "files" / path.removeprefix("@files/"))}
    claim = str((volume.get("persistentVolumeClaim") or {}).get("claimName", ""))
    if claim.startswith("@claim/"):
        name = claim_volume(settings.name, pod.key, claim.removeprefix("@claim/"))
        volume["persistentVolumeClaim"] = {"claimName": name}
    elif claim.startswith("@empty/"):
        volume["persistentVolumeClaim"] = {"claimName": f"{pod.name}-{claim.removeprefix('@empty/')}"}


def _filled(variable: Mapping[str, Any], pod: LivePod) -> Mapping[str, Any]:
    reference = (variable.get("valueFrom") or {}).get("fieldRef")
    if reference is None:
        return variable
    known = {
        "metadata.name": pod.name,
        "metadata.namespace": pod.key.namespace,
        "status.podIP": pod.address,
        "spec.serviceAccountName": "default",
        "spec.nodeName": "localhost",
        "status.hostIP": "127.0.0.1",
    }
    path = str(reference["fieldPath"])
    if path.startswith("metadata.labels['"):
        return {"name": variable["name"], "value": pod.labels.get(path[17:-2], "")}
    return {"name": variable["name"], "value": known.get(path, "")}


def _write_files(folder: Path, files: Mapping[str, str]) -> None:
    """Write a folder named by its content; once it is whole it is never changed."""
    if folder.exists():
        return
    neighbour = folder.with_name(f"{folder.name}.{secrets.token_hex(4)}")
    neighbour.mkdir(parents=True, mode=0o755)
    for name, content in files.items():
        file = neighbour / Path(name).name
        file.write_bytes(base64.b64decode(content))
        file.chmod(0o644)
    try:
        neighbour.rename(folder)
    except OSError:  # another pod of the same template was quicker
        for file in neighbour.iterdir():
            file.unlink()
        neighbour.rmdir()
