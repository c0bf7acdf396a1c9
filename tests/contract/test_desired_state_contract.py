"""The port `DesiredState`: what engines read of environment branches, in memory and with real Git."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from headway.adapters.git.desired_state import GitDesiredState
from headway.adapters.git.manifests import GitManifests
from headway.app.lock_text import write_lock
from headway.app.ports import BranchPush, NewCommit
from headway.domain.lock import LockEntry, LockFile
from headway.domain.names import CommitId, EnvironmentName, InstanceName, PromotionId, RepositoryName
from headway.testing.manifests import InMemoryManifests

STAGING = EnvironmentName("staging")
BRANCH = "environments/staging"
SHOP = InstanceName("shop", "staging")
NATS = InstanceName("nats", "staging")
DEPLOYMENT = b"kind: Deployment\nmetadata:\n  name: app1\n"
SERVICE = b"kind: Service\nmetadata:\n  name: app1\n"

Repositories = tuple[InMemoryManifests | GitManifests, InMemoryManifests | GitManifests]


@pytest.fixture(params=["memory", "git"])
async def repositories(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Repositories]:
    if request.param == "memory":
        yield InMemoryManifests(), InMemoryManifests()
        return
    first = request.getfixturevalue("bare_remote")
    second = type(first)(tmp_path / "remotes" / "system.git")
    apps = GitManifests(name=RepositoryName("apps"), url=first.url, state=tmp_path / "state")
    system = GitManifests(name=RepositoryName("system"), url=second.url, state=tmp_path / "state")
    yield apps, system
    await apps.close()
    await system.close()


def lock(promotion: str = "0" * 16, *artifacts: str) -> bytes:
    entry = LockEntry(digest=None, commit=CommitId("c" * 40), reference=None)
    entries = dict.fromkeys(artifacts or ("app1",), entry)
    return write_lock(LockFile(promotion=PromotionId(promotion), namespace="ns", entries=entries))


async def commit(manifests: InMemoryManifests | GitManifests, edits: dict[str, bytes | None]) -> CommitId:
    new = NewCommit(edits=edits, message="x", author="A <a@b>", at=datetime(2026, 3, 1, tzinfo=UTC))
    expected = (await manifests.fetch()).environments.get(STAGING)
    (pushed,) = await manifests.push([BranchPush(branch=BRANCH, expected=expected, commits=(new,))])
    assert pushed.tip is not None
    return pushed.tip


def shop(folder: str = "shop/staging") -> dict[str, bytes | None]:
    return {
        f"{folder}/lock.yaml": lock(),
        f"{folder}/manifests/app1/service-app1.yaml": SERVICE,
        f"{folder}/manifests/app1/deployment-app1.yaml": DEPLOYMENT,
    }


async def test_a_branch_that_is_not_there_asks_for_nothing(repositories: Repositories) -> None:
    read = await GitDesiredState(repositories).read(STAGING, fetch=True)
    assert read.revision is None
    assert read.instances == read.unreadable == {}


async def test_instances_of_several_repositories_are_merged_each_with_its_own_revision(
    repositories: Repositories,
) -> None:
    apps, system = repositories
    one = await commit(apps, shop())
    two = await commit(system, shop("nats/staging"))
    read = await GitDesiredState(repositories).read(STAGING, fetch=True)
    assert {name: found.revision for name, found in read.instances.items()} == {SHOP: one, NATS: two}
    found = read.instances[SHOP]
    assert (found.promotion_id, found.namespace) == ("0" * 16, "ns")
    assert [manifest["kind"] for manifest in found.artifacts["app1"]] == ["Deployment", "Service"]
    assert found.renderings == read.instances[NATS].renderings


async def test_what_was_fetched_last_is_read_without_the_remote(repositories: Repositories) -> None:
    apps, _ = repositories
    one = await commit(apps, shop())
    desired = GitDesiredState(repositories)
    assert (await desired.read(STAGING, fetch=False)).instances[SHOP].revision == one
    two = await commit(apps, {"shop/staging/lock.yaml": lock("1" * 16)})
    read = await desired.read(STAGING, fetch=False)
    assert read.instances[SHOP].revision == two
    assert read.instances[SHOP].promotion_id == "1" * 16


@pytest.mark.parametrize(
    ("edits", "words"),
    [
        ({"shop/staging/lock.yaml": b"kind: Lock\nwhat: 1\n"}, "shop/staging/lock.yaml:2"),
        ({"shop/staging/lock.yaml": lock("0" * 16, "app1", "app2")}, "manifests/app2"),
        ({"shop/staging/manifests/app1/service-app1.yaml": b"a: [\n"}, "service-app1.yaml:2"),
        ({"shop/staging/manifests/app1/service-app1.yaml": b"- a\n"}, "no Kubernetes object"),
        ({"shop/staging/manifests": None}, "manifests/app1"),
    ],
)
async def test_an_instance_that_cannot_be_read_is_told_and_stops_no_other(
    repositories: Repositories, edits: dict[str, bytes | None], words: str
) -> None:
    apps, _ = repositories
    await commit(apps, {**shop(), **shop("other/staging")})
    await commit(apps, edits)
    read = await GitDesiredState(repositories).read(STAGING, fetch=True)
    assert words in read.unreadable[SHOP]
    assert set(read.instances) == {InstanceName("other", "staging")}


async def test_an_instance_in_two_repositories_is_believed_in_neither(repositories: Repositories) -> None:
    for manifests in repositories:
        await commit(manifests, shop())
    read = await GitDesiredState(repositories).read(STAGING, fetch=True)
    assert "two manifests repositories" in read.unreadable[SHOP]
    assert read.instances == {}


async def test_folders_without_a_lock_file_are_no_instances(repositories: Repositories) -> None:
    apps, _ = repositories
    await commit(apps, {**shop(), "docs/readme/x.md": b"x", "Odd Name/y/lock.yaml": b"x", "holds.yaml": b""})
    read = await GitDesiredState(repositories).read(STAGING, fetch=True)
    assert set(read.instances) == {SHOP}
    assert read.unreadable == {}
