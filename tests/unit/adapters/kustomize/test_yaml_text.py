"""Objects written as YAML are read back as they were."""

from hypothesis import given
from hypothesis import strategies as st

from headway.adapters.kustomize.yaml_text import write_object
from headway.app.bounded_yaml import read_documents

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.sampled_from(
        ["yes", "n", "1e3", "0x1", "~", "- a", "a: b", "a\nb\n", "a\n\n", "a \n b", "#x", "1:30"]
    )
    | st.from_regex(r"[ab# :\n-]{1,12}", fullmatch=True)
)
KEYS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6).filter(lambda key: key != "<<")
VALUES = st.recursive(
    SCALARS, lambda below: st.lists(below, max_size=3) | st.dictionaries(KEYS, below, max_size=3)
)


@given(st.dictionaries(KEYS, VALUES, min_size=1))
def test_any_object_is_read_back_as_it_was(value: dict[str, object]) -> None:
    (document,) = read_documents(write_object(value), "f.yaml")
    assert document.value == value


def test_a_text_of_several_lines_stands_as_people_wrote_it() -> None:
    assert write_object({"a": {"b": ["x\ny\n", {"c": "x\ny"}]}}).decode() == (
        "a:\n  b:\n  - |\n    x\n    y\n  - c: |-\n      x\n      y\n"
    )
