"""`headway init --adopt` as a person types it: a clone, its remote, an Argo CD for each environment."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from tests.fixtures.adoption import OldRepository, deployment, digest_of
from tests.fixtures.argocd_told import told_by_argocd
from tests.fixtures.git_remote import BareRemote

from headway.__main__ import LateComposition
from headway.interfaces.cli.main import run

IMAGE = "harbor.example/oneconnect/app1"


class Desk:
    """A person's clone of a repository that two environments run."""

    def __init__(
        self, folder: Path, kustomize: Path, capsys: pytest.CaptureFixture[str], name: str = "argocd-oc-apps"
    ) -> None:
        files = {f"oc/{place}/kustomization.yaml": "resources: [all.yaml]\n" for place in ("dev", "prod")}
        files["oc/dev/all.yaml"] = deployment("app1", f"{IMAGE}@{digest_of(1)}")
        files["oc/prod/all.yaml"] = deployment("app1", f"{IMAGE}:1.4.2")
        self._capsys = capsys
        self.remote = BareRemote(folder / "remotes" / f"{name}.git")
        self.old = OldRepository(folder / name, kustomize, files)
        self.git("init", "--quiet", "--initial-branch=main")
        self.git("remote", "add", "origin", self.remote.url)
        self.merge()
        self.old.run("development", "oc/dev", name="oc-dev", into="oc-dev")
        self.old.run(
            "production",
            "oc/prod",
            name="oc-prod",
            running={f"{IMAGE}:1.4.2": digest_of(2)},
            kept_by="Application root",
        )
        self.state = folder / "state"
        (self.state / "credentials").mkdir(parents=True)

    def trust(self, environment: str, url: str) -> None:
        """Write the token of an environment's Argo CD."""
        path = self.state / "credentials" / f"{environment}.argocd.json"
        path.write_text(json.dumps({"url": url, "token": "t"}))

    def git(self, *arguments: str) -> str:
        """Run git in the clone."""
        who = ("-c", "user.name=Pat", "-c", "user.email=pat@example.org")
        done = subprocess.run(
            ["git", *who, *arguments], cwd=self.old.folder, check=True, capture_output=True, timeout=60
        )
        return done.stdout.decode()

    def merge(self) -> None:
        """Commit what is in the clone and push it to main."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "By Pat")
        self.git("push", "--quiet", "origin", "main")

    def adopt(self, *arguments: str) -> tuple[int, str, str]:
        """Type the command; give its exit code and what it says."""
        self._capsys.readouterr()
        folder = str(self.old.folder)
        code = run(
            LateComposition(),
            ["--state", str(self.state), "init", "--adopt", folder, "--person", "pat", *arguments],
        )
        said = self._capsys.readouterr()
        return code, said.out, said.err


@pytest.fixture
def desk(
    tmp_path: Path,
    kustomize_program: Path,
    capsys: pytest.CaptureFixture[str],
    git_settings: None,  # noqa: ARG001 - asked for what it sets
) -> Iterator[Desk]:
    """Give a desk; its Argo CDs answer."""
    made = Desk(tmp_path, kustomize_program, capsys)
    with ExitStack() as stack:
        for name, live in made.old.environments.items():
            made.trust(name, stack.enter_context(told_by_argocd(live, made.remote.url)))
        yield made


def test_at_first_it_only_shows(desk: Desk) -> None:
    """One environment is empty of differences; the other says why it is not, and so does the exit code."""
    code, out, _ = desk.adopt()
    assert code == 1
    assert "oc/dev: Application argocd/oc-dev of development, oc/dev, namespace oc-dev" in out
    assert (
        f"  app1: {IMAGE}@{digest_of(1)}\n  ✓ no difference: its first commit changes nothing that runs"
        in out
    )
    assert f"{IMAGE}:1.4.2 → {IMAGE}@{digest_of(2)} (its pods are replaced once)" in out
    assert "--- estate.yaml" in out
    assert desk.git("status", "--short") == ""
    assert desk.remote.git("branch", "--format=%(refname:short)") == "main"


def test_what_makes_applications_of_folders_is_warned_of(desk: Desk) -> None:
    live = desk.old.environments["development"]
    live.told[:] = [replace(one, kept_by="ApplicationSet all", health="Degraded") for one in live.told]
    with told_by_argocd(live, desk.remote.url) as url:
        desk.trust("development", url)
        _, out, _ = desk.adopt()
    assert "▲ see that ApplicationSet all makes no Applications of the new folders" in out
    assert "▲ it is Degraded: what is locked is what Git asks for" in out


def test_what_it_writes_is_new_files_and_once(desk: Desk) -> None:
    desk.adopt("--write")
    assert [line[:2] for line in desk.git("status", "--short").splitlines()] == ["??", "??", "??"]
    assert run(LateComposition(), ["check", str(desk.old.folder)]) == 0, "all overlays render"
    desk.merge()
    _, out, _ = desk.adopt("--write", "--lane", "prod, dev")
    assert "main has all that is needed" in out
    assert "▲ --lane changes nothing: estate.yaml is there" in out
    assert desk.git("status", "--short") == ""


def test_first_locks_need_main_to_hold_what_they_name(desk: Desk) -> None:
    desk.adopt("--write")
    code, _, err = desk.adopt("--push")
    assert code == 2
    assert "first locks cannot be written yet" in err
    assert "it has no estate.yaml, oc/app1/overlays/dev/kustomization.yaml" in err


def test_only_what_changes_nothing_is_pushed_unless_it_is_named(desk: Desk) -> None:
    desk.adopt("--write")
    desk.merge()
    code, out, _ = desk.adopt("--push")
    assert code == 1, "production is left"
    assert "oc/dev: environments/development landed" in out
    assert desk.remote.tip("environments/production") is None
    assert "kubectl --namespace argocd patch applications.argoproj.io oc-dev --type merge" in out
    assert "oc-prod" not in out.split("Next:")[1]

    code, _, err = desk.adopt("--push", "--with-difference", "oc/prodd")
    assert code == 2
    assert "there is no instance 'oc/prodd' to adopt" in err

    code, out, _ = desk.adopt("--push", "--with-difference", "oc/prod")
    assert code == 0
    assert "oc/dev: environments/development has its lock already" in out
    assert "oc/prod: environments/production landed" in out
    assert "# argocd/oc-prod is kept by Application root: change it there" in out
    shown = desk.remote.show("environments/production", "oc/prod/lock.yaml")
    assert f"reference: {IMAGE}@{digest_of(2)}" in shown
    assert 'namespace: "live"' in shown


def test_what_cannot_be_meant_is_refused_before_anybody_is_asked(desk: Desk) -> None:
    for given in (["--argocd", "https://x"], ["--write", "--push"]):
        assert desk.adopt(*given)[0] == 2
    assert run(LateComposition(), ["init", "somewhere", "--push"]) == 2


def test_without_a_token_nothing_is_known(desk: Desk) -> None:
    for path in (desk.state / "credentials").iterdir():
        path.unlink()
    code, _, err = desk.adopt()
    assert code == 2
    assert "there is no Argo CD to look at" in err


def test_a_folder_without_an_origin_is_no_repository_that_anybody_reads(desk: Desk) -> None:
    desk.git("remote", "remove", "origin")
    code, _, err = desk.adopt()
    assert code == 2
    assert "has no remote named origin" in err


def test_a_second_repository_joins_the_estate_of_the_first(
    desk: Desk, tmp_path: Path, kustomize_program: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.adopt("--write")
    desk.merge()
    system = Desk(tmp_path / "system", kustomize_program, capsys, "argocd-oc-system")
    system.git("mv", "oc", "nats")
    system.merge()
    elsewhere = ("--estate", desk.remote.url)
    with ExitStack() as stack:
        for name, live in system.old.environments.items():
            live.told[:] = [replace(one, path=one.path.replace("oc/", "nats/")) for one in live.told]
            system.trust(name, stack.enter_context(told_by_argocd(live, system.remote.url)))
        code, _, err = system.adopt(*elsewhere)
        assert code == 2
        assert "the repository 'argocd-oc-system' is not listed" in err
        _list_in(desk, system.remote.url)
        assert system.adopt(*elsewhere, "--write")[0] == 1, "production has a difference"
        new = [line[3:] for line in system.git("status", "--short").splitlines()]
        assert new == ["nats/app1/", "nats/application.yaml"], "the estate is elsewhere"
        system.merge()
        _, out, _ = system.adopt(*elsewhere, "--push")
        assert "nats/dev: environments/development landed" in out


def _list_in(desk: Desk, url: str) -> None:
    path = desk.old.folder / "estate.yaml"
    path.write_text(f'{path.read_text()}- {{name: argocd-oc-system, url: "{url}"}}\n')
    desk.merge()
