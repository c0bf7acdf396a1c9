"""A policy that cannot be used is a problem with file and line, and hides no other."""

import pytest
from tests.fixtures.policy_desk import compiled, judged
from tests.fixtures.policy_documents import APPS, Document, binding, policy
from tests.fixtures.policy_objects import OBJECTS

from headway.adapters.files.documents import read_documents
from headway.adapters.policies import CelPolicies
from headway.app.ports import PolicySet

GOOD = b"""\
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: NAME}
spec:
  matchConstraints:
    resourceRules:
    - {apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: [deployments]}
  validations:
  - expression: object.spec.replicas == 1
"""


def _good(name: str) -> bytes:
    return GOOD.replace(b"NAME", name.encode())


async def _compiled(text: bytes) -> PolicySet:
    return await CelPolicies(read_documents).compile({"standards/a.yaml": text})


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("object.spec.replicas +", "it does not compile: Syntax error"),
        ("foo(object)", "it does not compile: undeclared reference to 'foo'"),
        ("object.spec.replicas", "must evaluate to bool but got dyn"),
        ("'a'", "must evaluate to bool but got string"),
        ("1 + 'a' == 2", "it does not compile: found no matching overload for '_+_'"),
        ("[1, 2].distinct() == [1]", "it does not compile: undeclared reference to 'distinct'"),
        ("object.name.matches('[')", "it does not compile: error parsing regexp: missing closing ]"),
        ("[1, 'a'].size() == 2", "it does not compile: expected type 'int' but found 'string'"),
        ("duration('1 day') > duration('1h')", "it does not compile: type conversion error"),
        ("request.userInfo.username == 'x'", "request.userInfo.username is known in a cluster only"),
        ("request.dryRun", "request.dryRun is known in a cluster only"),
        ("has(request.options.force)", "request.options.force is known in a cluster only"),
        ("request.nothing == ''", "it does not compile: undefined field 'nothing'"),
        ("request.kind.nothing == ''", "it does not compile: undefined field 'nothing'"),
        (
            "namespaceObject.metadata.labels.a == ''",
            "namespaceObject.metadata.labels.a (of a namespace only",
        ),
        (
            "authorizer.group('').resource('pods').check('get').allowed()",
            "`authorizer` is known in a cluster only",
        ),
        ("params.x == 1", "it does not compile: undeclared reference to 'params"),
        ("variables.x == 1", "it does not compile: undeclared reference to 'variables"),
    ],
)
async def test_an_expression_that_cannot_be_used_says_why(expression: str, why: str) -> None:
    policies = await compiled([policy("bad", expression)])

    assert policies.rules == ()
    (problem,) = policies.problems
    assert problem.why.startswith(why)
    assert (problem.policy, problem.field, problem.expression) == (
        "bad",
        "spec.validations[0].expression",
        expression,
    )
    needs_cluster = problem.why.endswith("cluster only") or "(of a namespace" in problem.why
    assert problem.code == ("standard-needs-cluster" if needs_cluster else "standard-broken")
    assert problem.suggestion


async def test_a_text_that_mentions_the_authorizer_is_a_text() -> None:
    policies = await compiled([policy("good", "object.metadata.name != 'authorizer' // authorizer")])
    assert policies.problems == ()


async def test_every_wrong_expression_of_a_policy_is_told() -> None:
    policies = await compiled(
        [
            policy(
                "bad",
                {"expression": "object.a", "messageExpression": "1"},
                "foo()",
                variables=[{"name": "x", "expression": "bar()"}],
                matchConditions=[{"name": "c", "expression": "'text'"}],
                auditAnnotations=[{"key": "k", "valueExpression": "1"}],
            )
        ]
    )
    assert [one.field for one in policies.problems] == [
        "spec.auditAnnotations[0].valueExpression",
        "spec.matchConditions[0].expression",
        "spec.validations[0].expression",
        "spec.validations[0].messageExpression",
        "spec.validations[1].expression",
        "spec.variables[0].expression",
    ]


@pytest.mark.parametrize(
    ("change", "field", "why"),
    [
        ({"validation": []}, "spec.validation", "there is no field 'validation' here"),
        ({"failurePolicy": "Perhaps"}, "spec.failurePolicy", "'Perhaps' is not known here"),
        ({"validations": []}, "spec", "it has no validations"),
        ({"validations": "all"}, "spec.validations", "it is not a list"),
        ({"validations": [{"message": "x"}]}, "spec.validations[0].expression", "a text is missing here"),
        ({"validations": [{"expression": True}]}, "spec.validations[0].expression", "a text is missing here"),
        (
            {"validations": [{"expression": "true", "message": "a\nb"}]},
            "spec.validations[0].message",
            "a message is one line",
        ),
        (
            {"validations": [{"expression": "true", "reason": "Wrong"}]},
            "spec.validations[0].reason",
            "'Wrong' is not known here",
        ),
        ({"matchConstraints": None}, "spec.matchConstraints", "it is for no resources"),
        (
            {"matchConstraints": {"resourceRules": [{**APPS, "operations": ["MAKE"]}]}},
            "spec.matchConstraints.resourceRules[0].operations[0]",
            "'MAKE' is not known here",
        ),
        (
            {"matchConstraints": {"resourceRules": [{**APPS, "operations": []}]}},
            "spec.matchConstraints.resourceRules[0].operations",
            "operations is empty",
        ),
        (
            {
                "matchConstraints": {
                    "resourceRules": [{**APPS, "operations": ["*"]}],
                    "objectSelector": {"matchExpressions": [{"key": "a", "operator": "In"}]},
                }
            },
            "spec.matchConstraints.objectSelector.matchExpressions[0]",
            "In needs values",
        ),
        (
            {"variables": [{"name": "a", "expression": "1"}, {"name": "a", "expression": "2"}]},
            "spec.variables[1].name",
            "'a' stands here a second time",
        ),
        (
            {"paramKind": {"apiVersion": "v1", "kind": "ConfigMap"}},
            "spec.paramKind",
            "no binding names its parameters",
        ),
    ],
)
async def test_a_document_that_is_no_policy_says_where(change: Document, field: str, why: str) -> None:
    document = policy("bad", "true")
    document["spec"].update(change)

    policies = await compiled([document])

    assert [(one.field, one.why) for one in policies.problems] == [(field, why)]


