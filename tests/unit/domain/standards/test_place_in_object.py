"""A place inside an object is read as it is shown."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headway.domain.standards.place import Step, covers, parse_place, reaches_below, show_place

NAMES = st.text(max_size=12)
ITEMS = st.text(st.characters(exclude_characters="[]'"), min_size=1, max_size=12)
STEPS = st.builds(Step, NAMES, st.just(False)) | st.builds(Step, ITEMS, st.just(True))


@settings(deadline=None, database=None)
@given(st.lists(STEPS, max_size=6).map(tuple))
def test_what_is_shown_is_read_back(place: tuple[Step, ...]) -> None:
    assert parse_place(show_place(place)) == place


@pytest.mark.parametrize(
    "text", ["a.", ".", "a..b", "a[", "a[]", "a]", "a[0]b", "a b", "a['b]", "a[b[c]]", "a['b'", "a/b"]
)
def test_what_is_no_place_is_none(text: str) -> None:
    assert parse_place(text) is None


@pytest.mark.parametrize(
    ("pattern", "place", "is_covered"),
    [
        ("", "spec.replicas", True),
        ("spec.replicas", "spec.replicas", True),
        ("spec", "spec.replicas", True),
        ("spec.replicas", "spec", False),
        ("spec.replica", "spec.replicas", False),
        ("spec.containers[*].resources", "spec.containers[app1].resources.limits.memory", True),
        ("spec.containers[app*].image", "spec.containers[app1].image", True),
        ("spec.containers[app2].image", "spec.containers[app1].image", False),
        ("spec.containers.*", "spec.containers[app1]", False),
        ("data.*", "data['settings.yaml']", True),
        ("metadata.labels['example.com/*']", "metadata.labels['example.com/region']", True),
        ("*.replicas", "spec.replicas", True),
        ("Spec.replicas", "spec.replicas", False),
    ],
)
def test_a_declared_place_covers_itself_and_what_is_below_it(
    pattern: str, place: str, *, is_covered: bool
) -> None:
    declared, met = parse_place(pattern), parse_place(place)
    assert declared is not None
    assert met is not None
    assert covers(declared, met) == is_covered
    assert reaches_below(declared, met[:1]) == (len(declared) > 1 and declared[0].name in {"*", met[0].name})
