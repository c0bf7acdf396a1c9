"""A soak runs on what is seen healthy, and keeps what it has."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from headway.domain.deployment import ArtifactHealth, DeploymentState
from headway.domain.names import ArtifactName, Cell, InstanceName
from headway.domain.situation import Situation
from headway.domain.situation.records import InstanceState, Soak
from headway.domain.situation.soaks import soaking

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
CELL = Cell(ArtifactName("oc", "app1"), InstanceName("oc", "dev"))
State = DeploymentState


def _seen(**states: DeploymentState) -> Situation:
    health = {name: ArtifactHealth(state=state) for name, state in states.items()}
    situation = Situation()
    return replace(situation, instances=situation.instances.set(CELL.instance, InstanceState(health=health)))


def test_only_healthy_lets_it_run_and_nothing_known_does_not() -> None:
    assert soaking(_seen(app1=State.HEALTHY), CELL, Soak(), AT) == Soak(since=AT)
    for state in set(State) - {State.HEALTHY}:
        assert soaking(_seen(app1=state), CELL, Soak(), AT).since is None
    assert soaking(_seen(), CELL, Soak(), AT).since is None


def test_another_artifacts_illness_stops_it_and_its_start_does_not() -> None:
    running = Soak(since=AT)
    later = AT + timedelta(minutes=3)
    ill = soaking(_seen(app1=State.HEALTHY, app2=State.DEGRADED), CELL, running, later)
    assert ill == Soak(total=timedelta(minutes=3), stood_since=later)
    assert soaking(_seen(app1=State.HEALTHY, app2=State.PROGRESSING), CELL, running, later) == running


@given(st.lists(st.tuples(st.sampled_from(list(State)), st.integers(1, 600)), max_size=30))
def test_the_soak_is_the_sum_of_the_healthy_stretches(story: list[tuple[DeploymentState, int]]) -> None:
    soak, now, healthy = Soak(), AT, 0
    for state, seconds in story:
        soak = soaking(_seen(app1=state), CELL, soak, now)
        now += timedelta(seconds=seconds)
        healthy += seconds if state is State.HEALTHY else 0
        assert soak.at(now) == timedelta(seconds=healthy)
        assert (soak.since is None) == (state is not State.HEALTHY)
