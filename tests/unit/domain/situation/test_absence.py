"""Clocks stand for the sources that an instance hangs on, each second of absence once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tests.fixtures.world import APPLICATION, APPS, ESTATE

from headway.adapters.files import FileEstateReader
from headway.domain.estate.sources import SourceTree
from headway.domain.facts import Source
from headway.domain.names import CommitId, InstanceName
from headway.domain.situation import Situation
from headway.domain.situation.absence import is_any_away, sources_of, time_away

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
PROD1 = InstanceName("oc", "prod1")
GIT, REGISTRY = (Source.GIT, "argocd-oc-apps"), (Source.REGISTRY, "registry.example")
OWN, OTHER = (Source.ENGINE, "production-1"), (Source.ENGINE, "production-2")


def _minutes(count: float) -> datetime:
    return AT + timedelta(minutes=count)


def _situation() -> Situation:
    folders = {f"oc/{name}" for name in ("app1", "app2")}
    folders |= {f"{one}/overlays/{name}" for one in folders for name in ("dev", "staging", "prod1", "prod2")}
    files = {"estate.yaml": ESTATE.encode(), "oc/application.yaml": APPLICATION.encode()}
    tree = SourceTree(repository=APPS, commit=CommitId("0" * 40), files=files, folders=frozenset(folders))
    return Situation(estate=FileEstateReader().estate({APPS: tree}).estate)


def test_an_instance_hangs_on_its_engine_its_repository_and_its_registries_alone() -> None:
    assert sources_of(_situation(), PROD1) == {GIT, REGISTRY, OWN}
    assert sources_of(_situation(), InstanceName("gone", "prod1")) == frozenset()


def test_overlapping_absences_count_once_and_others_not_at_all() -> None:
    situation = _situation()
    spells = situation.away_spells
    spells = spells.set(GIT, ((_minutes(1), _minutes(4)), (_minutes(10), _minutes(11))))
    spells = spells.set(OWN, ((_minutes(3), _minutes(6)),)).set(OTHER, ((_minutes(0), _minutes(99)),))
    situation = replace(situation, away_spells=spells)
    assert time_away(situation, PROD1, AT, _minutes(20)) == timedelta(minutes=6)
    assert time_away(situation, PROD1, _minutes(5), _minutes(10.5)) == timedelta(minutes=1.5)
    assert not is_any_away(situation, PROD1)


def test_an_absence_that_lasts_counts_up_to_now() -> None:
    situation = _situation()
    situation = replace(situation, away=situation.away.set(REGISTRY, (_minutes(2), "gone")))
    assert is_any_away(situation, PROD1)
    assert time_away(situation, PROD1, AT, _minutes(5)) == timedelta(minutes=3)
    assert time_away(situation, PROD1, _minutes(4), _minutes(5)) == timedelta(minutes=1)
