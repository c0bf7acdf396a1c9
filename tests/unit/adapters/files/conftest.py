"""A small estate that is right, for tests to spoil one thing at a time."""

from collections.abc import Callable

import pytest

from headway.adapters.files import read_estate
from headway.domain.estate.problems import EstateInvalid
from headway.domain.estate.sources import EstateRead, SourceTree
from headway.domain.names import RepositoryName

APPS = RepositoryName("apps")

ESTATE = """\
apiVersion: headway.dev/v1
kind: Estate
environments:
  development: {engine: {podman: {}}}
  production: {region: ap-southeast-2, engine: {podman: {}}}
lanes:
  standard:
  - {wave: dev, instances: {dev: development}}
  - wave: production
    instances: {prod: production}
    gates: {soak: 10m, approvals: {count: 2, from: [support]}}
roles:
  support: [ann, bob]
  platform: [cleo]
manifests:
- {name: apps, url: /srv/git/apps.git}
"""

APPLICATION = """\
apiVersion: headway.dev/v1
kind: Application
lane: standard
artifacts:
  app1: {image: {repository: "127.0.0.1:5000/shop/app1", versions: {semver: ">=1.0"}}}
checks:
- {name: answers, artifacts: [app1], http: {service: app1}}
"""

FOLDERS = frozenset({"shop/app1", "shop/app1/overlays/dev", "shop/app1/overlays/prod"})

Text = str | bytes | tuple[str, str]
"""A whole file, or what is replaced in the right one and by what."""


def spoil(right: str, text: Text) -> bytes:
    if isinstance(text, tuple):
        old, new = text
        assert old in right
        return right.replace(old, new).encode()
    return text.encode() if isinstance(text, str) else text


@pytest.fixture
def read_files() -> Callable[..., EstateRead]:
    """Read an estate of one repository; each argument spoils a file, `more` adds applications."""

    def read(
        estate: Text = ESTATE,
        application: Text = APPLICATION,
        folders: frozenset[str] = FOLDERS,
        **more: Text,
    ) -> EstateRead:
        files = {
            "estate.yaml": spoil(ESTATE, estate),
            "shop/application.yaml": spoil(APPLICATION, application),
        }
        files |= {f"{name}/application.yaml": spoil(APPLICATION, text) for name, text in more.items()}
        tree = SourceTree(repository=APPS, commit=None, files=files, folders=folders, shown_as="")
        return read_estate({APPS: tree})

    return read


@pytest.fixture
def told(read_files: Callable[..., EstateRead]) -> Callable[..., list[str]]:
    """Give the lines that a person reads of files that are wrong."""

    def tell(**spoilt: object) -> list[str]:
        with pytest.raises(EstateInvalid) as caught:
            read_files(**spoilt)
        error = caught.value
        assert error.code == "estate-invalid"
        assert all(problem.place in error.what for problem in error.problems)
        lines = str(error).splitlines()
        assert [str(problem) for problem in error.problems] == lines
        return lines

    return tell


@pytest.fixture
def whole_estate() -> str:
    """The right `estate.yaml`."""
    return ESTATE


@pytest.fixture
def whole_application() -> str:
    """The right `application.yaml`."""
    return APPLICATION


@pytest.fixture
def all_folders() -> frozenset[str]:
    """The folders that the right files name."""
    return FOLDERS
