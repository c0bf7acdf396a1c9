"""What the engine does not enforce is found, and documented word for word."""

import re
from pathlib import Path

import pytest

from headway.adapters.podman import fields

PAGE = Path(__file__).parents[4] / "docs" / "reference" / "podman-engine.md"
TABLES = (
    fields.DONE_KINDS,
    fields.IGNORED_KINDS,
    fields.UNSUPPORTED_KINDS,
    fields.IGNORED_FIELDS,
    {**fields.UNSUPPORTED_FIELDS, **fields.UNSUPPORTED_CONTAINER_FIELDS, **fields.UNSUPPORTED_OTHERS},
)


def test_the_page_lists_exactly_what_the_code_does() -> None:
    listed = dict(re.findall(r"^\| `([^`]+)` \| (.+) \|$", PAGE.read_text(), re.MULTILINE))
    assert listed == {name: words for table in TABLES for name, words in table.items()}


def test_an_artifact_that_needs_what_is_not_done_is_told_so() -> None:
    documents = [
        {"kind": "StatefulSet", "metadata": {"name": "db"}, "spec": {}},
        {"kind": "Gateway", "metadata": {"name": "front"}},
        {"kind": "ServiceAccount", "metadata": {"name": "app"}},
        {
            "kind": "Service",
            "metadata": {"name": "dns"},
            "spec": {"ports": [{"port": 53, "protocol": "UDP"}]},
        },
        {
            "kind": "Deployment",
            "metadata": {"name": "app"},
            "spec": {
                "template": {
                    "spec": {
                        "hostNetwork": True,
                        "affinity": {},
                        "containers": [{"lifecycle": {"preStop": {}}}],
                    }
                }
            },
        },
    ]
    found = [(one.kind, one.field, one.blocks) for one in fields.unsupported(documents)]
    assert found == [
        ("Deployment", "hostNetwork", False),
        ("Deployment", "lifecycle", False),
        ("Gateway", "", False),
        ("Service", "ports.protocol", False),
        ("StatefulSet", "", True),
    ]


@pytest.mark.parametrize("kind", sorted(fields.BLOCKING_KINDS))
def test_what_would_silently_not_run_blocks(kind: str) -> None:
    (one,) = fields.unsupported([{"kind": kind, "metadata": {"name": "x"}}])
    assert one.blocks


def pod(container: dict[str, object], **spec: object) -> list[dict[str, object]]:
    return [{"kind": "Pod", "metadata": {"name": "app"}, "spec": {**spec, "containers": [container]}}]


@pytest.mark.parametrize(
    ("lifecycle", "told"),
    [
        ({"preStop": {"sleep": {"seconds": 5}}}, []),
        ({"preStop": {"exec": {"command": ["drain"]}}}, ["lifecycle"]),
        ({"postStart": {"sleep": {"seconds": 5}}}, ["lifecycle"]),
        ({"preStop": {"sleep": {"seconds": 5}}, "postStart": {"exec": {"command": ["warm"]}}}, ["lifecycle"]),
    ],
)
def test_only_a_pause_before_the_end_is_what_draining_does_anyway(
    lifecycle: dict[str, object], told: list[str]
) -> None:
    assert [one.field for one in fields.unsupported(pod({"lifecycle": lifecycle}))] == told


@pytest.mark.parametrize(
    ("of_pod", "own", "is_told"),
    [
        ({"runAsNonRoot": True}, {}, True),
        ({"runAsNonRoot": True, "runAsUser": 10001}, {}, False),
        ({"runAsNonRoot": True, "runAsUser": 10001}, {"runAsUser": 0}, True),
        ({}, {"runAsNonRoot": True, "runAsUser": 10001}, False),
        ({"runAsUser": 10001}, {"runAsNonRoot": True}, False),
        ({"runAsNonRoot": True}, {"runAsNonRoot": False}, False),
    ],
)
def test_that_no_image_runs_as_root_is_kept_where_a_user_is_named(
    of_pod: dict[str, object], own: dict[str, object], is_told: bool
) -> None:
    found = fields.unsupported(pod({"securityContext": own}, securityContext=of_pod))
    assert [one.field for one in found] == (["securityContext.runAsNonRoot"] if is_told else [])
