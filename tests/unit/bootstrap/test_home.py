"""A path that is no Git repository is refused before anything is served; what is elsewhere is not asked."""

import subprocess
from pathlib import Path

import pytest

from headway.bootstrap.home import require_repository
from headway.domain.errors import UsageError


@pytest.mark.parametrize("form", ["{}", "file://{}"])
def test_a_path_that_is_no_repository_is_refused_with_a_next_step(tmp_path: Path, form: str) -> None:
    for path in (tmp_path / "nope", tmp_path):
        with pytest.raises(UsageError) as refused:
            require_repository(form.format(path))
        assert refused.value.code == "estate-no-repository"
        assert str(path) in refused.value.what
        assert "--estate" in refused.value.next_step


@pytest.mark.parametrize("option", [[], ["--bare"]])
def test_a_repository_with_and_without_a_work_tree_is_taken(tmp_path: Path, option: list[str]) -> None:
    subprocess.run(["git", "init", "-q", *option, tmp_path / "estate"], check=True)
    require_repository(str(tmp_path / "estate"))
    require_repository(f"file://{tmp_path}/estate")


@pytest.mark.parametrize("url", ["https://git.example/estate.git", "ssh://git@host/e", "git@host:estate.git"])
def test_what_is_elsewhere_is_not_asked(url: str) -> None:
    require_repository(url)
