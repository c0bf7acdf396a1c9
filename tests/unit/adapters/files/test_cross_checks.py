"""What only the whole estate shows: folders, needs, repositories, and warnings."""

# ruff: noqa: E501 - the texts stand as a person meets them

from collections.abc import Callable

import pytest

from headway.adapters.files import read_application, read_estate
from headway.domain.estate.problems import EstateInvalid
from headway.domain.estate.sources import EstateRead, SourceTree
from headway.domain.names import RepositoryName

Told = Callable[..., list[str]]
Read = Callable[..., EstateRead]


def tree(name: str, files: dict[str, str], folders: frozenset[str] = frozenset()) -> SourceTree:
    data = {path: text.encode() for path, text in files.items()}
    return SourceTree(repository=RepositoryName(name), commit=None, files=data, folders=folders)


def test_an_artifact_without_a_folder_is_refused(told: Told) -> None:
    assert told(folders=frozenset()) == [
        "shop/application.yaml:5: artifacts.app1: there is no folder shop/app1. "
        "Make shop/app1 with a base and overlays"
    ]


def test_a_folder_with_nearly_the_name_is_suggested(told: Told) -> None:
    assert told(folders=frozenset({"shop/app-1"})) == [
        "shop/application.yaml:5: artifacts.app1: there is no folder shop/app1. Did you mean app-1?"
    ]


def test_a_missing_overlay_is_a_warning_because_a_version_waits_for_it(read_files: Read) -> None:
    read = read_files(folders=frozenset({"shop/app1", "shop/app1/overlays/dev"}))
    assert [str(warning) for warning in read.warnings] == [
        "shop/application.yaml:5: artifacts.app1: there is no overlay shop/app1/overlays/prod: prod waits for a "
        "commit that has one. Write shop/app1/overlays/prod/kustomization.yaml, or put prod under leaveOut"
    ]


def test_an_instance_that_is_left_out_needs_no_overlay(read_files: Read) -> None:
    read = read_files(
        application=("lane: standard", "lane: standard\nleaveOut: [prod]"),
        folders=frozenset({"shop/app1", "shop/app1/overlays/dev"}),
    )
    assert read.warnings == ()
    assert [str(one) for one in read.estate.instances("shop")] == ["shop/dev"]


def test_a_folder_with_overlays_that_no_artifact_names_is_a_warning(
    read_files: Read, all_folders: frozenset[str]
) -> None:
    read = read_files(folders=all_folders | {"shop/app3", "shop/app3/overlays/dev", "shop/shared"})
    assert [warning.why for warning in read.warnings] == [
        "the folder shop/app3 has overlays, and no artifact is named so: it is not deployed"
    ]


def test_approvals_by_more_people_than_there_are_is_a_warning(read_files: Read) -> None:
    read = read_files(estate=("count: 2", "count: 3"))
    assert [warning.why for warning in read.warnings] == [
        "it asks for 3 people, and [support] has 2: nothing can enter"
    ]


def test_needs_in_a_circle_are_told_once(
    told: Told, whole_application: str, all_folders: frozenset[str]
) -> None:
    def needs(*names: str) -> str:
        return f"{whole_application}needs: [{', '.join(names)}]\n"

    lines = told(
        application=needs("nats"),
        nats=needs("queue"),
        queue=needs("shop"),
        other=needs("shop"),
        folders=all_folders | {f"{name}/app1" for name in ("nats", "queue", "other")},
    )
    assert lines == [
        "nats/application.yaml:8: needs: nats → queue → shop → nats need each other, so none could ever start. "
        "Take one of these needs out"
    ]


def test_a_need_without_an_instance_in_an_environment_is_a_warning(
    read_files: Read, whole_application: str, all_folders: frozenset[str]
) -> None:
    read = read_files(
        application=("lane: standard", "lane: standard\nneeds: [nats]"),
        nats=f"{whole_application}leaveOut: [prod]\n",
        folders=all_folders | {"nats/app1", "nats/app1/overlays/dev"},
    )
    assert [str(warning) for warning in read.warnings] == [
        "shop/application.yaml:4: needs[0]: nats has no instance in production, so the first lock there would "
        "wait for ever. Give nats an instance there, or take the need out"
    ]


def test_a_broken_application_is_not_told_as_a_missing_need(told: Told, all_folders: frozenset[str]) -> None:
    lines = told(
        application=("lane: standard", "lane: standard\nneeds: [nats]"), nats="", folders=all_folders
    )
    assert [line.split(". ")[0] for line in lines] == ["nats/application.yaml:1: the file: it is empty"]


def test_all_mistakes_of_all_files_are_told_at_once(told: Told) -> None:
    lines = told(
        estate=("soak: 10m", "soaks: 10m, freezes: []"), application=("semver", "semvre"), nats="- a\n"
    )
    assert [line.split(" ")[0] for line in lines] == [
        "estate.yaml:11:",
        "estate.yaml:11:",
        "nats/application.yaml:1:",
        "shop/application.yaml:5:",
        "shop/application.yaml:5:",
    ]


def test_each_mistake_says_whose_it_is(read_files: Read) -> None:
    with pytest.raises(EstateInvalid) as caught:
        read_files(application=("lane: standard", "lane: standrad"), estate=("name: apps", "name: appz"))
    assert {problem.application for problem in caught.value.problems} == {None, "shop"}


def test_a_team_can_be_put_back_to_what_it_had(
    whole_estate: str, whole_application: str, all_folders: frozenset[str]
) -> None:
    earlier = tree(
        "apps", {"estate.yaml": whole_estate, "shop/application.yaml": whole_application}, all_folders
    )
    spoilt = tree("apps", {"estate.yaml": whole_estate, "shop/application.yaml": "lane:"}, frozenset())
    assert spoilt.with_application_of("shop", earlier) == earlier
    assert (
        read_estate({earlier.repository: spoilt.with_application_of("shop", None)}).estate.applications == {}
    )


