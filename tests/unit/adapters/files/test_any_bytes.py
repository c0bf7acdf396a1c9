"""Whatever the bytes of a file are: they are read, or refused with a line of the file."""

import json

from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from headway.adapters.files.application_model import ApplicationFile
from headway.adapters.files.document import load
from headway.adapters.files.estate_model import EstateFile
from headway.adapters.files.validation import validate
from headway.domain.estate.problems import EstateInvalid

WORDS = (
    """a lanes : :_ -_ [ ] { } ,_ &x_ *x !t_ ' " | > # % --- ... \\x ? << ~ 1 0.5 é @ ` true environments:_"""
)
LINES = ("\n", "\t", "\u2028", "kind: Estate\n", "lanes: {s: [{wave: ", "artifacts: {a: {image: ")
YAML_LIKE = st.lists(
    st.sampled_from((*(word.replace("_", " ") for word in WORDS.split()), *LINES)), max_size=40
).map("".join)


def refusal_of(data: bytes, model: type[BaseModel]) -> EstateInvalid | None:
    try:
        validate(load(data, "estate.yaml"), model)
    except EstateInvalid as error:
        return error
    return None


def read_or_refuse(data: bytes) -> None:
    for model in (EstateFile, ApplicationFile):
        refusal = refusal_of(data, model)
        last = max(1, len(data.splitlines()) + data.count(b"\xe2\x80\xa8") + 1)
        for problem in refusal.problems if refusal else ():
            assert 1 <= problem.line <= last
            assert problem.why
            assert problem.suggestion
            str(problem).encode()


@settings(max_examples=150, deadline=None)
@given(YAML_LIKE)
@example('lanes: "\\UFFFFFFFF"')
@example('lane: "\\uD800"')
@example("? {a: b}\n: c")
@example("a: 99999999999999999999999999")
@example("%YAML 9.9\n---\na: 1")
@example("- " * 200)
@example("a: |9\n x")
def test_any_text_is_read_or_refused(text: str) -> None:
    read_or_refuse(text.encode())


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=64))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    read_or_refuse(data)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FIELDS = ("environments", "lanes", "manifests", "roles", "artifacts", "checks", "gates", "needs", "lane")


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(FIELDS), VALUES))
def test_any_value_of_a_field_is_read_or_refused(fields: dict[str, object]) -> None:
    read_or_refuse(json.dumps(fields).encode())
