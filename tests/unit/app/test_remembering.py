"""What was judged before is judged again only where something changed that the verdict follows from."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from headway.adapters.files import read_estate, tree_from_directory
from headway.adapters.files.documents import read_documents
from headway.adapters.files.init import INSTANCES, REPOSITORIES, write_estate
from headway.adapters.policies import CelPolicies
from headway.adapters.schemas import PackagedSchemas
from headway.adapters.verdicts import FolderVerdicts
from headway.app.standards.catalog import choose
from headway.app.standards.judging import Judge, RenderedArtifact, Ruled
from headway.app.standards.remembering import RememberingJudge, rules_fingerprint
from headway.app.standards.rendered_objects import RenderedObjects
from headway.domain.estate import Estate
from headway.domain.kubernetes_version import KubernetesVersion, parse_kubernetes_version
from headway.domain.names import InstanceName, parse_artifact
from headway.domain.standards import Judgement
from headway.domain.standards.waiver import Scope, Waiver

NOW = datetime(2026, 11, 29, tzinfo=UTC)
CHOSEN = ("replicas", "image-registry", "network-policy", "owner", "parity")
REGISTRY = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: image-registry, namespace: headway-standards}
data: {prefixes: PREFIX}
"""
OWN = {"standards/image-registry.yaml": REGISTRY.replace("PREFIX", "harbor.example").encode()}
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: app1
  labels:
    headway.dev/owner: team-app1
spec:
  replicas: 2
  selector:
    matchLabels:
      app: app1
  template:
    metadata:
      labels:
        app: app1
    spec:
      containers:
      - name: app1
        image: "harbor.example/app1:1"
"""
QUEUE = "apiVersion: queue.example/v1\nkind: Queue\nmetadata:\n  name: orders\nspec: {}\n"
DEFINITION = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: queues.queue.example
spec:
  group: queue.example
  scope: Namespaced
  names:
    kind: Queue
    plural: queues
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
"""
Files = dict[tuple[str, str], dict[str, bytes]]


class CountingSchemas:
    """`Schemas` that says which objects it was asked about."""

    def __init__(self) -> None:
        self._schemas = PackagedSchemas()
        self.asked: list[str] = []

    async def judge(
        self,
        objects: Sequence[Mapping[str, object]],
        version: KubernetesVersion,
        definitions: Sequence[Mapping[str, object]] = (),
    ) -> Judgement:
        """Judge, and remember the names of the objects."""
        self.asked += [str(one["metadata"]["name"]) for one in objects]  # type: ignore[index]
        return await self._schemas.judge(objects, version, definitions)


@dataclass(frozen=True, kw_only=True)
class Question:
    """All that a verdict follows from."""

    estate: Estate
    files: Files
    own: Mapping[str, bytes]
    chosen: Sequence[str] = CHOSEN
    code: str = "this"
    now: datetime = NOW


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Estate:
    folder = tmp_path_factory.mktemp("estate") / "estate"
    write_estate(folder, person="ann")
    trees = [tree_from_directory(folder / name) for name in REPOSITORIES]
    return read_estate({tree.repository: tree for tree in trees}).estate


@pytest.fixture
def question(estate: Estate) -> Question:
    """Give an estate of three artifacts of two applications, everywhere."""
    files: Files = {}
    for instance in INSTANCES:
        files["oneconnect/app1", instance] = {"app1.yaml": DEPLOYMENT.encode(), "queue.yaml": QUEUE.encode()}
        files["nats/nats", instance] = {"nats.yaml": DEPLOYMENT.replace("app1", "nats").encode()}
    return Question(estate=estate, files=files, own=OWN)


def ask(question: Question, folder: Path | None) -> tuple[Ruled, list[str]]:
    """Judge in a new process' place; give what came of it, and the objects that were looked at."""
    choice = choose(question.chosen)
    policies, schemas = CelPolicies(read_documents), CountingSchemas()
    compiled = asyncio.run(policies.compile({**choice.documents, **question.own}))
    judge: Judge | RememberingJudge = Judge(schemas, policies, compiled, choice)
    if folder is not None:
        rules = rules_fingerprint(question.code, choice, question.own)
        judge = RememberingJudge(judge, rules, FolderVerdicts(folder))
    rendered = [
        RenderedArtifact(
            artifact=parse_artifact(artifact),
            instance=InstanceName(artifact.partition("/")[0], instance),
            objects=RenderedObjects(files),
            files=files,
        )
        for (artifact, instance), files in question.files.items()
    ]
    return asyncio.run(judge.rule(question.estate, rendered, question.now)), schemas.asked


