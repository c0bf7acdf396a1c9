"""``python -m bench.standards_process HOW FOLDER``: judges files in a process of its own, as peers do.

`schemas` and `policies` judge what stands in the folder, and end; the caller takes the time of all of it.
`all` takes its own times, the world's making aside, and writes them as JSON with the most memory it held.
"""

# Each way imports what it needs, as a program of that way alone would.
import asyncio
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from headway.app.standards.rendered_objects import RenderedObjects
from headway.domain.kubernetes_version import KubernetesVersion

VERSION = KubernetesVersion(1, 34)
_PARAMETERS = "image-registry"


def main(how: str, folder: Path) -> None:
    """Judge; exit status 1: something is not in order, which would make the times worthless."""
    if how == "all":
        from bench.standards_times import times  # noqa: PLC0415

        print(json.dumps(times(folder)))
        return
    found = asyncio.run(_schemas(folder) if how == "schemas" else _policies(folder))
    print(f"{found} finding(s)")
    sys.exit(found > 0)


def _read(folder: Path) -> Mapping[str, RenderedObjects]:
    """Read every file; all objects of a namespace together."""
    namespaces: dict[str, dict[str, bytes]] = {}
    for name in sorted(os.listdir(folder)):  # noqa: PTH208 - ten thousand paths cost more than their names
        namespaces.setdefault(name.partition(".")[0], {})[name] = (folder / name).read_bytes()
    return {namespace: RenderedObjects(files) for namespace, files in namespaces.items()}


async def _schemas(folder: Path) -> int:
    from headway.adapters.schemas import PackagedSchemas  # noqa: PLC0415

    objects = [one for each in _read(folder).values() for one in each]
    judgement = await PackagedSchemas().judge(objects, VERSION)
    return len(judgement.violations) + len(judgement.unjudged)


async def _policies(folder: Path) -> int:
    from headway.adapters.files.documents import read_documents  # noqa: PLC0415
    from headway.adapters.policies import CelPolicies  # noqa: PLC0415
    from headway.app.ports import Subject  # noqa: PLC0415
    from headway.app.standards.catalog import choose  # noqa: PLC0415

    policies, found = CelPolicies(read_documents), 0
    documents = {path: data for path, data in choose(["all"]).documents.items() if _PARAMETERS not in path}
    rules = await policies.compile(documents)
    for namespace, objects in _read(folder).items():
        subjects = [Subject(manifest=one) for one in objects]
        judgement = await policies.judge(rules, subjects, namespace=namespace)
        found += len(judgement.violations) + len(judgement.unjudged)
    return found


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
