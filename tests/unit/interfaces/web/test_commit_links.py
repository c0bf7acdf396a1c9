"""Commits lead to the pages of the hosts that teams use, and to no other place."""

from datetime import timedelta
from pathlib import Path

import pytest
from tests.fixtures.served import delivered
from tests.fixtures.world import APPLICATION, ESTATE, World

from headway.interfaces.web.hosts import commit_page

C = "0b12cd34" * 5


@pytest.mark.parametrize(
    ("repository", "page"),
    [
        ("https://github.com/team/apps.git", f"https://github.com/team/apps/commit/{C}"),
        ("git@github.com:team/apps.git", f"https://github.com/team/apps/commit/{C}"),
        ("ssh://git@github.com:22/team/apps", f"https://github.com/team/apps/commit/{C}"),
        ("https://robot:secret@github.com/team/apps", f"https://github.com/team/apps/commit/{C}"),
        ("https://github.corp.example:8443/t/a", f"https://github.corp.example:8443/t/a/commit/{C}"),
        ("https://gitlab.com/group/sub/apps.git", f"https://gitlab.com/group/sub/apps/-/commit/{C}"),
        ("https://bitbucket.org/team/apps", f"https://bitbucket.org/team/apps/commits/{C}"),
        ("https://codeberg.org/team/apps", f"https://codeberg.org/team/apps/commit/{C}"),
        ("https://x.googlesource.com/apps", f"https://x.googlesource.com/apps/+/{C}"),
        ("ssh://gerrit.example:29418/oc/app1", f"https://gerrit.example/plugins/gitiles/oc/app1/+/{C}"),
        ("https://gerrit.example/a/oc/app1", f"https://gerrit.example/plugins/gitiles/oc/app1/+/{C}"),
    ],
)
def test_a_known_host_shows_the_commit(repository: str, page: str) -> None:
    assert commit_page(repository, C) == page


@pytest.mark.parametrize(
    "repository",
    [
        None,
        "",
        "https://git.example/team/apps.git",
        "https://github.com.evil.example@evil.example/team/apps",
        "https://evil.example/github.com/team/apps",
        "javascript:alert(1)//github.com/team/apps",
        "https://github.com/../team",
        "https://github.com/team/apps?x=1#y/commit",
        'https://github.com/"onclick=alert(1)/x',
        "https://github.com:port/team/apps",
        "https://[github.com/team/apps",
        "file:///srv/git/apps.git",
        "/srv/git/apps.git",
    ],
)
def test_any_other_address_gets_no_link(repository: str | None) -> None:
    found = commit_page(repository, C)
    assert found is None or found == f"https://github.com/team/apps/commit/{C}"


@pytest.mark.parametrize("commit", [None, "", "main", "../..", "0b12cd34\n", "x" * 40, "0" * 65])
def test_what_is_no_commit_gets_no_link(commit: str | None) -> None:
    assert commit_page("https://github.com/team/apps", commit) is None


async def test_a_journey_and_an_instance_lead_to_the_hosts_of_their_commits(tmp_path: Path) -> None:
    image = 'app1: {image: {repository: "registry.example/oc/app1", '
    world = World(
        estate=ESTATE.replace("https://git.example/", "git@github.com:team/"),
        application=APPLICATION.replace(image, f'{image}source: "https://gitlab.example/oc/app1", '),
    )
    async with delivered(tmp_path, "pat", world=world, listens=False) as served:
        world.publish("app1", "1.1.0", source_commit=C)
        await world.look()
        await world.pass_time(timedelta(seconds=30))
        async with served.browser("pat") as browser:
            journey = (await browser.get("/artifacts/oc/app1/versions/1.1.0")).text
            instance = (await browser.get("/instances/oc/dev")).text
            twin = (await browser.get("/instances/oc/dev.json")).json()
    assert f'href="https://gitlab.example/oc/app1/-/commit/{C}"' in journey
    assert journey.count('href="https://github.com/team/argocd-oc-apps/commit/') >= 2, "configuration, branch"
    landed = twin["history"][0]["commit"]
    assert f'href="https://github.com/team/argocd-oc-apps/commit/{landed}"' in instance
