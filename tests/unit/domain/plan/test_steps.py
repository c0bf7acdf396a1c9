"""An artifact whose images change one at a time arrives at its newest version by steps of one image."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from immutables import Map

from headway.domain.estate import Application, Artifact, Environment, Estate, ImageSource, Lane, Wave
from headway.domain.facts import Outcome
from headway.domain.gates.images import images_changed, is_out_of_reach
from headway.domain.names import (
    ArtifactName,
    Cell,
    CommitId,
    Digest,
    EnvironmentName,
    InstanceName,
    RepositoryName,
    TreeId,
    Version,
)
from headway.domain.plan.pairs import first_wave_pairs
from headway.domain.plan.steps import walked_later, walked_pairs
from headway.domain.situation.records import CellState
from headway.domain.situation.shelf import Configuration, Image, Rendering, Shelf
from headway.domain.situation.situation import Situation

APP1, DEV = ArtifactName("oc", "app1"), InstanceName("oc", "dev")
CELL = Cell(APP1, DEV)
NOW = datetime(2026, 11, 2, tzinfo=UTC)
NAMES = ("proxy", "helper", "third")
DEVELOPMENT = EnvironmentName("development")
ESTATE = Estate(
    environments={DEVELOPMENT: Environment(name=DEVELOPMENT, engine="podman")},
    lanes={"standard": Lane(name="standard", waves=(Wave(name="dev", instances={"dev": DEVELOPMENT}),))},
    roles={},
    repositories={},
    applications={
        "oc": Application(
            name="oc",
            repository=RepositoryName("apps"),
            lane="standard",
            artifacts={
                "app1": Artifact(
                    name=APP1, image=ImageSource(repository="r.example/app1"), one_image_at_a_time=True
                )
            },
        )
    },
)
Beside = dict[str, int]


def digest(number: int) -> Digest:
    """Give the image of a number."""
    return Digest(f"sha256:{number:064x}")


def commit(number: int) -> CommitId:
    """Give the commit of a number."""
    return CommitId(f"{number:040x}")


def situation(images: list[int], commits: list[tuple[int, Beside | None]]) -> Situation:
    """Give what is known of images and commits, each with the instant it came at; None: not rendered yet."""
    shelf = Shelf(
        images=Map(
            {
                digest(number): Image(
                    digest=digest(number),
                    tags=(),
                    rank=("first seen", number),
                    first_seen=number,
                    found_at=NOW + timedelta(seconds=at),
                    source_commit=None,
                    source_position=None,
                    built_at=None,
                    platforms=(),
                )
                for number, at in enumerate(images)
            }
        ),
        newest_images=tuple(digest(number) for number in reversed(range(len(images)))),
        configurations=Map(
            {
                commit(number): Configuration(
                    commit=commit(number),
                    position=number,
                    author="",
                    subject="",
                    overlays=frozenset({"dev"}),
                    checks=(),
                    found_at=NOW + timedelta(seconds=at),
                )
                for number, (at, _) in enumerate(commits)
            }
        ),
        newest_configurations=tuple(commit(number) for number in reversed(range(len(commits)))),
        renderings=Map(
            {
                (commit(number), DEV): Rendering(
                    tree=TreeId(f"{number:040x}"),
                    problem=None,
                    images=tuple(f"r.example/{name}:1.{one}@{digest(one)}" for name, one in beside.items()),
                )
                for number, (_, beside) in enumerate(commits)
                if beside is not None
            }
        ),
    )
    start = Version(digest(0), commit(0))
    state = CellState(standing=start, locked=start)
    return Situation(estate=ESTATE, shelves=Map({APP1: shelf}), cells=Map({CELL: state}))


def moved(there: Situation, version: Version) -> Situation:
    """Let the cell run a version."""
    state = replace(there.cell(CELL), standing=version, locked=version)
    return replace(there, cells=there.cells.set(CELL, state))


def taken(there: Situation) -> Version | None:
    """Give the first pair that is within reach."""
    pairs = walked_pairs(there, CELL, 0, first_wave_pairs(there, CELL, 0, NOW), None)
    return next((one for one in pairs if not is_out_of_reach(there, CELL, one)), None)


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[int], list[tuple[int, Beside]]]:
    """Give images and commits in any order of arrival; each commit changes one image beside at most."""
    images = sorted(draw(st.lists(st.integers(0, 50), min_size=1, max_size=5)))
    beside: Beside = dict.fromkeys(NAMES, 0)
    commits = [(0, dict(beside))]
    for _ in range(draw(st.integers(0, 8))):
        beside[draw(st.sampled_from(NAMES))] = draw(st.integers(0, 2))
        commits.append((commits[-1][0] + draw(st.integers(0, 9)), dict(beside)))
    return images, commits


@settings(max_examples=200, deadline=None)
@given(history=histories())
def test_it_arrives_by_steps_of_one_image(history: tuple[list[int], list[tuple[int, Beside]]]) -> None:
    """Whatever came in whatever order, if each commit changed one image at most."""
    images, commits = history
    there = situation(images, list(commits))
    for _ in range(len(images) + len(commits)):
        version = taken(there)
        if version is None:
            break
        assert len(images_changed(there, CELL, version) or ()) <= 1
        there = moved(there, version)
    assert there.cell(CELL).standing == Version(digest(len(images) - 1), commit(len(commits) - 1))


def test_the_half_that_waited_longest_goes_first() -> None:
    one, two = dict.fromkeys(NAMES, 0), dict.fromkeys(NAMES, 0) | {"proxy": 1}
    assert taken(situation([0, 5], [(0, one), (6, two)])) == Version(digest(1), commit(0))
    assert taken(situation([0, 6], [(0, one), (5, two)])) == Version(digest(0), commit(1))


def test_what_is_not_rendered_yet_is_asked_for_before_anything_older() -> None:
    """Unknown is neither out of reach nor passed over."""
    one, two = dict.fromkeys(NAMES, 0), dict.fromkeys(NAMES, 0) | {"proxy": 1}
    assert taken(situation([0], [(0, one), (1, two), (2, None)])) == Version(digest(0), commit(2))
    both = {**two, "helper": 1}
    assert taken(situation([0], [(0, one), (1, two), (2, both)])) == Version(digest(0), commit(1))


def test_of_later_waves_versions_only_the_newest_out_of_reach_is_kept() -> None:
    """It is named by `why`; the others would fill the place of what is near."""
    besides = [dict.fromkeys(NAMES, 0) | {"proxy": at // 2, "helper": (at + 1) // 2} for at in range(6)]
    there = situation([0], [(at, beside) for at, beside in enumerate(besides)])
    versions = [Version(digest(0), commit(at)) for at in range(5, 0, -1)]
    assert walked_later(there, CELL, 0, versions) == (versions[0], versions[-1])


def test_what_failed_where_it_runs_binds_nothing() -> None:
    """Its cure may take more than one image."""
    one, two = dict.fromkeys(NAMES, 0), dict.fromkeys(NAMES, 0) | {"proxy": 1, "helper": 1}
    there = situation([0], [(0, one), (1, two)])
    assert taken(there) is None
    state = there.cell(CELL)
    left = replace(state, outcomes=state.outcomes.set(Version(digest(0), commit(0)), Outcome.LEFT))
    there = replace(there, cells=there.cells.set(CELL, left))
    assert taken(there) == Version(digest(0), commit(1))
