"""What Headway rendered is read fast, and exactly as every YAML is read."""

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headway.adapters.kustomize.yaml_text import write_object
from headway.app.bounded_yaml import read_documents
from headway.app.rendered_yaml import read_plain, read_rendered
from headway.domain.errors import UsageError

TEXTS = st.one_of(
    st.text(max_size=12),
    st.text(alphabet='ab:#-|>"\\ \n\t{}[]&*!%@0.y~é\u2028', max_size=12),
    st.sampled_from(["true", "null", "y", "1", "1.5", "0x1", "1e3", "- a", "a: b", "<<", "a\nb\n", "a\n\n"]),
)  # fmt: skip
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=20,
)
OBJECTS = st.dictionaries(TEXTS, VALUES, min_size=1, max_size=5)
MARKS = [
    "\n",
    " ",
    "  ",
    "- ",
    ": ",
    ":",
    '"',
    "\\",
    "#",
    "|",
    "|-",
    "|+",
    "{}",
    "[",
    "a",
    "0",
    "&a ",
    "*a",
    "---\n",
]


def by_general_rules(data: bytes) -> list[Any] | None:
    """Read it as any YAML; None: it is refused."""
    try:
        return [one.value for one in read_documents(data, "file")]
    except UsageError:
        return None


@given(OBJECTS)
def test_whatever_is_written_is_read_as_all_yaml_is(value: dict[str, object]) -> None:
    data = write_object(value)
    expected = by_general_rules(data)
    plain = read_plain(data)
    if plain is not None:
        assert repr([plain]) == repr(expected)
    if expected is not None:
        assert repr(list(read_rendered(data, "file"))) == repr(expected)


@given(OBJECTS, st.integers())
def test_what_other_hands_changed_is_never_read_otherwise(value: dict[str, object], seed: int) -> None:
    """A text near the form is read like any YAML, or left to who reads any."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    text = write_object(value).decode()
    for _ in range(chance.randint(1, 3)):
        at, until = sorted(chance.randint(0, len(text)) for _ in "12")
        gone = chance.choice([at, min(until, at + 2)])
        text = text[:at] + chance.choice(["", *MARKS]) + text[gone:]
    plain = read_plain(text.encode())
    if plain is not None:
        assert repr([plain]) == repr(by_general_rules(text.encode()))


MANIFEST = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "app1", "labels": {"app.kubernetes.io/name": "app1"}, "annotations": {"a b": "yes"}},
    "data": {"settings.yaml": "a: 1\n  b: |\n\nc\n", "last": "x\n\n\n", "none": "", "one": "x\ny", "url": "nats://a:4222"},
    "list": [1, -2.5, True, None, "1", {"a": [{"b": []}, ["c", ["d", {}]]]}, "l1\nl2\n"],
}  # fmt: skip


def test_ordinary_manifests_are_of_the_plain_form() -> None:
    data = write_object(MANIFEST)
    assert read_plain(data) == MANIFEST
    assert by_general_rules(data) == [MANIFEST]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a: 1",
        "a: 1\na: 2\n",
        "a: 1\n---\nb: 2\n",
        "a: [1]\n",
        "a: 'x'\n",
        "a: yes\n",
        "a: 010\n",
        "a: 1 # one\n",
        "# one\na: 1\n",
        "a: &x b\n",
        "a:\n",
        "a:\n   b: 1\n",
        "a:\n  - b\n",
        "a: |\n  b\n\n",
        "a: |2\n  b\n",
        "a: >-\n  b\n",
        'a: "b\\U0001f600"\n',
        'a: "\\ud83d\\ude00"\n',
        '"<<": {}\n',
        "a: b\r\n",
        "- a\n",
        "a:\n- \n",
    ],
)
def test_other_forms_are_left_to_who_reads_all_yaml(text: str) -> None:
    assert read_plain(text.encode()) is None


def test_what_cannot_be_read_is_refused_with_its_line() -> None:
    with pytest.raises(UsageError, match=r"app1\.yaml:2") as caught:
        read_rendered(b"a: 1\na: 2\n", "app1.yaml")
    assert caught.value.code == "yaml-malformed"
