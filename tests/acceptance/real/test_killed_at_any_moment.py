"""Killed between any two outside effects and started again, nothing is lost and nothing comes twice (rule 7).

The ledger is SQLite, the remote a bare repository, Kustomize renders; the engine is simulated.
"""

import asyncio
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from tests.fixtures.agent_process import ROOT
from tests.fixtures.git_remote import BareRemote
from tests.fixtures.real_delivery import TWO_WAVES
from tests.fixtures.short_story import IMAGE
from tests.fixtures.tiny_estate import TinyApplication, application_files, estate_file

from headway.adapters.ledger.ledger import SqliteLedger
from headway.app.lock_text import read_lock
from headway.domain.facts import (
    Fact,
    HoldLifted,
    HoldPlaced,
    PromotionDecided,
    PromotionEnded,
    PromotionLanded,
    VerificationEnded,
)
from headway.testing.clock import VirtualClock

PROMOTIONS = {"development": 3, "production": 4}
"""Three versions, and in production one rollback."""


@pytest.fixture
def remote(tmp_path: Path, git_settings: None) -> BareRemote:  # noqa: ARG001 - asked for what it sets
    """Give the story's remote: one application, two waves."""
    made = BareRemote(tmp_path / "story" / "remote")
    files = {"estate.yaml": estate_file(made.folder, TWO_WAVES, tuple(PROMOTIONS))}
    files |= application_files(TinyApplication(name="shop"), IMAGE, ("dev", "prod"))
    made.commit("main", files, "Begin")
    return made


@pytest.mark.timeout(300)
async def test_a_story_whose_teller_dies_at_every_moment_is_told_once(
    remote: BareRemote, kustomize_program: Path
) -> None:
    """A process dies at its first effect, the next one at its own, and so on to the end."""
    place = remote.folder.parent
    await asyncio.to_thread(_tell, "every", place, kustomize_program)
    assert (place / "said").read_text().count("\n") > 60
    await _told_once(place)


@pytest.mark.timeout(300)
async def test_a_story_whose_teller_dies_once_around_a_push_is_told_once(
    remote: BareRemote, kustomize_program: Path
) -> None:
    """Killed while git is on its way, or before the ledger knows that it arrived."""
    place = remote.folder.parent
    await asyncio.to_thread(_tell, "pushes", place, kustomize_program)
    tellings = [one for one in place.iterdir() if one.name.isdecimal()]
    assert len(tellings) > 2 * sum(PROMOTIONS.values())
    for telling in tellings:
        await _told_once(telling)


def _tell(how: str, place: Path, kustomize: Path) -> None:
    environment = {**os.environ, "HEADWAY_KUSTOMIZE": str(kustomize), "PYTHONPATH": f"{ROOT}/src:{ROOT}"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.fixtures.short_story", how, str(place)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stderr


async def _told_once(place: Path) -> None:
    """Hold ledger, Git and engine to each other, and all to what the story is."""
    facts = await _facts(place)
    decided = [fact.body.promotion_id for fact in facts if isinstance(fact.body, PromotionDecided)]
    landed = [fact.body.promotion_id for fact in facts if isinstance(fact.body, PromotionLanded)]
    ended = [fact.body.promotion_id for fact in facts if isinstance(fact.body, PromotionEnded)]
    judged = [fact.body.promotion_id for fact in facts if isinstance(fact.body, VerificationEnded)]
    assert len(decided) == len(set(decided)) == sum(PROMOTIONS.values()), place
    for others in (landed, ended, judged):
        assert Counter(others) == Counter(decided), place
    assert sum(isinstance(fact.body, HoldPlaced) for fact in facts) == 1, place
    assert sum(isinstance(fact.body, HoldLifted) for fact in facts) == 1, place
    remote = ExistingRemote(place / "remote")
    committed = {name: remote.promotions(name) for name in PROMOTIONS}
    assert {name: len(ids) for name, ids in committed.items()} == PROMOTIONS, place
    assert sorted(one for ids in committed.values() for one in ids) == sorted(landed), place
    runs = dict(line.split() for line in (place / "runs").read_text().splitlines())
    for name, instance in zip(PROMOTIONS, ("dev", "prod"), strict=True):
        path = f"shop/{instance}/lock.yaml"
        lock = read_lock(remote.show(f"environments/{name}", path).encode(), path)
        manifests = remote.show(f"environments/{name}", f"shop/{instance}/manifests/app/deployment-app.yaml")
        assert lock.promotion == committed[name][0] == runs[f"shop/{instance}"], place
        assert str(lock.entries["app"].reference) in manifests, place
    assert "holds.yaml" not in remote.git("ls-tree", "-r", "environments/production"), place


async def _facts(place: Path) -> list[Fact]:
    async with await SqliteLedger.open(place / "state" / "ledger.db", VirtualClock()) as ledger:
        return [fact async for fact in ledger.read()]


class ExistingRemote(BareRemote):
    """A bare repository that is there already."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = str(folder)

    def promotions(self, environment: str) -> list[str]:
        """Give the ids of a branch's promotion commits, newest first."""
        form = "--format=%(trailers:key=Promotion-Id,valueonly,separator=%x20)"
        return self.git("log", form, f"environments/{environment}").split()
