"""Objects without what always differs between instances, so that they can be held against each other. Pure.

Always different are: the instance's own namespace, in fields of that name and in names of services; the
registry that an image is pulled from, for its digest says what it is; and the hash that Kustomize puts at
the end of the name of a generated ConfigMap or Secret, with everything that names it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import cast

_HASH = re.compile(r"(?P<name>.+)-[2456789bcdfghkmt]{10}")
"""What Kustomize writes: ten hexadecimal digits, those that could form words replaced."""
_IMAGE = re.compile(r"[^\s@]+(?P<digest>@sha256:[0-9a-f]{64})")
_NAMESPACE = "<namespace>"


def neutral(objects: Sequence[Mapping[str, object]], namespace: str) -> list[dict[str, object]]:
    """Give objects as they would be in any instance; a field without a value is as if it were not there.

    Args:
        objects: rendered for one instance; they are not changed.
        namespace: the instance's own.
    """
    generated = {name: plain for one in objects for name, plain in _generated(one)}
    host = re.compile(rf"(?<=\.){re.escape(namespace)}(?=\.svc\b)")

    def walk(value: object, field: str) -> object:
        if isinstance(value, dict):
            return {key: walk(below, key) for key, below in value.items() if below is not None}
        if isinstance(value, list):
            return [walk(one, field) for one in value]
        if not isinstance(value, str):
            return value
        if field == "namespace" and value == namespace:
            return _NAMESPACE
        if image := _IMAGE.fullmatch(value):
            return image["digest"]
        return generated.get(value) or host.sub(_NAMESPACE, value)

    return [cast(dict[str, object], walk(one, "")) for one in objects]


def without_hash(kind: str, name: str) -> str:
    """Give an object's name without the hash that Kustomize puts at the end of generated ones."""
    hashed = _HASH.fullmatch(name) if kind in {"ConfigMap", "Secret"} else None
    return hashed["name"] if hashed else name


def _generated(found: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Give the name of an object whose name Kustomize made, and the name without its hash."""
    metadata = found.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    if isinstance(name, str) and (plain := without_hash(str(found.get("kind")), name)) != name:
        yield name, plain
