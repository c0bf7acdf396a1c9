"""Facts' bodies survive JSON exactly, whatever they hold."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, get_args

import immutables
import pytest
import rfc8785
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headway.adapters.ledger.chain import Envelope
from headway.adapters.ledger.codec import codec_for, read_instant, write_instant
from headway.adapters.ledger.upcast import upcast
from headway.domain.errors import UsageError
from headway.domain.facts import DeploymentSeen, FactBody, ImagesLookedAt
from headway.domain.names import ArtifactName, Cell, CommitId, InstanceName, PromotionId, Version

CELL = Cell(ArtifactName("a", "b"), InstanceName("a", "c"))

st.register_type_strategy(datetime, st.datetimes(timezones=st.just(UTC)))
# Canonical JSON, like JavaScript, has whole numbers up to 2^53 - 1 only.
st.register_type_strategy(int, st.integers(-(2**53) + 1, 2**53 - 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Odd:
    """Holds what no fact holds yet."""

    cells: Mapping[Cell, Version]
    versions: Mapping[Version, timedelta]
    commits: Mapping[CommitId, tuple[Cell, ...]]
    at: datetime
    nested: tuple[Mapping[ArtifactName, Mapping[InstanceName, int]], ...] = ()


@pytest.mark.parametrize("kind", [*get_args(FactBody), Odd], ids=lambda kind: kind.__name__)
def test_every_body_reads_back_as_it_was_written_and_writes_the_same_again(kind: type) -> None:
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(st.from_type(kind))
    def round_trips(body: object) -> None:
        text = codec_for(kind).encode(body)
        again = codec_for(kind).decode(text)
        assert again == body
        assert codec_for(kind).encode(again) == text
        assert rfc8785.dumps(json.loads(text)).decode() == text

    round_trips()


def test_foreign_mappings_are_read_back_as_equal_plain_ones() -> None:
    for mapping in (
        MappingProxyType({CELL: Version(None, CommitId("c"))}),
        immutables.Map({CELL: Version(None, CommitId("c"))}),
    ):
        body = Odd(cells=mapping, versions={}, commits={}, at=datetime(2026, 1, 1, tzinfo=UTC))  # type: ignore[arg-type]
        assert codec_for(Odd).decode(codec_for(Odd).encode(body)).cells == {
            CELL: Version(None, CommitId("c"))
        }


def test_named_tuples_come_back_as_themselves() -> None:
    body = ImagesLookedAt(artifact=ArtifactName("a", "b"))
    read: Any = codec_for(ImagesLookedAt).decode(codec_for(ImagesLookedAt).encode(body))
    assert type(read.artifact) is ArtifactName


@pytest.mark.parametrize(
    "artifact",
    [("a", 1), "text", None, ("lone \ud800 surrogate", "b")],
    ids=["number", "text", "none", "surrogate"],
)
def test_a_body_of_the_wrong_shape_is_refused_when_it_is_written(artifact: object) -> None:
    with pytest.raises(UsageError) as told:
        codec_for(ImagesLookedAt).encode(ImagesLookedAt(artifact=artifact))  # type: ignore[arg-type]
    assert told.value.code == "fact-malformed"


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"artifact": "a/b"}', '{"artifact": ["a"]}', '{"artifact": [1, 2]}']
)
def test_a_body_that_does_not_fit_is_not_guessed_at(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  pydantic's messages are its own
        codec_for(ImagesLookedAt).decode(text)


def test_an_unknown_state_of_a_deployment_is_not_guessed_at() -> None:
    body = DeploymentSeen(promotion_id=PromotionId("1"), instance=InstanceName("a", "b"), artifacts={})
    text = codec_for(DeploymentSeen).encode(body).replace("{}", '{"app1":{"state":"sleepy"}}', 1)
    with pytest.raises(ValueError, match=r"artifacts\.app1\.state: Input"):
        codec_for(DeploymentSeen).decode(text)


@given(st.datetimes(timezones=st.timezones()))
@settings(deadline=None, database=None, suppress_health_check=list(HealthCheck))
def test_instants_are_written_in_utc_and_read_back(instant: datetime) -> None:
    # Within a day of the calendar's ends UTC may lie outside it.
    if 2 <= instant.year <= 9998:
        # By timestamp: Python holds an instant in a repeated hour equal to none of another zone.
        assert read_instant(write_instant(instant)).timestamp() == instant.timestamp()
        assert write_instant(instant).endswith("Z")


@given(text=st.text(), number=st.integers(1, 2**53 - 1))
def test_the_envelope_s_quick_canonical_form_is_that_of_rfc_8785(text: str, number: int) -> None:
    texts = dict.fromkeys(("type", "happened_at", "recorded_at", "actor", "reason"), text)
    envelope = Envelope(sequence=number, schema=1, body="", **texts)
    assert envelope.canonical().encode() == rfc8785.dumps({"sequence": number, "schema": 1, **texts})


def test_an_old_body_is_brought_up_one_schema_at_a_time() -> None:
    steps = {
        ("t", 1): lambda body: body | {"two": body["one"] * 2},
        ("t", 2): lambda body: {key: value for key, value in body.items() if key != "one"},
    }
    assert upcast("t", 1, {"one": 1}, steps=steps) == {"two": 2}
    assert upcast("t", 2, {"one": 1, "two": 2}, steps=steps) == {"two": 2}
    assert upcast("t", 3, {"two": 2}, steps=steps) == {"two": 2}
    assert upcast("other", 1, {"one": 1}, steps=steps) == {"one": 1}
