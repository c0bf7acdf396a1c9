"""Writes what asks for standards where changes come in: a workflow, a Jenkinsfile, a hook.

Nothing that is there is ever written over.
"""

import shutil
import sysconfig
from importlib.resources import files
from pathlib import Path

from headway.domain.ci import Ci
from headway.domain.errors import UsageError

_FILES = {
    Ci.GITHUB: ("github.yaml", ".github/workflows/headway.yaml"),
    Ci.JENKINS: ("Jenkinsfile", "Jenkinsfile"),
    Ci.PRE_RECEIVE: ("pre-receive", "hooks/pre-receive"),
}
"""The template, and where it goes in a repository."""


def write_ci(directory: Path, ci: Ci) -> Path:
    """Write one file into a manifests repository, which for the hook is a bare one.

    Raises:
        UsageError: `folder-no-repository`, `folder-not-written`.
    """
    template, path = _FILES[ci]
    is_bare = (directory / "HEAD").is_file() and (directory / "objects").is_dir()
    if is_bare is not (ci is Ci.PRE_RECEIVE):
        raise UsageError(
            "folder-no-repository",
            f"{directory} is {'a bare repository' if is_bare else 'no bare repository'}",
            why=f"{path} goes into {'a bare one, on its server' if ci is Ci.PRE_RECEIVE else 'a clone'}",
            next_step="name the folder of a manifests repository of that kind",
        )
    text = (files("headway.adapters.files") / "templates_ci" / template).read_text(encoding="utf-8")
    target = directory / path
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("x", encoding="utf-8") as opened:
            opened.write(text.replace("\nheadway=headway\n", f"\nheadway={_program()}\n"))
        if ci is Ci.PRE_RECEIVE:
            target.chmod(0o755)
    except OSError as error:
        raise UsageError(
            "folder-not-written",
            f"{target} cannot be written",
            why=(error.strerror or str(error)).lower(),
            next_step="nothing that is there is written over: move it away, or merge the two by hand",
        ) from error
    return target


def _program() -> str:
    """Give where the program stands: a Git server starts hooks with a search path of its own."""
    beside = Path(sysconfig.get_path("scripts")) / "headway"
    found = str(beside) if beside.exists() else shutil.which("headway") or "headway"
    return "'" + found.replace("'", "'\\''") + "'"
