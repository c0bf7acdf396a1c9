"""The objects of rendered files, read when somebody asks for the first of them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import overload

from headway.app.rendered_yaml import read_rendered

Object = Mapping[str, object]


class RenderedObjects(Sequence[Object]):
    """What rendered files hold. Any use may raise `yaml-malformed`, or `manifests-too-large`."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files
        self._read: tuple[Object, ...] | None = None

    def _all(self) -> tuple[Object, ...]:
        if self._read is None:
            documents = (one for name, data in self._files.items() for one in read_rendered(data, name))
            self._read = tuple(one for one in documents if isinstance(one, Mapping))
        return self._read

    @overload
    def __getitem__(self, index: int) -> Object: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Object, ...]: ...
    def __getitem__(self, index: int | slice) -> Object | tuple[Object, ...]:
        return self._all()[index]

    def __len__(self) -> int:
        return len(self._all())

    def __iter__(self) -> Iterator[Object]:
        return iter(self._all())
