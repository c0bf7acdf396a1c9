"""Records that were written once are read by every later version."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.fixtures.fact_samples import SAMPLES, sample_path

from headway.adapters.ledger.codec import codec_for, known_types
from headway.adapters.ledger.upcast import upcast

ADD = "add it by `python -m tests.fixtures.fact_samples` and commit it; never change one that is there"


def test_every_schema_of_every_type_has_its_sample() -> None:
    wanted = {
        sample_path(fact_type, schema)
        for fact_type, kind in known_types().items()
        for schema in range(1, kind.SCHEMA + 1)  # type: ignore[attr-defined]
    }
    missing = sorted(path.name for path in wanted if not path.exists())
    assert not missing, f"no sample {', '.join(missing)}: {ADD}"
    left = sorted(path.name for path in set(SAMPLES.glob("*.json")) - wanted)
    assert not left, f"{', '.join(left)}: a type that was recorded once must stay known"


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_a_sample_still_reads_and_nothing_of_it_is_lost(path: Path) -> None:
    sample: dict[str, Any] = json.loads(path.read_text("utf-8"))
    kind: Any = known_types()[sample["type"]]
    body = upcast(sample["type"], sample["schema"], sample["body"])
    again = json.loads(codec_for(kind).encode(codec_for(kind).decode(json.dumps(body))))
    assert lost(body, again) == []


def lost(recorded: Any, read: Any, where: str = "body") -> list[str]:
    """Give the places where what was recorded does not come back; what was added since does not count."""
    if isinstance(recorded, dict) and isinstance(read, dict):
        return [
            place
            for key, value in recorded.items()
            for place in (lost(value, read[key], f"{where}.{key}") if key in read else [f"{where}.{key}"])
        ]
    if isinstance(recorded, list) and isinstance(read, list) and len(recorded) == len(read):
        return [
            place
            for number, (old, new) in enumerate(zip(recorded, read, strict=True))
            for place in lost(old, new, f"{where}[{number}]")
        ]
    return [] if recorded == read else [where]