@pytest.mark.parametrize(
    ("document", "why"),
    [
        ({"kind": "ConfigMap"}, "a text is missing here"),
        (
            {"apiVersion": "admissionregistration.k8s.io/v1beta1", "kind": "ValidatingAdmissionPolicy"},
            "'admissionregistration.k8s.io/v1beta1' is not known here",
        ),
        (binding("lost", "shop"), "there is no policy 'lost'"),
        ({**binding("b", "shop"), "status": {}}, "there is no field 'status' here"),
        (["a"], "a text is missing here"),
    ],
)
async def test_other_documents_that_cannot_be_used_say_why(document: Document, why: str) -> None:
    policies = await compiled([document])
    assert [one.why for one in policies.problems] == [why]


async def test_a_name_that_stands_twice_is_told_with_its_first_place() -> None:
    policies = await compiled([policy("same", "true"), policy("same", "false")])
    assert [(one.file, one.why) for one in policies.problems] == [
        ("standards/1.yaml", "'same' stands already in standards/0.yaml:1")
    ]
    assert policies.rules == ("same",)


async def test_problems_have_the_line_of_their_field() -> None:
    text = _good("first") + b"---\n" + _good("second") + b"  - {expression: 'foo()'}\n"
    policies = await _compiled(text)
    assert policies.rules == ("first",)
    assert [str(one).partition(": it")[0] for one in policies.problems] == [
        "standards/a.yaml:20: spec.validations[1].expression"
    ]


@pytest.mark.parametrize(
    ("wrong", "line", "why"),
    [
        (b"a: [\n", 12, "it is not YAML"),
        (b"a: 1\na: 2\n", 12, "'a' stands here a second time"),
        (b"a: \xff\xfe\n", 11, "these bytes are not UTF-8"),
        (b"\ta: 1\n", 11, "a tab indents this line"),
        (b"a: !!python/object x\n", 11, "the tag"),
        (b"a: &a [*a]\n", 11, "*a stands inside what it names"),
        (b"a: *b\n", 11, "*b names nothing before it"),
        (b"a: {<<: {b: 1}}\n", 11, "a merge key"),
        (b"a: 'x\x07'\n", 11, "it holds a control character"),
    ],
)
async def test_what_is_no_yaml_is_told_with_its_line(wrong: bytes, line: int, why: str) -> None:
    policies = await _compiled(_good("good") + b"---\n" + wrong)
    (problem,) = policies.problems
    assert problem.file == "standards/a.yaml"
    assert problem.line == line
    assert problem.why.startswith(why)


async def test_documents_before_a_mistake_in_their_file_are_judged_by() -> None:
    policies = CelPolicies(read_documents)
    found = await policies.compile(
        {"standards/a.yaml": _good("before") + b"---\na: [\n", "standards/b.yaml": _good("beside")}
    )
    assert found.rules == ("before", "beside")
    assert [one.line for one in found.problems] == [12]


async def test_a_bomb_of_aliases_is_refused_before_it_is_expanded() -> None:
    bomb = b"a: &a0 [x,x,x,x,x,x,x,x,x]\n" + b"".join(
        b"b%d: &a%d [%s]\n" % (level, level, b",".join([b"*a%d" % (level - 1)] * 9)) for level in range(1, 9)
    )
    policies = await _compiled(_good("good") + b"---\n" + bomb)
    assert policies.rules == ("good",)
    (problem,) = policies.problems
    assert problem.why.startswith("it has more than 20000 values")


async def test_many_small_bombs_are_one_large_one() -> None:
    small = b"---\n" + b"a: &a [%s]\n" % b",".join([b"x"] * 100) + b"b: [%s]\n" % b",".join([b"*a"] * 150)
    policies = await _compiled(small * 100)
    assert policies.problems[-1].why == "it has more than 100000 values"
    assert len(policies.problems) < 20


async def test_a_file_that_is_too_large_is_refused_whole() -> None:
    policies = await _compiled(b"# " + b"x" * 300_000)
    assert [one.why for one in policies.problems] == [
        "it has 300002 bytes, and 262144 are the most that is read"
    ]


async def test_empty_documents_and_anchors_are_no_mistake() -> None:
    text = b"---\n# nothing\n---\n" + _good("good").replace(b"[apps]", b"&g [apps]") + b"---\n"
    policies = await _compiled(text)
    assert policies.problems == ()
    assert policies.rules == ("good",)


async def test_a_broken_policy_hides_no_other_and_is_no_pass() -> None:
    judgement = await judged([policy("broken", "foo()"), policy("good", "false")], OBJECTS["deployment"])
    assert [one.rule for one in judgement.violations] == ["good"]
    assert [one.policy for one in judgement.problems] == ["broken"]

    judgement = await judged([policy("broken", "foo()")], OBJECTS["deployment"])
    assert not judgement.passed
