"""The gate `standards`: a verdict counts only while all that it depends on is as it was."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from immutables import Map

from headway.domain.estate import (
    Application,
    Artifact,
    Environment,
    Estate,
    ImageSource,
    Lane,
    ManifestsRepository,
    Wave,
)
from headway.domain.facts import Fact, StandardsJudged, StandardsTaken
from headway.domain.facts.fact import HEADWAY
from headway.domain.gates import ALLOWED, Allowed, Blocked, Question
from headway.domain.gates.judged import fingerprint_of
from headway.domain.gates.standards import does_not_meet, standards, to_be_judged
from headway.domain.kubernetes_version import KubernetesVersion
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
from headway.domain.situation import Situation, evolve
from headway.domain.situation.records import CellState, Deployed, InstanceState
from headway.domain.situation.shelf import Rendering, Shelf
from headway.domain.standards import ObjectKey, PolicyProblem, Unjudged, Violation
from headway.domain.standards.parity import DeclaredDifference
from headway.domain.standards.waiver import Scope, Waiver

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
DEV, STAGING = InstanceName("oc", "dev"), InstanceName("oc", "staging")
APP1, APP2 = ArtifactName("oc", "app1"), ArtifactName("oc", "app2")
CELL, BESIDE, ELSEWHERE = Cell(APP1, STAGING), Cell(APP2, STAGING), Cell(APP2, DEV)
VERSION = Version(Digest("sha256:" + "1" * 64), CommitId("a" * 40))
OTHER = Version(None, CommitId("b" * 40))
KEY = ObjectKey(api_version="apps/v1", kind="Deployment", namespace="oc-staging", name="app1")
FOUND = Violation(rule="enough", object=KEY, message="Write two", path="spec.replicas")
ENDS = date(2026, 3, 4)
WAIVER = Waiver(rule="enough", scope=Scope(application="oc"), owner="pat", reason="soon", ends=ENDS)
RULES = ("enough", "network-policy", "parity")


def _estate(**fields: object) -> Estate:
    environments = {
        EnvironmentName(name): Environment(name=EnvironmentName(name), engine="podman")
        for name in ("development", "staging")
    }
    waves = tuple(
        Wave(name=name, instances={name: EnvironmentName(environment)})
        for name, environment in (("dev", "development"), ("staging", "staging"))
    )
    image = ImageSource(repository="registry.example/oc/app1")
    artifacts = {"app1": Artifact(name=APP1, image=image), "app2": Artifact(name=APP2, image=None)}
    repository = RepositoryName("apps")
    application = Application(name="oc", repository=repository, lane="standard", artifacts=artifacts)
    estate = Estate(
        environments=environments,
        lanes={"standard": Lane(name="standard", waves=waves)},
        roles={},
        repositories={repository: ManifestsRepository(name=repository, url="file:///apps")},
        applications={"oc": application},
    )
    return replace(estate, **fields)  # type: ignore[arg-type]  # of an Estate


def _taken(**fields: object) -> StandardsTaken:
    taken = StandardsTaken(commit=CommitId("c" * 40), headway="1", fingerprint="one", chosen=(), rules=RULES)
    return replace(taken, **fields)  # type: ignore[arg-type]  # of a StandardsTaken


def _with(situation: Situation, body: object) -> Situation:
    sequence = situation.sequence + 1
    return evolve(
        situation,
        Fact(sequence=sequence, body=body, happened_at=NOW, recorded_at=NOW, actor=HEADWAY, reason=""),
    )


def _rendered(situation: Situation, tree: str) -> Situation:
    rendering = Rendering(tree=TreeId(tree), problem=None)
    shelf = Shelf(renderings=Map({(VERSION.commit, STAGING): rendering}))
    return replace(situation, shelves=situation.shelves.set(APP1, shelf))


def _locked(situation: Situation, cell: Cell, tree: str) -> Situation:
    deployed = Deployed(manifests=TreeId(f"{tree} with image"), reference=None, neutral=TreeId(tree))
    state = CellState(locked=OTHER, standing=OTHER, deployed=Map({OTHER: deployed}))
    lock = InstanceState(lock={cell.artifact.artifact: OTHER})
    return replace(
        situation,
        cells=situation.cells.set(cell, state),
        instances=situation.instances.set(cell.instance, lock),
    )


def _situation(estate: Estate | None = None, taken: StandardsTaken | None = None) -> Situation:
    """Give a situation in which `VERSION` is rendered for staging, beside a locked app2."""
    situation = _with(Situation(estate=estate or _estate()), taken or _taken())
    for cell in (BESIDE, ELSEWHERE):
        situation = _locked(situation, cell, "beside")
    return _rendered(situation, "mine")


def _judged(situation: Situation, **fields: object) -> Situation:
    """Record that the version was judged as things stand."""
    fingerprint = fingerprint_of(situation, CELL, VERSION, None)
    assert fingerprint is not None
    judged = StandardsJudged(artifact=APP1, instance=STAGING, version=VERSION, fingerprint=fingerprint)
    return _with(situation, replace(judged, **fields))  # type: ignore[arg-type]  # of a StandardsJudged


def _question(situation: Situation, now: datetime = NOW) -> Question:
    wave = situation.lane("oc")[1]
    return Question(situation=situation, cell=CELL, version=VERSION, now=now, wave_index=1, wave=wave)


def _words(situation: Situation, now: datetime = NOW) -> str:
    outcome = standards(_question(situation, now))
    assert isinstance(outcome, Blocked)
    return outcome.words


def test_where_nothing_judges_the_gate_is_open() -> None:
    assert standards(_question(_rendered(Situation(estate=_estate()), "mine"))) == ALLOWED
    nothing = _situation(taken=_taken(rules=()))
    assert standards(_question(nothing)) == ALLOWED
    assert to_be_judged(_question(nothing)) is None


@pytest.mark.parametrize(
    "situation",
    [
        _rendered(Situation(estate=_estate(standards=("all",))), "mine"),
        _situation(taken=_taken(fingerprint="")),
        _situation(estate=_estate(standards=("all",)), taken=_taken(chosen=("parity",))),
    ],
    ids=["never read", "not known", "others were chosen"],
)
def test_what_was_not_read_lets_nothing_pass_and_judges_nothing(situation: Situation) -> None:
    assert "have not been read yet" in _words(situation)
    assert to_be_judged(_question(situation)) is None


def test_what_was_not_judged_is_shut_and_is_to_be_judged() -> None:
    situation = _situation()
    assert "has not been judged" in _words(situation)
    assert to_be_judged(_question(situation)) == fingerprint_of(situation, CELL, VERSION, None)


def test_what_was_judged_and_meets_them_is_open() -> None:
    situation = _judged(_situation())
    assert standards(_question(situation)) == ALLOWED
    assert to_be_judged(_question(situation)) is None


def _with_estate(change: Callable[[Estate], Estate]) -> Callable[[Situation], Situation]:
    return lambda one: replace(one, estate=change(one.estate or _estate()))


def _on_kubernetes(estate: Estate) -> Estate:
    name = EnvironmentName("staging")
    there = replace(estate.environments[name], kubernetes=KubernetesVersion(1, 34))
    return replace(estate, environments={**estate.environments, name: there})


def _mirrored(estate: Estate) -> Estate:
    name = EnvironmentName("staging")
    there = replace(estate.environments[name], registries={"registry.example": "mirror.example"})
    return replace(estate, environments={**estate.environments, name: there})


def _application(**fields: object) -> Callable[[Estate], Estate]:
    def change(estate: Estate) -> Estate:
        changed = replace(estate.applications["oc"], **fields)  # type: ignore[arg-type]  # of an Application
        return replace(estate, applications={"oc": changed})

    return change


DECLARED = (DeclaredDifference(path="spec.replicas", reason="traffic"),)


@pytest.mark.parametrize(
    "change",
    [
        lambda one: replace(one, standards=replace(one.standards, fingerprint="two")),
        _with_estate(_on_kubernetes),
        _with_estate(_mirrored),
        _with_estate(_application(namespaces={"staging": "elsewhere"})),
        _with_estate(_application(namespaces={"dev": "elsewhere"})),
        _with_estate(_application(parity=DECLARED)),
        lambda one: _rendered(one, "another"),
        lambda one: _locked(one, BESIDE, "another"),
    ],
    ids=["rules", "kubernetes", "registry", "namespace", "first", "declared", "rendering", "beside"],
)
def test_a_verdict_is_worth_nothing_once_what_it_depends_on_changed(
    change: Callable[[Situation], Situation],
) -> None:
    """It is judged anew, and until then nothing passes; what did not change keeps it."""
    judged = _judged(_situation())
    changed = change(judged)
    assert "has not been judged" in _words(changed)
    assert to_be_judged(_question(changed)) not in (None, judged.judged[CELL][VERSION].fingerprint)
    assert standards(_question(_judged(changed))) == ALLOWED


def test_other_images_beside_it_keep_a_verdict() -> None:
    """What stands beside counts with its image made neutral: images change all the time."""
    situation = _judged(_situation())
    deployed = Deployed(manifests=TreeId("a newer image"), reference="x", neutral=TreeId("beside"))
    state = replace(situation.cells[BESIDE], deployed=Map({OTHER: deployed}))
    assert standards(_question(replace(situation, cells=situation.cells.set(BESIDE, state)))) == ALLOWED


def test_definitions_that_moved_take_the_verdict_along() -> None:
    """It rested on what another cell's lock held."""
    situation = _judged(_situation(), rests_on=((APP2, DEV, TreeId("beside")),))
    assert standards(_question(situation)) == ALLOWED
    assert "has not been judged" in _words(_locked(situation, ELSEWHERE, "another"))


