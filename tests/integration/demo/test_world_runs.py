"""What the world publishes runs, talks through NATS, and fails as its changes say."""

import json
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from demo.world import Change, Published, World, changes
from tests.fixtures.demo_world import Podman, get, wait_for, wait_for_status

NATS = "nats://nats:4222"


@pytest.fixture(scope="module")
def first(world: World) -> dict[str, Published]:
    """The first version of both applications, published at once as two teams do."""
    with ThreadPoolExecutor() as pool:
        return {
            published.application: published
            for published in pool.map(lambda name: world.publish(name, "1.0.0"), ("app1", "app2"))
        }


@pytest.fixture(scope="module")
def quotes(world: World, podman: Podman, first: dict[str, Published]) -> str:
    """NATS and app2, ready to be asked; gives app2's address."""
    podman.run("nats", world.nats_image, "--port", "4222", "--http_port", "8222")
    return podman.run("app2", first["app2"].reference, NATS_URL=NATS)


@pytest.fixture
def publish_next(
    world: World, first: dict[str, Published], request: pytest.FixtureRequest
) -> Callable[[str, Change], Published]:
    """Publish another version of an application with a change in it."""
    numbers = request.config.stash.setdefault(_NUMBERS, dict.fromkeys(first, 0))

    def publish(application: str, change: Change) -> Published:
        numbers[application] += 1
        return world.publish(application, f"1.{numbers[application]}.0", change=change)

    return publish


_NUMBERS = pytest.StashKey[dict[str, int]]()


def test_app1_answers_with_what_app2_says_over_nats(
    podman: Podman, first: dict[str, Published], quotes: str
) -> None:
    """The one thing that OneConnect does, end to end, and both programs say that they are ready."""
    app1 = podman.run("app1", first["app1"].reference, NATS_URL=NATS, GREETING="Kia ora", REGION="us-west-2")
    answer = wait_for_status(f"http://{app1}:8080/", 200)
    assert {**answer, "quote": None} == {
        "service": "app1",
        "version": "1.0.0",
        "region": "us-west-2",
        "greeting": "Kia ora",
        "quote": None,
    }
    assert answer["quote"]["version"] == "1.0.0"  # type: ignore[index]  # an object, as the next line reads
    assert answer["quote"]["text"]  # type: ignore[index]
    for address in (app1, quotes):
        wait_for_status(f"http://{address}:8080/readyz", 200)


def test_an_image_says_what_it_was_built_from(world: World, first: dict[str, Published]) -> None:
    """Its labels and its manifest's annotations both name commit, source, version and time."""
    for published in first.values():
        reference = f"docker://{published.reference}"
        seen = [
            json.loads(_skopeo("inspect", "--config", reference))["config"]["Labels"],
            json.loads(_skopeo("inspect", "--raw", reference))["annotations"],
        ]
        for facts in seen:
            said = {key.removeprefix("org.opencontainers.image."): value for key, value in facts.items()}
            assert said["revision"] == published.commit
            assert said["source"] == f"cloud/applications/{published.application}.git"
            assert said["version"] == published.version
            assert said["created"].endswith("Z")
        assert world.applications[published.application].tip() == published.commit


@pytest.mark.usefixtures("quotes")
def test_the_contract_check_of_app1_passes_on_itself(podman: Podman, first: dict[str, Published]) -> None:
    """It is the job that the application's check `contract` runs."""
    app1 = podman.run("app1", first["app1"].reference, NATS_URL=NATS)
    assert _judge(podman, first["app1"], app1).returncode == 0


def test_a_request_in_flight_is_answered_when_app1_is_asked_to_end(
    podman: Podman, first: dict[str, Published]
) -> None:
    """Without NATS a request lasts two seconds, so it is surely in flight when SIGTERM comes."""
    app1 = podman.run("app1", first["app1"].reference, NATS_URL="nats://127.0.0.1:1")
    wait_for_status(f"http://{app1}:8080/healthz", 200)
    assert get(f"http://{app1}:8080/readyz")[0] == 503
    with ThreadPoolExecutor() as pool:
        asked = pool.submit(get, f"http://{app1}:8080/")
        wait_for("a connection", lambda: True if _has_connection(podman) else None)
        podman("stop", "--time", "10", "app1")
        status, body = asked.result(timeout=10)
    assert (status, body["version"]) == (503, "1.0.0")
    assert podman("inspect", "--format", "{{.State.ExitCode}}", "app1").stdout.strip() == "0"


@pytest.mark.usefixtures("quotes")
def test_app2_ends_with_status_0_when_asked_to(podman: Podman, first: dict[str, Published]) -> None:
    """An engine that stops it must not take that for a crash."""
    other = podman.run("app2-other", first["app2"].reference, NATS_URL=NATS)
    wait_for_status(f"http://{other}:8080/readyz", 200)
    began = time.monotonic()
    podman("stop", "--time", "20", "app2-other")
    assert podman("inspect", "--format", "{{.State.ExitCode}}", "app2-other").stdout.strip() == "0"
    assert time.monotonic() - began < 20, "it had to be killed"


def test_app2_waits_for_nats_and_can_be_ended_meanwhile(podman: Podman, first: dict[str, Published]) -> None:
    """A first deployment starts everything at once, and may be taken away before NATS is there."""
    lonely = podman.run("app2-lonely", first["app2"].reference, NATS_URL="nats://nowhere:4222")
    wait_for_status(f"http://{lonely}:8080/readyz", 503)
    podman("stop", "--time", "20", "app2-lonely")
    assert podman("inspect", "--format", "{{.State.ExitCode}}", "app2-lonely").stdout.strip() == "0"


