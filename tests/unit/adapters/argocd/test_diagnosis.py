"""What Argo CD lacks is named before anybody waits for it; asked over real HTTP."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from tests.fixtures.json_server import JsonHandler, serving
from tests.fixtures.podman_engine import RealClock

from headway.bootstrap.argocd import open_argocd
from headway.domain.diagnosis import Finding, Severity
from headway.domain.estate import Environment
from headway.domain.names import EnvironmentName, InstanceName
from headway.testing.desired_state import InMemoryDesiredState

STAGING = EnvironmentName("staging")
INSTANCE = InstanceName("oc", "staging")
URL = "https://git.example/apps.git"
Change = Callable[[dict[str, Any]], object]


def application(name: str = "one", change: Change = lambda _: None) -> dict[str, Any]:
    made: dict[str, Any] = {
        "metadata": {
            "name": name,
            "namespace": "argocd",
            "annotations": {"argocd.argoproj.io/manifest-generate-paths": "."},
        },
        "spec": {
            "source": {
                "repoURL": URL,
                "targetRevision": "environments/staging",
                "path": "oc/staging/manifests",
                "directory": {"recurse": True},
            },
            "syncPolicy": {"automated": {}},
        },
        "status": {},
    }
    change(made)
    return made


@contextmanager
def answering(
    applications: list[dict[str, Any]], *, status: int = 200, logs: str | None = "yes"
) -> Iterator[str]:
    """Serve a list of Applications, whether logs may be read, and the cluster's word on who asks."""

    class Handler(JsonHandler, BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/api/v1/account/can-i/logs/get/default/one":
                self.answer(status, {} if logs is None else {"value": logs})
                return
            self.answer(status, {"items": applications} if status == 200 else {"message": "token is revoked"})

        def do_POST(self) -> None:
            self.answer(201, {})

    with serving(Handler) as url:
        yield url


async def diagnose(folder: Path, url: str, *, cluster: bool = True, begun: bool = False) -> list[Finding]:
    (folder / "staging.argocd.json").write_text(json.dumps({"url": url, "token": "t"}))
    if cluster:
        (folder / "staging.kubernetes.json").write_text(json.dumps({"url": url, "token": "t"}))
    desired = InMemoryDesiredState()
    if begun:
        desired.deploy(STAGING, INSTANCE, {})
    environment = Environment(name=STAGING, engine="argocd", address=url)
    engine = open_argocd(environment, folder, desired, lambda: [URL], RealClock())
    try:
        return list(await engine.diagnose(STAGING, [INSTANCE]))
    finally:
        await engine.close()


async def test_an_application_as_it_must_be_lacks_nothing(tmp_path: Path) -> None:
    with answering([application()]) as url:
        assert await diagnose(tmp_path, url, begun=True) == []


async def test_a_role_without_logs_is_a_remark_and_one_that_nobody_tells_of_is_none(tmp_path: Path) -> None:
    with answering([application()], logs="no") as url:
        (found,) = await diagnose(tmp_path, url, begun=True)
    assert (found.severity, found.instance) == (Severity.REMARK, None)
    assert found.why == "the account lacks `logs, get` in the project default"
    with answering([application()], logs=None) as url:
        assert await diagnose(tmp_path, url, begun=True) == []


def without_recursion(one: dict[str, Any]) -> None:
    del one["spec"]["source"]["directory"]


def without_automation(one: dict[str, Any]) -> None:
    one["spec"]["syncPolicy"] = {}


def with_automation_off(one: dict[str, Any]) -> None:
    one["spec"]["syncPolicy"]["automated"] = {"enabled": False}


def with_two_sources(one: dict[str, Any]) -> None:
    one["spec"]["sources"] = [one["spec"].pop("source"), {"repoURL": URL, "path": "values"}]


@pytest.mark.parametrize(
    ("change", "why", "next_step"),
    [
        (
            without_recursion,
            "it does not read the folders of the artifacts",
            "set spec.source.directory.recurse",
        ),
        (without_automation, "automated sync is off", "set spec.syncPolicy.automated"),
        (with_automation_off, "automated sync is off", "set spec.syncPolicy.automated"),
        (
            with_two_sources,
            "it has several sources, so its revision tells nothing of one",
            "give it the one source",
        ),
    ],
)
async def test_one_that_does_not_follow_by_itself_is_wrong(
    tmp_path: Path, change: Change, why: str, next_step: str
) -> None:
    with answering([application(change=change)]) as url:
        (found,) = await diagnose(tmp_path, url)
    assert (found.severity, found.instance) == (Severity.WRONG, INSTANCE)
    assert found.what == "Application one does not follow its branch by itself"
    assert (found.why, found.next_step) == (why, next_step)


async def test_none_and_several_are_wrong(tmp_path: Path) -> None:
    with answering([]) as url:
        (none,) = await diagnose(tmp_path, url)
    with answering([application("one"), application("two")]) as url:
        (several,) = await diagnose(tmp_path, url)
    assert none.what == "no Argo CD Application reads oc/staging/manifests"
    assert several.what.endswith("argocd/one, argocd/two")
    assert {none.severity, several.severity} == {Severity.WRONG}


async def test_rendering_for_every_commit_is_a_remark(tmp_path: Path) -> None:
    with answering([application(change=lambda one: one["metadata"].pop("annotations"))]) as url:
        (found,) = await diagnose(tmp_path, url)
    assert found.severity is Severity.REMARK
    assert "manifest-generate-paths" in found.why


async def test_argo_cd_s_own_error_counts_once_there_is_something_to_read(tmp_path: Path) -> None:
    def troubled(one: dict[str, Any]) -> None:
        one["status"]["conditions"] = [{"type": "ComparisonError", "message": "no such path"}]

    with answering([application(change=troubled)]) as url:
        assert await diagnose(tmp_path, url) == []
        (found,) = await diagnose(tmp_path, url, begun=True)
    assert (found.severity, found.why) == (Severity.WRONG, "ComparisonError: no such path")


async def test_a_refused_token_is_told_in_argo_cd_s_words(tmp_path: Path) -> None:
    with answering([], status=401) as url:
        (found,) = await diagnose(tmp_path, url)
    assert found.what == "Argo CD of staging refuses Headway"
    assert found.why == "token is revoked"


async def test_no_access_to_the_cluster_is_a_remark(tmp_path: Path) -> None:
    with answering([application()]) as url:
        (found,) = await diagnose(tmp_path, url, cluster=False)
    assert found.severity is Severity.REMARK
    assert "staging.kubernetes.json" in found.next_step


async def test_nobody_there_is_wrong_of_both(tmp_path: Path) -> None:
    with answering([]) as url:
        pass
    found = await diagnose(tmp_path, url)
    assert [one.what for one in found] == [
        "Argo CD of staging does not answer",
        "the cluster of staging does not answer",
    ]


async def test_one_that_still_reads_the_overlay_on_main_is_named(tmp_path: Path) -> None:
    """It was adopted, and nobody let it follow its branch yet."""

    def on_main(one: dict[str, Any]) -> None:
        one["spec"]["source"] = {"repoURL": URL, "targetRevision": "main", "path": "oc/overlays/staging"}

    with answering([application("oc-live", on_main)]) as url:
        (found,) = await diagnose(tmp_path, url)
    assert found.what == "Application argocd/oc-live does not follow oc/staging/manifests yet"
    assert found.why == "it still reads oc/overlays/staging of main, and not the branch environments/staging"


async def test_other_applications_of_the_repository_are_nobodys_instance(tmp_path: Path) -> None:
    def bootstrap(one: dict[str, Any]) -> None:
        one["spec"]["source"] = {
            "repoURL": URL,
            "targetRevision": "main",
            "path": "argocd/staging/applications",
        }

    with answering([application(), application("bootstrap", bootstrap)]) as url:
        assert await diagnose(tmp_path, url, begun=True) == []
