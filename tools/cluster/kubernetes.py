"""Kubernetes' own programs on one node: their files and their arguments, as seen inside the namespaces.

What differs from a production cluster, and why: containers have cgroups of their own but pods are not grouped
by quality of service (kernels with cgroups of version 1 lack what that takes), nothing is written to disk
for good, and the API server listens on the node's one address. Admission, RBAC, and probes are as they come.
"""

import json
from pathlib import Path

from tools.cluster.pause import PAUSE
from tools.cluster.pki import USERS, make_pki, write_kubeconfig
from tools.cluster.sandbox import INSIDE, NODE, Program
from tools.cluster.slot import Slot

BIN = "/run/bin/kubernetes"
STATE = "/run/state"
CONTAINERD = f"{STATE}/containerd.sock"
SERVICES = "10.96.0.0/16"
KUBERNETES_SERVICE = "10.96.0.1"
PODS = "10.244.0.0/22"
"""Seen only inside, so each cluster has the same."""
PLUGINS = "/usr/lib/cni"
API_PORT = 6443


def write_files(folder: Path, slot: Slot) -> None:
    """Write certificates, kubeconfigs and configurations into the cluster's folder.

    Raises:
        SetupError: openssl failed.
    """
    pki = folder / "pki"
    make_pki(pki, node=NODE, node_address=slot.node_address, service_address=KUBERNETES_SERVICE)
    for user in (*USERS, "kubelet"):
        write_kubeconfig(folder / f"{user}.conf", pki, user, server=f"https://127.0.0.1:{API_PORT}")
    outside = f"https://{slot.node_address}:{API_PORT}"
    write_kubeconfig(folder / "kubeconfig", pki, "admin", server=outside)
    (folder / "cni").mkdir()
    (folder / "cni/10-bridge.conflist").write_text(json.dumps(_network()))
    (folder / "registries").mkdir()
    (folder / "containerd.toml").write_text(_containerd())
    (folder / "kubelet.json").write_text(json.dumps(_kubelet(slot)))
    (folder / "Corefile").write_text(
        f"cluster.local:53 {{\n bind {slot.node_address}\n errors\n"
        f" kubernetes {{\n  kubeconfig {INSIDE}/admin.conf\n  pods insecure\n }}\n}}\n"
        # no other name exists: that is said at once, where asking outside would take until a time-out
        f".:53 {{\n bind {slot.node_address}\n template ANY ANY {{\n  rcode NXDOMAIN\n }}\n}}\n"
    )


def etcd() -> Program:
    """Give the API server's store."""
    client = "http://127.0.0.1:2379"
    return Program(
        name="etcd",
        argv=[
            *("etcd", "--data-dir", f"{STATE}/etcd", "--unsafe-no-fsync"),
            *("--listen-client-urls", client, "--advertise-client-urls", client),
            *("--listen-peer-urls", "http://127.0.0.1:2380"),
        ],
    )


def containerd() -> Program:
    """Give what runs containers."""
    return Program(name="containerd", argv=["containerd", "-c", f"{INSIDE}/containerd.toml"])


def apiserver(slot: Slot) -> Program:
    """Give the API server."""
    pki = f"{INSIDE}/pki"
    return Program(
        name="apiserver",
        argv=[
            f"{BIN}/kube-apiserver",
            "--etcd-servers=http://127.0.0.1:2379",
            "--bind-address=0.0.0.0",
            f"--advertise-address={slot.node_address}",
            f"--secure-port={API_PORT}",
            f"--service-cluster-ip-range={SERVICES}",
            f"--tls-cert-file={pki}/apiserver.crt",
            f"--tls-private-key-file={pki}/apiserver.key",
            f"--client-ca-file={pki}/ca.crt",
            f"--service-account-key-file={pki}/sa.pub",
            f"--service-account-signing-key-file={pki}/sa.key",
            "--service-account-issuer=https://kubernetes.default.svc",
            "--authorization-mode=Node,RBAC",
            f"--kubelet-client-certificate={pki}/admin.crt",
            f"--kubelet-client-key={pki}/admin.key",
            "--kubelet-preferred-address-types=InternalIP",
            "--allow-privileged",
        ],
    )