def test_both_find_nats_again_after_it_was_away(
    podman: Podman, first: dict[str, Published], quotes: str
) -> None:
    """While it is away they are unready, and fine; afterwards they answer without a restart."""
    app1 = podman.run("app1", first["app1"].reference, NATS_URL=NATS)
    wait_for_status(f"http://{app1}:8080/", 200)
    podman("stop", "--time", "1", "nats")
    late = podman.run("app2-late", first["app2"].reference, NATS_URL=NATS)
    for address in (app1, quotes):
        wait_for_status(f"http://{address}:8080/readyz", 503)
        assert get(f"http://{address}:8080/healthz")[0] == 200
    podman("start", "nats")
    wait_for_status(f"http://{app1}:8080/", 200)
    wait_for_status(f"http://{quotes}:8080/readyz", 200)
    wait_for_status(f"http://{late}:8080/readyz", 200)
    podman("rm", "--force", "--time", "1", "app2-late")


@pytest.mark.usefixtures("quotes")
def test_a_version_that_crashes_never_serves(
    podman: Podman, publish_next: Callable[[str, Change], Published]
) -> None:
    """It ends by itself, with a status and a reason."""
    bad = publish_next("app1", changes.CRASHES)
    podman.run("app1", bad.reference, NATS_URL=NATS)
    assert podman("wait", "app1").stdout.strip() == "1"
    assert "journal" in podman("logs", "app1").stderr


@pytest.mark.usefixtures("quotes")
def test_a_version_fails_in_the_first_region_only(
    podman: Podman, publish_next: Callable[[str, Change], Published]
) -> None:
    """It is ready everywhere and keeps the contract elsewhere, so nothing before production can see it."""
    bad = publish_next("app1", changes.FAILS_IN_FIRST_REGION)
    for region, status in {"": 200, "us-west-2": 200, "ap-southeast-2": 500}.items():
        app1 = podman.run("app1", bad.reference, NATS_URL=NATS, REGION=region)
        wait_for_status(f"http://{app1}:8080/readyz", 200)
        wait_for_status(f"http://{app1}:8080/", status)


@pytest.mark.usefixtures("quotes")
def test_a_version_that_breaks_the_contract_answers_all_the_same(
    podman: Podman, first: dict[str, Published], publish_next: Callable[[str, Change], Published]
) -> None:
    """Only the check `contract`, in the image of the first version, tells it apart."""
    bad = publish_next("app1", changes.BREAKS_CONTRACT)
    app1 = podman.run("app1", bad.reference, NATS_URL=NATS)
    wait_for_status(f"http://{app1}:8080/", 200)
    judged = _judge(podman, first["app1"], app1)
    assert judged.returncode != 0
    assert "the contract is broken" in judged.stderr


@pytest.mark.usefixtures("quotes")
def test_app2_can_break_the_contract_of_app1(
    podman: Podman, first: dict[str, Published], publish_next: Callable[[str, Change], Published]
) -> None:
    """Its own tests pass, app1 answers 200, and the contract sees the empty quote."""
    bad = publish_next("app2", changes.APP2_BREAKS_CONTRACT)
    podman.run("app2", bad.reference, NATS_URL=NATS)
    app1 = podman.run("app1", first["app1"].reference, NATS_URL=NATS)
    wait_for_status(f"http://{app1}:8080/", 200)
    judged = _judge(podman, first["app1"], app1)
    podman.run("app2", first["app2"].reference, NATS_URL=NATS)
    assert "no quote.text" in judged.stderr


@pytest.mark.usefixtures("quotes")
def test_a_version_that_needs_a_variable_starts_with_it_only(
    podman: Podman, publish_next: Callable[[str, Change], Published]
) -> None:
    """So its image and the manifests that set the variable must travel together."""
    good = publish_next("app1", changes.NEEDS_WELCOME)
    podman.run("app1", good.reference, NATS_URL=NATS, GREETING="from here")
    assert podman("wait", "app1").stdout.strip() == "1"
    assert "WELCOME is not set" in podman("logs", "app1").stderr
    app1 = podman.run("app1", good.reference, NATS_URL=NATS, GREETING="from here", WELCOME="Nau mai")
    assert wait_for_status(f"http://{app1}:8080/", 200)["greeting"] == "Nau mai from here"


def _judge(podman: Podman, checker: Published, address: str) -> subprocess.CompletedProcess[str]:
    url = f"http://{address}:8080/"
    return podman("run", "--rm", "--network", "demo-world-test", checker.reference, "check", url, check=False)


def _has_connection(podman: Podman) -> bool:
    """Say whether somebody is connected to app1 (proc(5): state 01 is ESTABLISHED; 1F90 is port 8080)."""
    pid = podman("inspect", "--format", "{{.State.Pid}}", "app1").stdout.strip()
    lines = Path(f"/proc/{pid}/net/tcp6").read_text().splitlines()[1:]
    return any(line.split()[1].endswith(":1F90") and line.split()[3] == "01" for line in lines)


def _skopeo(*arguments: str) -> str:
    done = subprocess.run(
        ["skopeo", arguments[0], "--tls-verify=false", *arguments[1:]],
        capture_output=True,
        text=True,
        timeout=90,
        check=True,
    )
    return done.stdout
