"""Ten thousand rendered resources: what `headway init` writes for app1, 435 times in five instances each.

Rendered once by the real Kustomize; every application has names of its own, so no two objects are the same.
"""

import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from headway.adapters.files import read_estate, tree_from_directory
from headway.adapters.files.init import REPOSITORIES, write_estate
from headway.bootstrap import render
from headway.domain.estate import Estate
from headway.domain.names import ArtifactName, InstanceName

APPLICATIONS = 435
_LIKE = "app1"


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedFiles:
    """What one artifact renders to for one instance, one object a file."""

    artifact: ArtifactName
    instance: InstanceName
    namespace: str
    files: Mapping[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardsWorld:
    """The estate, what its artifacts render to, and its own standards."""

    estate: Estate
    rendered: Sequence[RenderedFiles]
    documents: Mapping[str, bytes]
    """The standards beside `estate.yaml`."""

    @property
    def objects(self) -> int:
        """Count the resources."""
        return sum(len(one.files) for one in self.rendered)


def standards_world(applications: int = APPLICATIONS) -> StandardsWorld:
    """Write an estate, render it, and multiply it."""
    with tempfile.TemporaryDirectory(prefix="hw-bench-") as folder:
        write_estate(Path(folder) / "estate", person="ann")
        trees = [tree_from_directory(Path(folder) / "estate" / name) for name in REPOSITORIES]
        read = read_estate({tree.repository: tree for tree in trees}).estate
        apps = Path(folder) / "estate" / REPOSITORIES[0]
        like = read.applications["oneconnect"]
        made = {
            name.instance: render(apps, f"oneconnect/{_LIKE}", name.instance)
            for name in read.instances(like.name)
        }
        documents = {
            str(path.relative_to(apps)): path.read_bytes() for path in (apps / "standards").rglob("*.yaml")
        }
    names = [f"shop{number}" for number in range(applications)]
    artifact = like.artifacts[_LIKE]
    estate = replace(
        read,
        applications={
            name: replace(
                like,
                name=name,
                needs=(),
                artifacts={name: replace(artifact, name=ArtifactName(name, name))},
            )
            for name in names
        },
    )
    rendered = [
        RenderedFiles(
            artifact=ArtifactName(name, name),
            instance=InstanceName(name, instance),
            namespace=f"{name}-{instance}",
            files={path: _renamed(data, name) for path, data in files.items()},
        )
        for name in names
        for instance, files in made.items()
    ]
    return StandardsWorld(estate=estate, rendered=rendered, documents=documents)


def _renamed(data: bytes, name: str) -> bytes:
    return re.sub(rb"\b(oneconnect|app1)\b", name.encode(), data)


def write_files(world: StandardsWorld, folder: Path) -> None:
    """Write every object into a file of its own; Kyverno's command line reads no folders in folders."""
    folder.mkdir(parents=True)
    for one in world.rendered:
        for path, data in one.files.items():
            (folder / f"{one.namespace}.{path}").write_bytes(data)