def test_an_application_in_two_repositories_is_refused(
    whole_estate: str, whole_application: str, all_folders: frozenset[str]
) -> None:
    estate = whole_estate + "- {name: system, url: /srv/git/system.git}\n"
    apps = tree("apps", {"estate.yaml": estate, "shop/application.yaml": whole_application}, all_folders)
    system = tree("system", {"shop/application.yaml": whole_application}, all_folders)
    with pytest.raises(EstateInvalid) as caught:
        read_estate({one.repository: one for one in (apps, system)})
    assert str(caught.value) == (
        "system/shop/application.yaml:1: the file: there is an application 'shop' already, in "
        "apps/shop/application.yaml. An application stands in one repository: keep one"
    )


def test_two_estates_are_refused(whole_estate: str) -> None:
    trees = [tree(name, {"estate.yaml": whole_estate}) for name in ("apps", "system")]
    with pytest.raises(
        EstateInvalid, match=r"system/estate.yaml:1: the file: there is one already, apps/estate.yaml"
    ):
        read_estate({one.repository: one for one in trees})


def test_no_estate_at_all_is_refused() -> None:
    with pytest.raises(EstateInvalid, match=r"apps/estate.yaml:1: the file: there is none"):
        read_estate({RepositoryName("apps"): tree("apps", {})})


def test_a_repository_that_is_not_listed_is_refused(whole_estate: str) -> None:
    with pytest.raises(EstateInvalid) as caught:
        read_estate({RepositoryName("appz"): tree("appz", {"estate.yaml": whole_estate})})
    assert str(caught.value).splitlines() == [
        "appz/estate.yaml:15: manifests: the repository 'appz' is not listed. Did you mean apps?",
        "appz/estate.yaml:16: manifests[0]: the repository 'apps' was not read. Fetch it, then read again",
    ]


def test_on_a_desk_a_repository_may_be_away(
    whole_estate: str, whole_application: str, all_folders: frozenset[str]
) -> None:
    estate = whole_estate + "- {name: system, url: /srv/git/system.git}\n"
    application = whole_application + "needs: [nats]\n"
    apps = tree("apps", {"estate.yaml": estate, "shop/application.yaml": application}, all_folders)
    read = read_estate({apps.repository: apps}, partial=True)
    assert [str(warning) for warning in read.warnings] == [
        "apps/estate.yaml:17: manifests[1]: the repository 'system' is not at hand: what is needed from it was "
        "not checked. Name its folder too"
    ]


def test_a_namespace_too_long_for_kubernetes_is_refused(told: Told) -> None:
    name = "p" * 62
    assert told(estate=("{prod: production}", f"{{{name}: production}}")) == [
        f"shop/application.yaml:3: lane: the namespace shop-{name} would have 67 letters, and 63 are the most "
        "that Kubernetes takes. Shorten the application's name or the instance's, or leave the instance out"
    ]


def test_an_application_can_be_read_alone_at_an_earlier_commit(whole_application: str) -> None:
    data = whole_application.replace("lane: standard", "lane: gone-since").encode()
    application = read_application(data, "shop/application.yaml", "shop", RepositoryName("apps"))
    assert [check.name for check in application.checks] == ["answers"]
    assert application.lane == "gone-since"


def test_a_folder_that_is_no_name_holds_no_application(told: Told, whole_application: str) -> None:
    lines = told(My_Shop=whole_application)
    assert lines == [
        "My_Shop/application.yaml:1: the file: its folder 'My_Shop' is no application's name. Name it with "
        "lower-case letters, digits and dashes, 63 at most"
    ]


ON_ARGOCD = (
    "{region: ap-southeast-2, engine: {podman: {}}}",
    "{engine: {argocd: {url: https://argocd.example}}}",
)


def test_an_instance_can_have_another_namespace_than_its_name(read_files: Read) -> None:
    read = read_files(
        estate=ON_ARGOCD, application=("lane: standard", "lane: standard\nnamespaces: {prod: shop}")
    )
    application = read.estate.applications["shop"]
    assert (application.namespace("dev"), application.namespace("prod")) == ("shop-dev", "shop")


def test_a_namespace_of_an_instance_that_is_not_there_is_refused(told: Told) -> None:
    assert told(
        estate=ON_ARGOCD, application=("lane: standard", "lane: standard\nnamespaces: {prd: shop}")
    ) == [
        "shop/application.yaml:4: namespaces.prd: the application has no instance 'prd' in lane 'standard'. "
        "Did you mean prod?"
    ]


def test_podman_has_no_namespaces_of_other_names(told: Told) -> None:
    assert told(application=("lane: standard", "lane: standard\nnamespaces: {dev: shop}")) == [
        "shop/application.yaml:4: namespaces.dev: development is podman's, where dev runs in shop-dev. Take it out"
    ]


def test_two_instances_of_an_application_share_no_namespace(told: Told, whole_estate: str) -> None:
    both = "{wave: dev, instances: {dev: development, test: development}}"
    estate = "engine: {argocd: {url: https://argocd.example}}"
    whole = whole_estate.replace("engine: {podman: {}}", estate).replace(
        "{wave: dev, instances: {dev: development}}", both
    )
    assert told(
        estate=whole, application=("lane: standard", "lane: standard\nnamespaces: {dev: shop, test: shop}")
    ) == [
        "shop/application.yaml:4: namespaces: dev runs in shop of development too, and one would replace the "
        "other. Give each a namespace of its own"
    ]
