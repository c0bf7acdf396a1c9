"""The reader that use cases get is the port that they ask for."""

from headway.adapters.files import FileEstateReader, read_application, read_estate_file
from headway.app.outside import EstateReader
from headway.domain.estate.sources import SourceTree
from headway.domain.names import RepositoryName


def test_the_reader_is_the_port(
    whole_estate: str, whole_application: str, all_folders: frozenset[str]
) -> None:
    reader: EstateReader = FileEstateReader()
    name = RepositoryName("apps")
    data = whole_application.encode()
    files = {"estate.yaml": whole_estate.encode(), "shop/application.yaml": data}
    tree = SourceTree(repository=name, commit=None, files=files, folders=all_folders)
    assert reader.repositories(whole_estate.encode(), "estate.yaml") == read_estate_file(
        whole_estate.encode(), "estate.yaml"
    )
    assert list(reader.estate({name: tree}).estate.applications) == ["shop"]
    checks = reader.checks(data, "shop/application.yaml", "shop", name)
    assert checks == read_application(data, "shop/application.yaml", "shop", name).checks
