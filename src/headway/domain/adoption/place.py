"""Which application and instance a folder is for, read from its path as people lay repositories out."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from headway.domain.names import is_label

_BETWEEN = frozenset({"overlays", "overlay", "environments", "environment", "envs", "env", "instances"})
"""Folders that only say that what follows is an instance."""
_AROUND = frozenset({"apps", "applications", "clusters", "kustomize", "deploy", "manifests", "k8s"})
"""Folders that only say that what follows is an application."""
_RANKS = (
    ("dev", "develop", "development", "sandbox", "int", "integration", "local"),
    ("test", "testing", "tst", "qa", "sit", "ci"),
    ("staging", "stage", "stg", "uat", "preprod", "pre", "acceptance"),
    ("production", "prod", "prd", "live"),
)
"""The words for kinds of environments, in the order that changes pass them."""
PRODUCTION = len(_RANKS) - 1


@dataclass(frozen=True, slots=True)
class Place:
    """An application and an instance of it."""

    application: str
    instance: str

    def __str__(self) -> str:
        return f"{self.application}/{self.instance}"


def place_of(path: str, environments: Collection[str], otherwise: str) -> Place | None:
    """Read a place from a folder's path; None: no names can be made of it.

    Both orders are read, ``oneconnect/overlays/staging`` and ``staging/oneconnect``: the part that is an
    environment's name, or a word for one, is the instance; if none is, or both are, the last part is.

    Args:
        path: of the folder, from the repository's root.
        environments: the names that environments have.
        otherwise: the application's name where the path has none.
    """
    parts = [part for part in path.split("/") if part and part not in _BETWEEN | _AROUND]
    if not parts:
        return None
    last, before = parts[-1], parts[-2] if len(parts) > 1 else otherwise
    if len(parts) > 1 and _is_instance(before, environments) and not _is_instance(last, environments):
        last, before = before, last
    application, instance = label_of(before), label_of(last)
    return Place(application, instance) if application and instance else None


def rank_of(name: str) -> int | None:
    """Say how far along a lane a name stands, from 0; None: no word in it says so.

    ``prod-us`` is production by its first word, ``us-prod`` by its last.
    """
    words = name.split("-")
    for word in (words[0], words[-1]):
        for rank, known in enumerate(_RANKS):
            if word.rstrip("0123456789") in known:
                return rank
    return None


def _is_instance(part: str, environments: Collection[str]) -> bool:
    return part in environments or rank_of(part.lower()) is not None


def label_of(part: str) -> str | None:
    """Make a name of a text; None: none can be made."""
    mended = re.sub(r"[^a-z0-9]+", "-", part.lower()).strip("-")[:63].strip("-")
    return mended if is_label(mended) else None
