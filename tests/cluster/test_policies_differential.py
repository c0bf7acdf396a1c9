"""What Headway says of a policy and an object is what a real API server says: verdict, reason and words.

Policies are installed once, each bound to the test's namespace and to objects that carry its name as a label;
then every object is sent as a dry run. All differences are told together.
"""

import copy
from collections.abc import Iterator

import pytest
from tests.fixtures.cluster import own_cluster
from tests.fixtures.policy_cases_wide import POLICIES, objects_for
from tests.fixtures.policy_costs import ABOVE, BELOW, COSTLY, config_map
from tests.fixtures.policy_desk import REFUSED, compiled, expressions, first_said, judged, policy_of
from tests.fixtures.policy_documents import APPS, Document, binding, policy
from tests.fixtures.policy_objects import OBJECTS
from tests.fixtures.policy_parameters import parameter_documents
from tests.fixtures.policy_server import PolicyServer, installed
from tools.cluster import Cluster

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(600)]
ENOUGH = 300
"""Pairs of policy and object below which the comparison says too little."""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Give a cluster of this file's own in place of the one that all share."""
    with own_cluster(tmp_path_factory) as own:
        yield own


@pytest.fixture(scope="module")
def server(cluster: Cluster) -> Iterator[PolicyServer]:
    """Give the cluster's API server."""
    found = PolicyServer(cluster.kubeconfig)
    yield found
    found.client.close()


def name_of(document: Document) -> str:
    """Give a document's name."""
    return str(document["metadata"]["name"])


def _labelled(manifest: Document, name: str) -> Document:
    found = copy.deepcopy(manifest)
    found["metadata"].setdefault("labels", {})["case"] = name
    return found


async def test_policies_say_of_objects_what_the_server_says(server: PolicyServer, namespace: str) -> None:
    documents = {
        one["metadata"]["name"]: (one, binding(one["metadata"]["name"], namespace)) for one in POLICIES
    }
    asked = 0
    differences = []
    with installed(server, [one for pair in documents.values() for one in pair]):
        for name, pair in documents.items():
            for label, manifest in objects_for(pair[0]).items():
                given = _labelled(manifest, name)
                theirs = server.ask(given, namespace)
                judgement = await judged(pair, given, namespace=namespace)
                asked += 1
                if judgement.problems or first_said(judgement) != (theirs.reason, theirs.said):
                    differences.append((name, label, theirs, judgement))
    assert differences == []
    assert asked >= ENOUGH


async def test_expressions_say_what_the_server_says(server: PolicyServer, namespace: str) -> None:
    rows = {
        f"expression-{at}": (policy_of(one, f"expression-{at}"), said)
        for at, (one, said) in enumerate(expressions())
    }
    usable = {name: document for name, (document, said) in rows.items() if said != REFUSED}
    differences = []
    for name, (document, said) in rows.items():
        if bool(server.refuses(document)) != (said == REFUSED):
            differences.append((name, document["spec"]["validations"], said))
    bound = [one for name, document in usable.items() for one in (document, binding(name, namespace))]
    with installed(server, bound):
        for name, document in usable.items():
            given = _labelled(OBJECTS["deployment"], name)
            theirs = server.ask(given, namespace)
            ours = first_said(await judged([document], given, namespace=namespace))
            if ours != (theirs.reason, theirs.said):
                differences.append((name, document["spec"]["validations"], theirs, ours))
    assert differences == []


async def test_what_costs_too_much_ends_at_the_same_element(server: PolicyServer, namespace: str) -> None:
    differences = []
    bound = [one for document in COSTLY for one in (document, binding(name_of(document), namespace))]
    with installed(server, bound):
        for document in COSTLY:
            for keys in (BELOW, ABOVE):
                given = _labelled(config_map(keys), name_of(document))
                theirs = server.ask(given, namespace)
                ours = first_said(await judged([document], given, namespace=namespace))
                if ours != (theirs.reason, theirs.said):
                    differences.append((name_of(document), keys, theirs, ours))
    assert differences == []


@pytest.mark.parametrize(
    "change",
    [
        {"validations": []},
        {"validations": [{"expression": "object.spec.replicas"}]},
        {"validations": [{"expression": "true", "message": "a\nb"}]},
        {"validations": [{"expression": "true", "messageExpression": "1"}]},
        {"validations": [{"expression": "true", "reason": "Wrong"}]},
        {"variables": [{"name": "a", "expression": "variables.b"}, {"name": "b", "expression": "1"}]},
        {"matchConditions": [{"name": "a", "expression": "'a'"}]},
        {
            "matchConditions": [{"name": "a", "expression": "variables.x"}],
            "variables": [{"name": "x", "expression": "true"}],
        },
        {"auditAnnotations": [{"key": "k", "valueExpression": "1"}]},
        {"failurePolicy": "Perhaps"},
        {"matchConstraints": {"resourceRules": []}},
        {"matchConstraints": {"resourceRules": [{**APPS, "operations": ["MAKE"]}]}},
        {"matchConstraints": {"resourceRules": [{**APPS, "operations": []}]}},
    ],
    ids=str,
)
async def test_what_the_server_refuses_is_a_problem(server: PolicyServer, change: Document) -> None:
    document = policy("refused", "true")
    document["spec"].update(change)

    assert server.refuses(document)
    assert (await compiled([document])).problems


async def test_parameters_reach_policies_as_on_the_server(server: PolicyServer, namespace: str) -> None:
    documents = parameter_documents(namespace)
    differences = []
    with installed(server, documents):
        server.wait_until_said(_labelled(OBJECTS["deployment"], "by-name-low"), namespace, "at most 2")
        for one in documents:
            if one["kind"] != "ValidatingAdmissionPolicyBinding":
                continue
            name = one["metadata"]["name"]
            given = _labelled(OBJECTS["deployment"], name)
            theirs = server.ask(given, namespace)
            ours = first_said(await judged(documents, given, namespace=namespace))
            if ours != (theirs.reason, theirs.said):
                differences.append((name, theirs, ours))
    assert differences == []
