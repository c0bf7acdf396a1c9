"""What was found of what runs, between two starts: the same again, or nothing."""

from headway.app.standards.asking import Answer
from headway.app.watch.running_memory import RunningMemory, name_of
from headway.domain.names import ArtifactName, Cell, InstanceName, TreeId
from headway.domain.standards import Judgement, ObjectKey, Unjudged, Violation
from headway.domain.standards.schema_rules import SCHEMA
from headway.testing.verdicts import MemoryVerdicts

CELL = Cell(ArtifactName("oc", "app1"), InstanceName("oc", "dev"))
OTHER = Cell(ArtifactName("oc", "app2"), InstanceName("oc", "dev"))
KEY = ObjectKey(api_version="apps/v1", kind="Deployment", namespace="oc-dev", name="app1")
FOUND = Judgement(
    violations=(Violation(rule="enough", object=KEY, message="Write two", path="spec.replicas"),),
    unjudged=(Unjudged(rule="own", object=KEY, why="w", suggestion="s"),),
)
NAME = name_of((CELL, "manifests"))


def _kept(answer: Answer) -> MemoryVerdicts:
    """Give what outlives a service that found this, and nothing of another cell."""
    verdicts = MemoryVerdicts()
    memory = RunningMemory(verdicts)
    for cell, said in ((CELL, answer), (OTHER, Answer(judgement=Judgement()))):
        assert memory.recall("rules", cell, name_of((cell, "manifests"))) is None
        memory.note("rules", cell, name_of((cell, "manifests")), said)
    memory.keep(whole=True)
    return verdicts


def test_what_was_found_is_found_again_and_so_is_that_nothing_was() -> None:
    memory = RunningMemory(_kept(Answer(judgement=FOUND)))
    assert memory.recall("rules", CELL, NAME) == FOUND
    assert memory.recall("rules", OTHER, name_of((OTHER, "manifests"))) == Judgement()


def test_of_other_rules_and_other_manifests_nothing_is() -> None:
    verdicts = _kept(Answer(judgement=FOUND))
    assert RunningMemory(verdicts).recall("others", CELL, NAME) is None
    assert RunningMemory(verdicts).recall("rules", CELL, name_of((CELL, "other manifests"))) is None


def test_what_rests_on_definitions_of_others_is_judged_anew() -> None:
    """They may have changed, come or gone meanwhile."""
    rests = Answer(judgement=FOUND, rests_on=((OTHER, TreeId("e" * 40)),))
    lacks = Judgement(unjudged=(Unjudged(rule=SCHEMA, object=KEY, why="w", suggestion="s"),))
    for answer in (rests, Answer(judgement=lacks)):
        assert RunningMemory(_kept(answer)).recall("rules", CELL, NAME) is None


def test_what_is_found_at_a_second_start_is_kept_beside_what_was_recalled() -> None:
    verdicts = _kept(Answer(judgement=FOUND))
    memory = RunningMemory(verdicts)
    assert memory.recall("rules", CELL, NAME) == FOUND
    assert memory.recall("rules", OTHER, "new") is None
    memory.note("rules", OTHER, "new", Answer(judgement=Judgement()))
    memory.keep(whole=True)
    assert set(verdicts.load("rules")) == {NAME, "new"}


def test_a_little_news_is_not_worth_writing_all_of_it() -> None:
    """A promotion here and there is looked at, and written down with the next whole look or at the end."""
    verdicts = MemoryVerdicts()
    memory = RunningMemory(verdicts)
    memory.recall("rules", CELL, NAME)
    memory.note("rules", CELL, NAME, Answer(judgement=FOUND))
    memory.keep(whole=False)
    assert verdicts.load("rules") == {}


def test_without_a_place_to_keep_it_nothing_is_remembered() -> None:
    memory = RunningMemory(None)
    memory.note("rules", CELL, NAME, Answer(judgement=FOUND))
    memory.keep(whole=True)
    assert memory.recall("rules", CELL, NAME) is None
