"""The same change in several instances is told once; what differs in each of them anyway is no difference."""

from collections.abc import Mapping, Sequence

from headway.app.rendered_diff.differences import Difference, differences
from headway.app.rendered_diff.objects import Change, Objects, compare
from headway.domain.estate import Application, Artifact, Estate, Lane, Wave
from headway.domain.names import ArtifactName, EnvironmentName, InstanceName, RepositoryName

APP1 = ArtifactName("shop", "app1")
INSTANCES = ("dev", "staging", "production")
ESTATE = Estate(
    environments={},
    lanes={
        "standard": Lane(
            name="standard",
            waves=tuple(Wave(name=one, instances={one: EnvironmentName(one)}) for one in INSTANCES),
        )
    },
    roles={},
    repositories={},
    applications={
        "shop": Application(
            name="shop",
            repository=RepositoryName("apps"),
            lane="standard",
            artifacts={"app1": Artifact(name=APP1, image=None)},
        )
    },
)


def deployment(instance: str, **spec: object) -> dict[str, object]:
    """Give a Kubernetes Deployment as it is rendered for one instance."""
    image = f"{instance}.registry.example/app1@sha256:{'1' * 64}"
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "app1", "namespace": f"shop-{instance}"},
        "spec": {"image": image, **spec},
    }


def config(name: str, value: str) -> dict[str, object]:
    """Give a ConfigMap."""
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": {"value": value}}


def told(before: Mapping[str, Objects], after: Mapping[str, Objects]) -> Sequence[Difference]:
    """Compare by instance."""
    places = [(APP1, InstanceName("shop", one)) for one in INSTANCES]
    return differences(
        {place: before[place[1].instance] for place in places if place[1].instance in before},
        {place: after[place[1].instance] for place in places if place[1].instance in after},
        places,
        ESTATE,
    )


def test_a_change_that_is_the_same_in_several_instances_is_told_once() -> None:
    before = {one: [deployment(one, replicas=1)] for one in INSTANCES}
    after = {one: [deployment(one, replicas=9 if one == "production" else 2)] for one in INSTANCES}
    first, second = told(before, after)
    assert [each.instance for each in first.instances] == ["dev", "staging"]
    assert first.where == "shop/app1 in dev, staging"
    assert second.where == "shop/app1 in production"


def test_namespace_registry_and_generated_names_keep_nothing_apart() -> None:
    before: dict[str, Objects] = {one: [] for one in INSTANCES}
    hashes = dict(zip(INSTANCES, ("bcdfghkmt2", "4567899999", "h7f455tkm2"), strict=True))
    after = {one: [deployment(one, config=f"app1-{hashes[one]}")] for one in INSTANCES}
    named = {one: [*after[one], config(f"app1-{hashes[one]}", "the same")] for one in INSTANCES}
    (only,) = told(before, named)
    assert only.everywhere
    assert [one.kind for one in only.objects] == ["ConfigMap", "Deployment"]


def test_what_kustomize_names_by_its_content_is_one_object_that_changed() -> None:
    (one,) = compare([config("app1-bcdfghkmt2", "old")], [config("app1-4567899999", "new")])
    assert (one.change, one.name) == (Change.CHANGED, "app1-4567899999")
    assert {"-  value: old", "+  value: new"} <= set(one.lines)


def test_objects_come_and_go() -> None:
    found = compare([config("a", "x"), config("b", "x")], [config("b", "x"), config("c", "x")])
    assert [(one.name, one.change) for one in found] == [("a", Change.REMOVED), ("c", Change.ADDED)]


def test_where_nothing_stood_before_is_said() -> None:
    (one,) = told({}, {"dev": [config("a", "x")]})
    assert (one.is_new, one.everywhere) == (True, False)


def test_the_order_of_keys_is_no_difference_and_a_number_is_no_text() -> None:
    plain, turned = config("a", "1"), dict(reversed(config("a", "1").items()))
    assert compare([plain], [turned]) == ()
    number = {**plain, "data": {"value": 1}}
    assert len(compare([plain], [number])) == 1


def test_one_changed_line_of_a_long_text_is_one_line() -> None:
    text = "".join(f"line {number}\n" for number in range(100))
    (one,) = compare([config("a", text)], [config("a", text.replace("line 50\n", "line fifty\n"))])
    assert [line for line in one.lines if line[0] in "+-"] == ["-    line 50", "+    line fifty"]
