"""The lane that instances are put in."""

import pytest

from headway.domain.adoption.waves import parse_waves, waves_of
from headway.domain.errors import UsageError
from headway.domain.names import EnvironmentName

PLACES = {name: EnvironmentName(name) for name in ("prod-us", "dev", "qa", "prod-eu", "staging", "test")}


def test_kinds_follow_each_other_and_so_do_regions_of_production() -> None:
    assert waves_of(PLACES) == (("dev",), ("qa", "test"), ("staging",), ("prod-eu",), ("prod-us",))


def test_an_environments_name_tells_where_an_instances_does_not() -> None:
    assert waves_of({"blue": EnvironmentName("production"), "red": EnvironmentName("dev")}) == (
        ("red",),
        ("blue",),
    )


def test_a_person_says_what_names_do_not() -> None:
    assert parse_waves("red, blue+green", ["green", "blue", "red"]) == (("red",), ("blue", "green"))


@pytest.mark.parametrize("text", ["red", "red, blue, blue", "red, blue, x", "", "red,,blue"])
def test_a_lane_names_each_instance_once(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_waves(text, ["red", "blue"])
    assert caught.value.code == "adopt-order-unknown"
