"""An Application is found by what it follows, and says itself what keeps it from following."""

from typing import Any

import pytest

from headway.adapters.argocd.application import (
    Application,
    Applications,
    closed_window,
    same_repository,
)
from headway.domain.names import EnvironmentName, InstanceName

URL = "https://git.example/platform/argocd-oc-apps.git"
STAGING = InstanceName("oneconnect", "staging")


def application(name: str = "any", **source: Any) -> dict[str, Any]:
    return {
        "metadata": {"name": name, "namespace": "argocd"},
        "spec": {
            "source": {
                "repoURL": URL,
                "targetRevision": "environments/staging",
                "path": "oneconnect/staging/manifests",
                "directory": {"recurse": True},
                **source,
            },
            "syncPolicy": {"automated": {}},
        },
    }


@pytest.mark.parametrize(
    "url",
    [
        "git@git.example:platform/argocd-oc-apps.git",
        "ssh://git@git.example:22/platform/argocd-oc-apps",
        "https://GIT.example/platform/argocd-oc-apps/",
        "https://robot:secret@git.example/platform/argocd-oc-apps.git",
    ],
)
def test_one_repository_has_many_urls(url: str) -> None:
    assert same_repository(url) == same_repository(URL)


@pytest.mark.parametrize(
    "url",
    ["https://other.example/platform/argocd-oc-apps.git", "https://git.example:8443/platform/argocd-oc-apps"],
)
def test_another_host_or_port_is_another_repository(url: str) -> None:
    assert same_repository(url) != same_repository(URL)


def test_it_is_found_whatever_its_name() -> None:
    known = Applications(EnvironmentName("staging"), [URL])
    assert known.take("ADDED", application("made-by-a-set")) == STAGING
    assert [one.key.name for one in known.of(STAGING)] == ["made-by-a-set"]
    assert known.take("DELETED", application("made-by-a-set")) == STAGING
    assert known.of(STAGING) == []


def test_one_that_was_deleted_while_it_was_asked_for_stays_deleted() -> None:
    known = Applications(EnvironmentName("staging"), [URL])
    known.take("ADDED", application())
    known.take("DELETED", application())
    known.update(application())
    assert known.of(STAGING) == []


def test_that_argo_cd_compared_again_and_found_the_same_is_no_news() -> None:
    def compared(at: str, **status: str) -> dict[str, Any]:
        return {**application(), "status": {"reconciledAt": at, **status}}

    known = Applications(EnvironmentName("staging"), [URL])
    assert known.is_news("ADDED", compared("10:00"))
    known.take("ADDED", compared("10:00"))
    assert not known.is_news("MODIFIED", compared("10:03"))
    assert known.is_news("MODIFIED", compared("10:03", health="Degraded"))
    assert known.is_news("MODIFIED", {**compared("10:03"), "operation": {"sync": {}}})
    assert known.is_news("MODIFIED", {**compared("10:03"), "spec": {}})
    assert known.is_news("DELETED", compared("10:00"))


def test_what_a_listing_lacks_is_forgotten_but_not_what_came_while_it_was_made() -> None:
    def one(name: str, uid: str) -> dict[str, Any]:
        made = application(name)
        return {**made, "metadata": {**made["metadata"], "uid": uid}}

    known = Applications(EnvironmentName("staging"), [URL])
    for name in ("stays", "goes", "comes-back"):
        known.take("ADDED", one(name, "1"))
    before = known.uids()
    known.take("ADDED", one("comes", "1"))
    known.take("DELETED", one("comes-back", "1"))
    known.take("ADDED", one("comes-back", "2"))

    listed = {key for key in before if key.name == "stays"}
    assert known.keep_only(listed, of=before) == {STAGING}
    assert [one.key.name for one in known.of(STAGING)] == ["comes", "comes-back", "stays"]


@pytest.mark.parametrize(
    "source",
    [
        {"targetRevision": "main"},
        {"repoURL": "https://git.example/platform/other.git"},
        {"path": "oneconnect/staging"},
        {"path": "oneconnect/staging/manifests/app1"},
    ],
)
def test_what_follows_something_else_is_none_of_ours(source: dict[str, Any]) -> None:
    assert Applications(EnvironmentName("staging"), [URL]).take("ADDED", application(**source)) is None


def test_one_that_is_pointed_elsewhere_is_told_to_the_instance_that_it_left() -> None:
    known = Applications(EnvironmentName("staging"), [URL])
    known.take("ADDED", application())
    assert known.take("MODIFIED", application(targetRevision="main")) == STAGING
    assert known.of(STAGING) == []


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"syncPolicy": {}}, "automated sync is off"),
        ({"syncPolicy": {"automated": {"enabled": False}}}, "automated sync is off"),
        ({"sources": [{}]}, "several sources"),
        ({"source": {"directory": {}}}, "directory.recurse"),
    ],
)
def test_what_keeps_it_from_following_is_said(spec: dict[str, Any], words: str) -> None:
    made = application()
    made["spec"] |= spec
    assert words in str(Application(json=made).refuses_by_itself)
    assert Application(json=application()).refuses_by_itself is None


def test_an_object_counts_as_applied_only_by_an_operation_of_the_compared_revision() -> None:
    made = application()
    result = {"revision": "new", "resources": [{"kind": "Deployment", "name": "app1", "status": "Synced"}]}
    operation = {"phase": "Running", "syncResult": result}
    made["status"] = {"sync": {"status": "OutOfSync", "revision": "new"}, "operationState": operation}
    assert Application(json=made).has_applied("Deployment", "app1")
    assert not Application(json=made).has_applied("Deployment", "app2")
    made["status"]["sync"]["revision"] = "newer"
    assert not Application(json=made).has_applied("Deployment", "app1")


DENY = {"kind": "deny", "schedule": "0 22 * * *", "duration": "1h"}
ALLOW = {"kind": "allow", "schedule": "0 8 * * *", "duration": "8h"}


@pytest.mark.parametrize(
    ("active", "assigned", "words"),
    [
        ([], [], None),
        ([], [DENY], None),
        ([ALLOW], [ALLOW], None),
        ([ALLOW, DENY], [ALLOW, DENY], "deny 0 22 * * * for 1h"),
        ([], [ALLOW], "no sync window is open (allow 0 8 * * * for 8h)"),
    ],
)
def test_a_sync_window_that_is_closed_is_said(active: list[Any], assigned: list[Any], words: str) -> None:
    """Argo CD leaves empty lists out."""
    said = closed_window({"activeWindows": active or None, "assignedWindows": assigned, "canSync": True})
    assert (said is None) if words is None else (words in str(said))


def test_what_is_only_to_be_pruned_is_told_from_what_differs() -> None:
    gone = {"kind": "Deployment", "name": "app2", "status": "OutOfSync", "requiresPruning": True}
    differs = {"kind": "Deployment", "name": "app1", "status": "OutOfSync"}
    for resources, only in (([], False), ([gone], True), ([gone, differs], False)):
        made = application()
        made["status"] = {"resources": resources}
        assert Application(json=made).only_to_be_pruned is only
