"""Registries that differ between environments are told from what runs."""

from headway.domain.adoption.registries import registries_of

HARBOR, ECR = "harbor.example/oneconnect", "1234.dkr.ecr.ap-southeast-2.amazonaws.com/oneconnect"


def test_the_same_names_need_nothing() -> None:
    assert registries_of([(f"{HARBOR}/app1", f"{HARBOR}/app1")]) == {}


def test_another_registry_is_the_shortest_beginning_that_differs() -> None:
    names = [(f"{HARBOR}/{one}", f"{ECR}/{one}") for one in ("app1", "app2")]
    assert registries_of(names) == {"harbor.example": "1234.dkr.ecr.ap-southeast-2.amazonaws.com"}


def test_where_not_all_are_elsewhere_whole_names_are_given() -> None:
    names = [(f"{HARBOR}/app1", f"{ECR}/app1"), (f"{HARBOR}/app2", f"{HARBOR}/app2")]
    assert registries_of(names) == {f"{HARBOR}/app1": f"{ECR}/app1"}


def test_another_path_too_is_taken_over() -> None:
    assert registries_of([(f"{HARBOR}/app1", "ecr.example/oc/app1")]) == {HARBOR: "ecr.example/oc"}
