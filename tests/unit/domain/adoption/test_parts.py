"""How the objects of one Application fall into artifacts."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from headway.domain.adoption.parts import COMMON, key_of, parts_of, rest_of, together
from headway.domain.image_name import parse_image_name

A, B = "harbor.example/oc/app1", "harbor.example/oc/app2"


def workload(name: str, *images: str, **spec: Any) -> dict[str, Any]:
    containers = [{"name": f"c{number}", "image": image} for number, image in enumerate(images)]
    template = {"metadata": {"labels": {"app": name}}, "spec": {"containers": containers, **spec}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {"template": template},
    }


def other(kind: str, name: str, **spec: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name}, "spec": spec}


def members(*objects: dict[str, Any]) -> dict[str, set[str]]:
    return {part.name: {f"{key[1]} {key[2]}" for key in part.members} for part in parts_of("oc", objects)}


def test_one_image_is_one_artifact_of_its_name_with_everything() -> None:
    (part,) = parts_of(
        "oc", [workload("web", f"{A}:1.0"), other("Service", "any"), workload("job", f"{A}:1.0")]
    )
    assert (part.name, part.image, len(part.members)) == ("app1", f"{A}:1.0", 3)


def test_no_image_is_plain_configuration_of_the_applications_name() -> None:
    (part,) = parts_of("oc", [other("Ingress", "door")])
    assert (part.name, part.image) == ("oc", None)


def test_two_images_are_two_artifacts_with_what_belongs_to_each() -> None:
    named = {"envFrom": [{"secretRef": {"name": "key2"}}]}
    found = members(
        workload("one", f"{A}:1", serviceAccountName="acc1"),
        workload("two", f"{B}:1", initContainers=[named]),
        other("Service", "s1", selector={"app": "one"}),
        other("PodDisruptionBudget", "p2", selector={"matchLabels": {"app": "two"}}),
        other("HorizontalPodAutoscaler", "h1", scaleTargetRef={"kind": "Deployment", "name": "one"}),
        other("ServiceAccount", "acc1"),
        other("Secret", "key2"),
    )
    assert found == {
        "app1": {"Deployment one", "Service s1", "HorizontalPodAutoscaler h1", "ServiceAccount acc1"},
        "app2": {"Deployment two", "PodDisruptionBudget p2", "Secret key2"},
    }


def test_what_both_name_or_none_does_is_common() -> None:
    both = {"volumes": [{"configMap": {"name": "words"}}]}
    found = members(
        workload("one", f"{A}:1", **both),
        workload("two", f"{B}:1", **both),
        other("ConfigMap", "words"),
        other("Ingress", "door"),
        other("Service", "without-selector"),
    )
    assert found[COMMON] == {"ConfigMap words", "Ingress door", "Service without-selector"}


def test_a_sidecar_is_a_companion_of_the_first_container() -> None:
    (part,) = parts_of("oc", [workload("one", f"{A}:1", "docker.io/envoy:2")])
    assert (part.image, part.companions) == (f"{A}:1", ("docker.io/envoy:2",))


def test_the_container_that_a_workload_calls_its_default_is_what_it_is_about() -> None:
    one = workload("one", "docker.io/envoy:2", f"{A}:1")
    one["spec"]["template"]["metadata"]["annotations"] = {"kubectl.kubernetes.io/default-container": "c1"}
    (part,) = parts_of("oc", [one])
    assert part.name == "app1"


def test_images_of_the_same_last_name_get_more_of_their_path() -> None:
    found = members(workload("one", "r.example/a/web:1"), workload("two", "r.example/b/web:1"))
    assert sorted(found) == ["a-web", "b-web"]


def test_images_that_only_marks_tell_apart_are_two_artifacts() -> None:
    found = members(workload("one", "r.example/a_b:1"), workload("two", "r.example/a-b:1"))
    assert sorted(found) == ["a-b", "a-b-2"]


def test_kept_together_all_but_one_image_are_companions() -> None:
    part = together("oc", [workload("one", f"{A}:1"), workload("two", f"{B}:1")], A)
    assert (part.name, part.image, part.companions) == ("app1", f"{A}:1", (f"{B}:1",))


def test_image_names_are_taken_apart() -> None:
    digest = f"sha256:{'a' * 64}"
    whole = parse_image_name(f"host:5000/a/b:1.2@{digest}")
    assert (whole.repository, whole.tag, whole.digest) == ("host:5000/a/b", "1.2", digest)
    plain = parse_image_name("host:5000/a/b")
    assert (plain.repository, plain.tag, plain.digest) == ("host:5000/a/b", None, None)
    assert parse_image_name("a@sha256:short").digest is None


NAMES = st.sampled_from(["a", "b", "c"])
OBJECTS = st.one_of(
    st.builds(workload, NAMES, st.sampled_from([f"{A}:1", f"{B}:1", "r.example/x/app1:2"]), NAMES),
    st.builds(
        lambda kind, name, to: other(kind, name, selector={"app": to}), st.just("Service"), NAMES, NAMES
    ),
    st.builds(other, st.sampled_from(["Ingress", "ConfigMap"]), NAMES),
)


@given(st.lists(OBJECTS, unique_by=lambda one: (one["kind"], one["metadata"]["name"])))
def test_each_object_is_in_exactly_one_artifact(objects: list[dict[str, Any]]) -> None:
    parts = parts_of("oc", objects)
    members = [key for part in parts for key in part.members]
    assert sorted(members) == sorted(key_of(one) for one in objects)
    assert len({part.name for part in parts}) == len(parts)
    assert rest_of("oc", parts) in parts
