"""First locks of what was adopted, in a real repository: ours to whoever reads them later."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.fixtures.adoption import OldRepository, deployment, digest_of
from tests.fixtures.git_remote import BareRemote

from headway.adapters.git.manifests import GitManifests
from headway.app.adoption.adopt import Adoption
from headway.app.adoption.push import Signed, Written, push_first_locks
from headway.app.instance_folder import read_folder_at
from headway.app.ports import PushResult
from headway.domain.facts import Change
from headway.domain.names import (
    ArtifactName,
    CommitId,
    EnvironmentName,
    InstanceName,
    RepositoryName,
    Version,
)
from headway.domain.promotion_id import promotion_id

IMAGE = f"harbor.example/oneconnect/app1@{digest_of(1)}"
NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)


class Adopted:
    """A repository that was looked at, and its remote with main."""

    def __init__(
        self, old: OldRepository, adoption: Adoption, remote: BareRemote, clone: GitManifests, main: str
    ) -> None:
        self.old = old
        self.adoption = adoption
        self.remote = remote
        self.clone = clone
        self.main = CommitId(main)

    async def look_again(self) -> None:
        """Look at what runs by now."""
        self.adoption = await self.old.look()

    async def push(self) -> tuple[Written, ...]:
        """Push all first locks."""
        assert self.adoption.estate is not None
        signed = Signed(main=self.main, who="pat", at=NOW)
        return await push_first_locks(self.clone, self.adoption.estate, self.adoption.locks, signed)


@pytest.fixture
async def adopted(tmp_path: Path, kustomize_program: Path, git_settings: None) -> AsyncIterator[Adopted]:  # noqa: ARG001
    """Give two instances in two environments, ready to be pushed."""
    files = {f"oc/{place}/kustomization.yaml": "resources: [all.yaml]\n" for place in ("dev", "prod")}
    files |= {f"oc/{place}/all.yaml": deployment("app1", IMAGE) for place in ("dev", "prod")}
    old = OldRepository(tmp_path / "apps", kustomize_program, files)
    old.run("development", "oc/dev", name="oc-dev")
    old.run("production", "oc/prod", name="oc-prod")
    adoption = await old.look()
    remote = BareRemote(tmp_path / "remotes" / "apps.git")
    old.write({path: data.decode() for path, data in adoption.files.items()})
    whole = {
        str(one.relative_to(old.folder)): one.read_bytes() for one in old.folder.rglob("*") if one.is_file()
    }
    main = remote.commit("main", dict(whole), "Let Headway deliver")
    clone = GitManifests(name=RepositoryName("apps"), url=remote.url, state=tmp_path / "clones")
    await clone.fetch()
    yield Adopted(old, adoption, remote, clone, main)
    await clone.close()


async def test_a_first_lock_is_a_commit_like_one_of_ours(adopted: Adopted) -> None:
    """With its trailers, and an id that follows from what it says."""
    written = await adopted.push()
    assert [one.result for one in written] == [PushResult.LANDED, PushResult.LANDED]
    refs = await adopted.clone.fetch()
    tip = refs.environments[EnvironmentName("development")]
    instance = InstanceName("oc", "dev")
    folder = await read_folder_at(adopted.clone, tip, instance)
    assert folder is not None
    assert folder.lock.namespace == "live"
    assert folder.lock.entries["app1"].reference == IMAGE
    version = Version(digest_of(1), adopted.main)
    change = Change(artifact=ArtifactName("oc", "app1"), before=None, after=version)
    assert folder.lock.promotion == promotion_id(instance, [change], None)
    (commit,) = await adopted.clone.history(tip, None)
    assert commit.author == "Headway <headway@headway.dev>"
    assert {name: value for name, (value, *_) in commit.trailers.items()} == {
        "Promotion-Id": folder.lock.promotion,
        "Instance": "oc/dev",
        "Artifact": "oc/app1",
        "Version": f"{digest_of(1)}+{adopted.main}",
        "Previous-Version": "-",
        "Configuration-Commit": adopted.main,
        "Promoted-By": "pat",
        "Reason": "adopted: what Application argocd/oc-dev ran",
    }


async def test_a_lock_that_is_there_is_left_as_it_is(adopted: Adopted) -> None:
    await adopted.push()
    before = adopted.remote.tip("environments/production")
    again = await adopted.push()
    assert [one.result for one in again] == [None, None]
    assert adopted.remote.tip("environments/production") == before


async def test_a_branch_that_is_refused_stops_no_other(adopted: Adopted) -> None:
    adopted.remote.hook("update", 'case "$1" in *production) echo "not yours" >&2; exit 1;; esac')
    found = {str(one.instance): one for one in await adopted.push()}
    assert found["oc/dev"].result is PushResult.LANDED
    assert found["oc/prod"].result is PushResult.REFUSED
    assert "not yours" in found["oc/prod"].words
    adopted.remote.hook("update", "exit 0")
    assert {str(one.instance): one.result for one in await adopted.push()} == {
        "oc/dev": None,
        "oc/prod": PushResult.LANDED,
    }


async def run_another(adopted: Adopted) -> None:
    """Let development run another digest, as it could until it follows its branch."""
    adopted.old.write(
        {"oc/dev/all.yaml": deployment("app1", f"harbor.example/oneconnect/app1@{digest_of(2)}")}
    )
    adopted.old.environments["development"].told.clear()
    adopted.old.run("development", "oc/dev", name="oc-dev")
    await adopted.look_again()


async def test_a_lock_that_is_not_what_runs_any_more_is_written_anew(adopted: Adopted) -> None:
    """Between the first lock and the day that its Application follows, people go on as before."""
    await adopted.push()
    await run_another(adopted)
    found = {str(one.instance): one.result for one in await adopted.push()}
    assert found == {"oc/dev": PushResult.LANDED, "oc/prod": None}
    assert adopted.remote.git("log", "-1", "--format=%s", "environments/development") == (
        "Lock oc/dev anew, as it runs"
    )
    shown = adopted.remote.git(
        "log", "-1", "--format=%(trailers:key=Previous-Version,valueonly)", "environments/development"
    )
    assert shown.strip() == f"{digest_of(1)}+{adopted.main}"
    assert str(digest_of(2)) in adopted.remote.show("environments/development", "oc/dev/lock.yaml")


async def test_a_lock_that_others_wrote_since_is_theirs(adopted: Adopted) -> None:
    await adopted.push()
    adopted.remote.commit("environments/development", {"oc/dev/holds.yaml": b"kind: Holds\n"}, "Hold it")
    before = adopted.remote.tip("environments/development")
    await run_another(adopted)
    found = {str(one.instance): one for one in await adopted.push()}
    assert not found["oc/dev"].is_right
    assert found["oc/prod"].is_right
    assert found["oc/dev"].words.startswith("written since by Somebody <somebody@example.org>, and not what")
    assert adopted.remote.tip("environments/development") == before
