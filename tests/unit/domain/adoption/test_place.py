"""Which application and instance a folder is for, in the layouts that people use."""

import pytest

from headway.domain.adoption.place import place_of, rank_of


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("oneconnect/overlays/staging", "oneconnect/staging"),
        ("oneconnect/overlays/production-us", "oneconnect/production-us"),
        ("apps/app1/dev", "app1/dev"),
        ("apps/app1/overlays/dev", "app1/dev"),
        ("app1/environments/prod", "app1/prod"),
        ("clusters/production/app1", "app1/production"),
        ("environments/staging/app1", "app1/staging"),
        ("team/app1/overlays/qa1", "app1/qa1"),
        ("app1/overlays/us-west-2", "app1/us-west-2"),
        ("us-west-2/app1", "app1/us-west-2"),
        ("overlays/dev", "here/dev"),
        ("App_One/overlays/Dev", "app-one/dev"),
    ],
)
def test_a_path_names_an_application_and_an_instance(path: str, place: str) -> None:
    assert str(place_of(path, ["us-west-2"], "here")) == place


@pytest.mark.parametrize("path", ["", "overlays", "ä/ö"])
def test_a_path_without_names_is_not_guessed_at(path: str) -> None:
    assert place_of(path, [], "here") is None


def test_names_that_are_known_have_their_place_in_a_lane() -> None:
    ranks = [rank_of(name) for name in ("dev", "test2", "qa", "staging", "us-prod", "production-us-west-2")]
    assert ranks == [0, 1, 1, 2, 3, 3]
    assert rank_of("blue") is None
    assert rank_of("predator") is None
