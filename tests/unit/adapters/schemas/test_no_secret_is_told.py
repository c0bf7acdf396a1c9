"""Whatever text stands wherever in a manifest: no message repeats it, and every message has a way out."""

from copy import deepcopy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fixtures.ordinary_manifests import NAMES, ordinary

from headway.adapters.schemas.judge import judge_objects
from headway.domain.kubernetes_version import KubernetesVersion

SECRET = "hunter2-Qz81-zz"
OBJECTS = [one for name in NAMES for one in ordinary(name)]
DEFINITIONS = ordinary("operator")[:1]
WORDS = {"apiVersion", "kind", "name", "namespace"}
"""What names an object or its kind is told: it is no place of a secret."""

Place = tuple[str | int, ...]


def places(value: object, at: Place = ()) -> list[Place]:
    below: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        below = list(value.items())
    elif isinstance(value, list):
        below = list(enumerate(value))
    own = [at] if at and at[-1] not in WORDS else []
    return own + [place for part, inner in below for place in places(inner, (*at, part))]


def put(found: dict[str, object], place: Place, value: object) -> dict[str, object]:
    changed: Any = deepcopy(found)
    holder = changed
    for part in place[:-1]:
        holder = holder[part]
    holder[place[-1]] = value
    return changed


@settings(deadline=None, database=None)
@given(st.data())
def test_no_text_of_a_manifest_is_repeated(data: st.DataObject) -> None:
    found = data.draw(st.sampled_from(OBJECTS))
    place = data.draw(st.sampled_from(places(found)))
    value = data.draw(st.sampled_from([SECRET, [SECRET], {"a": SECRET}]))
    judged = judge_objects([put(found, place, value)], KubernetesVersion(1, 34), DEFINITIONS)
    for one in judged.violations:
        assert SECRET not in one.message
        assert SECRET not in one.path
    for other in judged.unjudged:
        assert SECRET not in str(other)


@settings(deadline=None, database=None)
@given(st.data())
def test_any_value_anywhere_is_judged_without_a_crash(data: st.DataObject) -> None:
    found = data.draw(st.sampled_from(OBJECTS))
    place = data.draw(st.sampled_from([(), *places(found)]))
    leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
    value = data.draw(
        st.recursive(
            leaves,
            lambda inner: (
                st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
            ),
            max_leaves=8,
        )
    )
    changed = put(found, place, value) if place else value
    objects = [changed] if isinstance(changed, dict) else []
    definitions = [*objects, *DEFINITIONS]
    assert judge_objects(objects, KubernetesVersion(1, 34), definitions) is not None