def controllers() -> list[Program]:
    """Give what needs the API server and runs beside it."""
    pki = f"{INSIDE}/pki"
    return [
        Program(
            name="controller-manager",
            argv=[
                f"{BIN}/kube-controller-manager",
                f"--kubeconfig={INSIDE}/controller-manager.conf",
                f"--service-account-private-key-file={pki}/sa.key",
                f"--root-ca-file={pki}/ca.crt",
                "--leader-elect=false",
                "--use-service-account-credentials=true",
            ],
        ),
        Program(
            name="scheduler",
            argv=[
                f"{BIN}/kube-scheduler",
                f"--kubeconfig={INSIDE}/scheduler.conf",
                "--leader-elect=false",
            ],
        ),
    ]


def node(slot: Slot) -> list[Program]:
    """Give what makes a node of the machine: kubelet, the services' rules and their names."""
    return [
        Program(
            name="kubelet",
            argv=[
                f"{BIN}/kubelet",
                f"--config={INSIDE}/kubelet.json",
                f"--kubeconfig={INSIDE}/kubelet.conf",
                f"--hostname-override={NODE}",
                f"--root-dir={STATE}/kubelet",
                f"--node-ip={slot.node_address}",
            ],
        ),
        Program(
            name="proxy",
            argv=[
                f"{BIN}/kube-proxy",
                f"--kubeconfig={INSIDE}/proxy.conf",
                f"--hostname-override={NODE}",
                f"--cluster-cidr={PODS}",
                "--proxy-mode=iptables",
                # those of the whole machine stay as they are
                "--conntrack-max-per-core=0",
                "--conntrack-tcp-timeout-established=0",
                "--conntrack-tcp-timeout-close-wait=0",
            ],
        ),
        Program(name="coredns", argv=["/run/bin/coredns/coredns", "-conf", f"{INSIDE}/Corefile"]),
    ]


def _network() -> dict[str, object]:
    addresses = {
        "type": "host-local",
        "dataDir": f"{STATE}/cni",
        "ranges": [[{"subnet": PODS}]],
        "routes": [{"dst": "0.0.0.0/0"}],
    }
    bridge = {"type": "bridge", "bridge": "cni0", "isGateway": True, "ipMasq": True, "hairpinMode": True}
    ports = {"type": "portmap", "capabilities": {"portMappings": True}}
    return {"cniVersion": "0.4.0", "name": "pods", "plugins": [{**bridge, "ipam": addresses}, ports]}


def _containerd() -> str:
    return f"""version = 2
root = "{STATE}/containerd"
state = "{STATE}/containerd-run"
[grpc]
  address = "{CONTAINERD}"
[plugins."io.containerd.internal.v1.opt"]
  path = "{STATE}/containerd-opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{PAUSE}"
  disable_apparmor = true
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "{PLUGINS}"
    conf_dir = "{INSIDE}/cni"
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "{INSIDE}/registries"
"""


def _kubelet(slot: Slot) -> dict[str, object]:
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "authentication": {
            "x509": {"clientCAFile": f"{INSIDE}/pki/ca.crt"},
            "anonymous": {"enabled": False},
            "webhook": {"enabled": False},
        },
        "authorization": {"mode": "AlwaysAllow"},
        "cgroupDriver": "cgroupfs",
        "failCgroupV1": False,
        "cgroupsPerQOS": False,
        "enforceNodeAllocatable": [],
        "failSwapOn": False,
        "containerRuntimeEndpoint": f"unix://{CONTAINERD}",
        "tlsCertFile": f"{INSIDE}/pki/kubelet.crt",
        "tlsPrivateKeyFile": f"{INSIDE}/pki/kubelet.key",
        "clusterDNS": [slot.node_address],
        "clusterDomain": "cluster.local",
        "resolvConf": f"{INSIDE}/resolv.conf",
        "podLogsDir": f"{INSIDE}/logs/pods",
        "volumePluginDir": f"{STATE}/volume-plugins",
        "localStorageCapacityIsolation": False,
        "maxPods": 250,
        "evictionHard": {"memory.available": "50Mi"},
    }
