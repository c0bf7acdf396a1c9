"""The port `EstateReader` over files: stateless, pure, safe to call concurrently."""

from collections.abc import Mapping

from headway.adapters.files.application_file import read_application
from headway.adapters.files.estate import read_estate
from headway.adapters.files.estate_file import read_estate_file
from headway.domain.checks import Check
from headway.domain.estate import ManifestsRepository
from headway.domain.estate.sources import EstateRead, SourceTree
from headway.domain.names import RepositoryName


class FileEstateReader:
    """Reads `estate.yaml` and `application.yaml`; every method raises `EstateInvalid` with all mistakes."""

    def repositories(self, data: bytes, path: str) -> tuple[ManifestsRepository, ...]:
        """Give the manifests repositories that an `estate.yaml` lists."""
        return read_estate_file(data, path)

    def estate(self, sources: Mapping[RepositoryName, SourceTree]) -> EstateRead:
        """Read the whole estate."""
        return read_estate(sources)

    def checks(
        self, data: bytes, path: str, application: str, repository: RepositoryName
    ) -> tuple[Check, ...]:
        """Give the checks in an `application.yaml`, as it stands at some commit."""
        return read_application(data, path, application, repository).checks
