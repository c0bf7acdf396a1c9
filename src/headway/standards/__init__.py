"""The standards that come with Headway: one `<id>.yaml` for each, a `ValidatingAdmissionPolicy`.

Each has annotations: `headway.dev/group`, `headway.dev/reason` (why a team wants it), and where it is only
about what is in Git, and not for a cluster, `headway.dev/place: git`. Files are read when they are asked for.
"""

from collections.abc import Iterator, Mapping
from importlib.resources import files

_SUFFIX = ".yaml"


class ShippedStandards(Mapping[str, bytes]):
    """The standards by id, each the bytes of its file; immutable, reads no file before it is asked for."""

    def __getitem__(self, rule: str) -> bytes:
        """Give a standard's file.

        Raises:
            KeyError: no standard of this id comes with Headway.
        """
        if rule not in self._ids():
            raise KeyError(rule)
        return files(__name__).joinpath(f"{rule}{_SUFFIX}").read_bytes()

    def __iter__(self) -> Iterator[str]:
        """Give the ids, sorted."""
        return iter(self._ids())

    def __len__(self) -> int:
        return len(self._ids())

    @staticmethod
    def _ids() -> tuple[str, ...]:
        found = (one.name for one in files(__name__).iterdir())
        return tuple(sorted(name.removesuffix(_SUFFIX) for name in found if name.endswith(_SUFFIX)))


SHIPPED: Mapping[str, bytes] = ShippedStandards()
