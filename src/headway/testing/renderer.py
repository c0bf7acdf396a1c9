"""A renderer in memory: makes one small Deployment out of an overlay's files.

Invariant: what it gives follows from the inputs' contents, the overlay, the image and the namespace alone, as
with the real one, so equal inputs are equal renderings. It knows no kustomization; a file ``broken`` in an
input makes it fail as Kustomize would, one ``references`` names Secrets, one a line, that are not held, one
``jobs`` Jobs that are made, one ``images`` more images that are run, by digest, one ``spec`` holds fields of
the Deployment's spec as JSON, and one ``objects`` more objects, one a line as JSON. An overlay's own come
after the base's.
"""

import hashlib
import json
from collections.abc import Sequence

from headway.app.ports import Manifests, Reference, Rendered, RenderRequest
from headway.domain.errors import UsageError
from headway.domain.tree_path import parse_tree_path


class InMemoryRenderer:
    """Renders what one manifests repository holds, without Kustomize (`Renderer`)."""

    def __init__(self, trees: Manifests) -> None:
        self._trees = trees
        self._made: dict[str, Rendered] = {}

    async def render(self, request: RenderRequest) -> Rendered:
        """See `Renderer.render`."""
        for path in (*request.inputs, request.overlay):
            parse_tree_path(path)
        ids = await self._trees.tree_ids(request.commit, (*request.inputs, request.overlay))
        if ids[request.overlay] is None:
            raise UsageError(
                "overlay-missing",
                f"{request.overlay} holds no kustomization",
                why="the artifact has no overlay of that name at this commit",
                next_step=f"add {request.overlay}/kustomization.yaml",
            )
        if request.image is not None and "@sha256:" not in request.image[1]:
            raise UsageError(
                "image-not-locked",
                "the request names an image without its digest",
                why=f"image is {request.image[1]!r}",
                next_step="lock it to a digest",
            )
        key = json.dumps([sorted(ids.items()), request.overlay, request.image, request.namespace])
        if key not in self._made:
            self._made[key] = await self._make(request)
        return self._made[key]

    async def _make(self, request: RenderRequest) -> Rendered:
        contents = hashlib.sha256()
        references: set[str] = set()
        jobs: set[str] = set()
        images: set[str] = set()
        spec: dict[str, object] = {}
        objects: list[dict[str, object]] = []
        paths = [path for path in request.inputs if not path.startswith(f"{request.overlay}/")]
        for path in paths:
            for name, data in sorted((await self._trees.read_folder(request.commit, path)).items()):
                file = f"{path}/{name}"
                if "/overlays/" in file and not file.startswith(f"{request.overlay}/"):
                    continue
                if name.rpartition("/")[2] == "broken":
                    raise _broken(request.overlay, data)
                if name.rpartition("/")[2] == "references":
                    references |= set(data.decode().split())
                if name.rpartition("/")[2] == "jobs":
                    jobs |= set(data.decode().split())
                if name.rpartition("/")[2] == "images":
                    images |= set(data.decode().split())
                if name.rpartition("/")[2] == "spec":
                    spec |= json.loads(data)
                if name.rpartition("/")[2] == "objects":
                    objects += [json.loads(line) for line in data.decode().splitlines()]
                contents.update(json.dumps([file, data.hex()]).encode())
        own = request.image[1] if request.image else None
        runs = (*([own] if own else []), *sorted(images))
        made = contents.hexdigest()
        named = [
            ("Deployment", request.inputs[0].rpartition("/")[2]),
            *(("Job", one) for one in sorted(jobs)),
        ]
        return Rendered(
            files={
                f"{kind.lower()}-{name}.yaml": _workload(
                    kind, name, request.namespace, runs, made, spec if kind == "Deployment" else {}
                )
                for kind, name in named
            }
            | {
                f"{one['kind']}-{one['metadata']['name']}.yaml".lower(): _placed(one, request.namespace)  # type: ignore[index]
                for one in objects
            },
            references=tuple(Reference(kind="Secret", name=name) for name in sorted(references)),
            images=tuple(sorted(images - {own})),
        )


def _placed(found: dict[str, object], namespace: str) -> bytes:
    metadata = found["metadata"]
    if isinstance(metadata, dict) and found["kind"] != "CustomResourceDefinition":
        metadata |= {"namespace": namespace}
    return (json.dumps(found) + "\n").encode()


def _workload(  # noqa: PLR0917  one field each
    kind: str, name: str, namespace: str, images: Sequence[str], contents: str, spec: dict[str, object]
) -> bytes:
    containers = [{"name": f"{name}-{at}" if at else name, "image": one} for at, one in enumerate(images)]
    workload = {
        "apiVersion": "apps/v1" if kind == "Deployment" else "batch/v1",
        "kind": kind,
        "metadata": {"name": name, "namespace": namespace, "annotations": {"contents": contents}},
        "spec": {"template": {"spec": {"containers": containers}}, **spec},
    }
    return (json.dumps(workload) + "\n").encode()


def _broken(overlay: str, words: bytes) -> UsageError:
    return UsageError(
        "kustomize-failed",
        f"Kustomize cannot render {overlay}",
        why=words.decode(errors="replace").strip() or "it said nothing",
        next_step="mend the manifests",
    )