def test_a_finding_is_told_with_rule_object_and_message() -> None:
    situation = _judged(_situation(), violations=(FOUND,))
    assert _words(situation).endswith(
        "does not meet a standard: enough · Deployment app1, spec.replicas: Write two"
    )
    assert to_be_judged(_question(situation)) is None
    assert does_not_meet(situation, CELL, VERSION.commit, NOW)
    assert not does_not_meet(situation, CELL, OTHER.commit, NOW)


def test_many_findings_are_told_in_short() -> None:
    found = tuple(replace(FOUND, path=f"spec.{number}") for number in range(9))
    words = _words(_judged(_situation(), violations=found))
    assert "does not meet 9 standards: enough" in words
    assert words.endswith("; and 4 more")


def test_a_waiver_opens_it_until_its_instant() -> None:
    over_at = datetime(2026, 3, 5, tzinfo=UTC)
    situation = _judged(_situation(estate=_estate(waivers=(WAIVER,))), violations=(FOUND,))
    for now in (NOW, over_at - timedelta(microseconds=1)):
        assert standards(_question(situation, now)) == Allowed(until=over_at)
        assert not does_not_meet(situation, CELL, VERSION.commit, now)
    assert "(the waiver of pat ended with 2026-03-04: soon)" in _words(situation, over_at)
    assert does_not_meet(situation, CELL, VERSION.commit, over_at)


