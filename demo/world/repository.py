"""A Git repository as a team has it: the bare one that everyone shares, and the clone where people edit.

Git runs with an identity of the world's own and without the user's configuration.
"""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from demo.world.commands import run
from headway.domain.names import CommitId, parse_commit

Edit = Callable[[Path], None]
"""Changes files below the folder that it is given."""


class Repository:
    """A bare repository with its branch `main`, and one desk (a clone with a work tree)."""

    def __init__(self, bare: Path, desk: Path, *, person: str, url: str | None = None) -> None:
        """Prepare; `url` is where others reach it, None: at its path."""
        self.bare = bare
        self.url = url or bare.as_uri()
        """The remote, as files name it."""
        self.desk = desk
        """Where people edit; what stands there may be ahead of what they committed."""
        self._identity = {
            f"GIT_{role}_{what}": value
            for role in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", person), ("EMAIL", f"{person.lower()}@example.test"))
        }

    def create(self, content: Path, message: str) -> CommitId:
        """Make the bare repository and its first commit out of a folder."""
        run(["git", "init", "--quiet", "--bare", "--initial-branch=main", str(self.bare)])
        run(["git", "clone", "--quiet", str(self.bare), str(self.desk)])
        # The clone of an empty repository has no branch yet; its name must not hang on Git's defaults.
        self._git("symbolic-ref", "HEAD", "refs/heads/main")

        def fill(desk: Path) -> None:
            unwanted = shutil.ignore_patterns("build", "__pycache__")
            shutil.copytree(content, desk, dirs_exist_ok=True, ignore=unwanted)

        return self.commit(message, fill)

    def commit(self, message: str, edit: Edit) -> CommitId:
        """Edit on the desk, commit and push to `main`.

        Raises:
            Broken: `demo-command-failed`: the edit changes nothing, or the push is refused.
        """
        edit(self.desk)
        self._git("add", "--all")
        self._git("commit", "--quiet", "--message", message)
        return self._push()

    def draft(self, edit: Edit) -> None:
        """Edit on the desk, and no more; the next commit takes it along."""
        edit(self.desk)

    def revert(self, commit: CommitId) -> CommitId:
        """Take one commit back by another."""
        self._git("revert", "--no-edit", commit)
        return self._push()

    def tag(self, name: str) -> None:
        """Tag `main`'s tip and push the tag."""
        self._git("tag", name)
        self._git("push", "--quiet", "origin", f"refs/tags/{name}")

    def check_out(self, commit: CommitId, folder: Path) -> None:
        """Bring a clone elsewhere to one commit, as a build server does."""
        if not folder.exists():
            run(["git", "clone", "--quiet", str(self.bare), str(folder)])
        run(["git", "fetch", "--quiet", "origin"], cwd=folder)
        run(["git", "checkout", "--quiet", "--detach", commit], cwd=folder)

    def tip(self, branch: str = "main") -> CommitId:
        """Give where a branch of the bare repository stands."""
        return parse_commit(run(["git", "rev-parse", f"refs/heads/{branch}"], cwd=self.bare))

    def _push(self) -> CommitId:
        self._git("push", "--quiet", "origin", "HEAD:refs/heads/main")
        return parse_commit(self._git("rev-parse", "HEAD"))

    def _git(self, *arguments: str) -> str:
        return run(["git", *arguments], cwd=self.desk, extra=self._identity)


def manifest_repositories(world: Path, git_url: str | None) -> Mapping[str, Repository]:
    """Give the manifests repositories of a world; `git_url` is under which they are served, or None."""
    return {
        name: Repository(
            world / "git" / f"{name}.git",
            world / "desks" / name,
            person=person,
            url=git_url and f"{git_url}/{name}.git",
        )
        for name, person in (("argocd-oc-apps", "Mele"), ("argocd-oc-system", "Tane"))
    }


def application_repositories(world: Path) -> Mapping[str, Repository]:
    """Give the teams' repositories of a world."""
    folder = world / "git" / "cloud" / "applications"
    return {
        name: Repository(folder / f"{name}.git", world / "desks" / name, person=person)
        for name, person in (("app1", "Aroha"), ("app2", "Wiremu"))
    }
