"""Finds where an object that was rendered is written, so that a finding leads to a line."""

from collections.abc import Mapping

from headway.app.bounded_yaml import read_documents
from headway.app.standards.telling import Place
from headway.domain.errors import UsageError

_YAML = (".yaml", ".yml", ".json")


class Written:
    """The objects that an artifact's own files hold, by kind and name; what cannot be read holds none."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        """Read the files, by path as people find them; a base comes before its overlays."""
        self._places: dict[tuple[str, str], Place] = {}
        for file, data in sorted(files.items(), key=_bases_first):
            if file.endswith(_YAML):
                self._read(file, data)

    def place(self, kind: str, name: str) -> Place | None:
        """Give the place of an object; None: no file holds it under that name."""
        return self._places.get((kind, name))

    def _read(self, file: str, data: bytes) -> None:
        try:
            documents = read_documents(data, file)
        except UsageError:
            return
        for document in documents:
            found = document.value
            if not isinstance(found, Mapping):
                continue
            metadata = found.get("metadata")
            name = metadata.get("name") if isinstance(metadata, Mapping) else None
            if isinstance(name, str):
                line = min(document.lines.values(), default=1)
                self._places.setdefault((str(found.get("kind")), name), Place(file=file, line=line))


def _bases_first(file: tuple[str, bytes]) -> tuple[bool, str]:
    return "/overlays/" in file[0], file[0]