def test_what_cannot_be_judged_is_no_pass() -> None:
    unjudged = Unjudged(rule="enough", object=KEY, why="no such key: spec", suggestion="Write it")
    assert "it could not be judged, which is no pass: no such key" in _words(
        _judged(_situation(), unjudged=(unjudged,))
    )
    ignored = _judged(_situation(), unjudged=(replace(unjudged, ignored=True),))
    assert standards(_question(ignored)) == ALLOWED


def test_a_kind_without_a_definition_is_asked_about_again() -> None:
    """Its definition may have come meanwhile; nothing else says so."""
    unjudged = Unjudged(rule="schema", object=KEY, why="no schema", suggestion="Write it")
    situation = _judged(_situation(), unjudged=(unjudged,))
    assert to_be_judged(_question(situation)) == situation.judged[CELL][VERSION].fingerprint
    waived = replace(WAIVER, rule="schema")
    known = _judged(_situation(estate=_estate(waivers=(waived,))), unjudged=(unjudged,))
    assert to_be_judged(_question(known)) is None


def test_a_policy_that_cannot_be_used_lets_nothing_pass_and_hides_nothing() -> None:
    problem = PolicyProblem(
        file="standards/odd.yaml", line=3, policy="odd", field="spec", why="it is odd", suggestion="Mend it"
    )
    situation = _situation(taken=_taken(problems=(problem,)))
    assert f"a standard cannot be asked, and so nothing passes: {problem}" in _words(_judged(situation))
    words = _words(_judged(situation, violations=(FOUND,)))
    assert str(problem) in words
    assert "enough · Deployment app1" in words


def test_a_judge_that_failed_is_no_pass_and_is_asked_again() -> None:
    situation = _judged(_situation(), failure="RuntimeError")
    assert "could not be judged, which is no pass: RuntimeError" in _words(situation)
    assert to_be_judged(_question(situation)) is not None


def test_what_enters_together_is_judged_beside_each_other() -> None:
    """In a first lock no lock holds the others yet: their renderings count, all of which must be known."""
    situation = _situation()
    together = ((APP1, VERSION), (APP2, OTHER))
    question = replace(_question(situation), together=together)
    assert to_be_judged(question) is None
    rendering = Rendering(tree=TreeId("entering"), problem=None)
    shelf = Shelf(renderings=Map({(OTHER.commit, STAGING): rendering}))
    known = replace(situation, shelves=situation.shelves.set(APP2, shelf))
    wanted = to_be_judged(replace(question, situation=known))
    assert wanted not in (None, fingerprint_of(known, CELL, VERSION, None))
