"""The files that describe an estate, as a commit of a real repository holds them."""

from pathlib import Path

import pytest
from tests.fixtures.git_remote import BareRemote
from tests.fixtures.tiny_estate import TinyApplication, application_files, estate_file

from headway.adapters.files import FileEstateReader
from headway.adapters.git.manifests import GitManifests
from headway.app.sources import read_sources
from headway.domain.estate.problems import EstateInvalid
from headway.domain.names import RepositoryName

NAME = RepositoryName("manifests")
LANE = ("{wave: dev, instances: {dev: development}}",)


@pytest.mark.usefixtures("git_settings")
@pytest.mark.parametrize(
    ("path", "application"),
    [("shop/application.yaml", "shop"), ("estate.yaml", None), ("standards/waivers.yaml", None)],
)
async def test_a_link_in_place_of_a_file_is_refused_by_name(
    tmp_path: Path, path: str, application: str | None
) -> None:
    """Taken for absent, its application would leave the estate without a word."""
    remote = BareRemote(tmp_path / "manifests.git")
    files = {"estate.yaml": estate_file(remote.folder, LANE, ("development",))}
    files |= application_files(TinyApplication(name="shop"), "127.0.0.1:1/shop/app", ("dev",))
    files |= application_files(TinyApplication(name="till"), "127.0.0.1:1/till/app", ("dev",))
    files["standards/waivers.yaml"] = b"apiVersion: headway.dev/v1\nkind: Waivers\nwaivers: []\n"
    files["real.yaml"] = files[path]
    remote.commit("main", files, "Begin")
    remote.link("main", path, "/real.yaml")
    clone = GitManifests(name=NAME, url=remote.url, state=tmp_path / "state")
    try:
        main = (await clone.fetch()).main
        assert main is not None
        tree = await read_sources(clone, NAME, main)
    finally:
        await clone.close()
    assert tree.odd_files == {path}
    with pytest.raises(EstateInvalid, match=f"^manifests/{path}:1: the file: it is a symbolic link") as told:
        FileEstateReader().estate({NAME: tree})
    assert [one.application for one in told.value.problems] == [application]


@pytest.mark.usefixtures("git_settings")
async def test_a_link_in_place_of_an_applications_folder_is_refused_by_name(tmp_path: Path) -> None:
    """As `headway check` does on the desk; other links in the repository's root mean nothing to an estate."""
    remote = BareRemote(tmp_path / "manifests.git")
    files = {"estate.yaml": estate_file(remote.folder, LANE, ("development",))}
    files |= application_files(TinyApplication(name="till"), "127.0.0.1:1/till/app", ("dev",))
    moved = application_files(TinyApplication(name="shop"), "127.0.0.1:1/shop/app", ("dev",))
    files |= {f"elsewhere/{path}": data for path, data in moved.items()}
    remote.commit("main", files, "Begin")
    remote.link("main", "shop", "elsewhere/../elsewhere/shop/")
    for name, target in {"latest": "till/app", "out": "../../etc", "root": "/etc", "gone": "nowhere"}.items():
        remote.link("main", name, target)
    clone = GitManifests(name=NAME, url=remote.url, state=tmp_path / "state")
    try:
        main = (await clone.fetch()).main
        assert main is not None
        assert await clone.read_links(main, ["latest", "till", "nothing"]) == {
            "latest": "till/app",
            "till": None,
            "nothing": None,
        }
        tree = await read_sources(clone, NAME, main)
    finally:
        await clone.close()
    assert tree.odd_files == {"shop/application.yaml"}
    with pytest.raises(EstateInvalid, match="or in a folder that is one, and links are not followed") as told:
        FileEstateReader().estate({NAME: tree})
    assert [one.application for one in told.value.problems] == ["shop"]