def test_nothing_is_looked_at_twice(question: Question, tmp_path: Path) -> None:
    first, looked_at = ask(question, tmp_path)
    assert set(looked_at) == {"app1", "nats", "orders"}
    assert {one.finding.rule for one in first.found} >= {"schema", "network-policy"}
    assert ask(question, tmp_path) == (first, [])
    assert ask(question, None)[0] == first, "it is what a judge without memory says"


def test_only_the_application_that_changed_is_looked_at(question: Question, tmp_path: Path) -> None:
    ask(question, tmp_path)
    place = ("nats/nats", INSTANCES[-1])
    one = {path: data.replace(b"replicas: 2", b"replicas: 1") for path, data in question.files[place].items()}
    changed = replace(question, files={**question.files, place: one})
    found, looked_at = ask(changed, tmp_path)
    assert set(looked_at) == {"nats"}
    assert found == ask(changed, None)[0]
    assert "replicas" in {one.finding.rule for one in found.found}
    assert ask(question, tmp_path)[1] == [], "what was known before is known still"


def with_file(question: Question, path: str, data: str) -> Question:
    """Give one instance of nats another file."""
    place = ("nats/nats", INSTANCES[0])
    return replace(question, files={**question.files, place: {**question.files[place], path: data.encode()}})


def with_kubernetes(question: Question, minor: str) -> Question:
    version = parse_kubernetes_version(minor)
    environments = question.estate.environments
    made = {name: replace(one, kubernetes=version) for name, one in environments.items()}
    return replace(question, estate=replace(question.estate, environments=made))


def with_application(question: Question, **changes: object) -> Question:
    applications = dict(question.estate.applications)
    applications["oneconnect"] = replace(applications["oneconnect"], **changes)  # type: ignore[arg-type]
    return replace(question, estate=replace(question.estate, applications=applications))


CHANGES: Mapping[str, Callable[[Question], Question]] = {
    "a parameter": lambda one: replace(
        one, own={"standards/image-registry.yaml": REGISTRY.replace("PREFIX", "ecr.example").encode()}
    ),
    "a rule more": lambda one: replace(one, chosen=(*CHOSEN, "resources")),
    "a rule less": lambda one: replace(one, chosen=CHOSEN[1:]),
    "a rule over several objects less": lambda one: replace(
        one, chosen=tuple(rule for rule in CHOSEN if rule != "network-policy")
    ),
    "parity no more": lambda one: replace(one, chosen=CHOSEN[:-1]),
    "the code": lambda one: replace(one, code="another"),
    "Kubernetes' version": lambda one: with_kubernetes(one, "1.33"),
    "no version of Kubernetes": lambda one: with_kubernetes(one, ""),
    "a namespace": lambda one: with_application(one, namespaces={INSTANCES[0]: "shop-production"}),
    "what is declared": lambda one: with_application(one, parity=()),
    "a definition": lambda one: with_file(one, "queue.yaml", DEFINITION),
    "another definition": lambda one: with_file(one, "queue.yaml", DEFINITION.replace("true", "false", 1)),
    "a file's name": lambda one: with_file(one, "more.yaml", QUEUE),
    "the order": lambda one: replace(one, files=dict(reversed(one.files.items()))),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_whatever_a_verdict_follows_from_makes_another(
    question: Question, tmp_path: Path, change: Callable[[Question], Question]
) -> None:
    ask(question, tmp_path)
    changed = change(question)
    found, looked_at = ask(changed, tmp_path)
    assert found == ask(changed, None)[0]
    is_judged_by_schemas = changed.estate.environments["development"].kubernetes is not None
    assert bool(looked_at) == is_judged_by_schemas


def test_waivers_are_weighed_each_time(question: Question, tmp_path: Path) -> None:
    """They hang on the instant, and take force without another look at any object."""
    ask(question, tmp_path)
    scope = Scope(application="nats")
    day = date(2026, 11, 29)
    waiver = Waiver(rule="network-policy", scope=scope, owner="ann", reason="it comes", ends=day)
    waived = replace(question, estate=replace(question.estate, waivers=(waiver,)))
    found, looked_at = ask(waived, tmp_path)
    assert looked_at == []
    assert found == ask(waived, None)[0]
    assert found.next_at == datetime(2026, 11, 30, tzinfo=UTC)
    late = replace(waived, now=datetime(2026, 11, 30, tzinfo=UTC))
    assert ask(late, tmp_path) == (ask(late, None)[0], [])
