"""However a world ends, nothing of it stays, and nothing of anybody else's is touched."""

import json
import os
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from queue import Queue

import pytest
from demo.world import Notifications, World, build
from demo.world.home import Home
from tests.fixtures.demo_world import wait_for

from headway.domain.errors import UsageError

STAND = """
import signal, sys
from pathlib import Path
from demo.world import build
print(build(Path(sys.argv[1])).registry.address, flush=True)
signal.pause()
"""
ROOT = Path(__file__).parents[3]


@pytest.fixture
def owner(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Another process that owns a world in the folder, and its registry's address."""
    argv = [sys.executable, "-c", STAND, str(folder)]
    environment = {"PYTHONPATH": f"{ROOT}:{ROOT / 'src'}", "PATH": os.environ["PATH"]}
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        yield process, process.stdout.readline().strip()
        process.kill()
        process.wait(10)
    Home(folder).clear_if_left()


def answers(address: str) -> bool:
    """Say whether a registry answers."""
    try:
        with urllib.request.urlopen(f"http://{address}/v2/", timeout=2):
            return True
    except (urllib.error.URLError, OSError):
        return False


def test_what_a_killed_world_left_is_cleared_at_the_next_start(
    folder: Path, owner: tuple[subprocess.Popen[str], str]
) -> None:
    """Its registry ran on; the next world in the folder ends it."""
    process, address = owner
    process.kill()
    process.wait(10)
    assert answers(address)
    with build(folder) as world:
        assert not answers(address)
        assert answers(world.registry.address)
    assert not answers(world.registry.address)


def test_a_world_that_still_plays_is_left_alone(
    folder: Path, owner: tuple[subprocess.Popen[str], str]
) -> None:
    """A second demo in the same folder is refused with the owner's process id."""
    process, address = owner
    with pytest.raises(UsageError, match=f"process {process.pid} owns it"):
        build(folder)
    assert answers(address)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("moment", ["the registry", "published", "the world stands"])
def test_a_signal_at_any_moment_leaves_nothing(folder: Path, number: signal.Signals, moment: str) -> None:
    """Ctrl-C, a closed terminal and kill all clear the world on the way out."""
    argv = [sys.executable, "-m", "demo.world", str(folder)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith(moment):
                process.send_signal(number)
                break
        rest = process.stdout.read()
        assert process.wait(30) == 0
    assert rest.endswith("ended, and nothing is left\n")
    assert not folder.exists()


def test_a_folder_with_something_else_in_it_is_refused(tmp_path: Path) -> None:
    """A world removes its folder, so it must never take one that holds anything."""
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(UsageError, match="holds something else"):
        build(tmp_path)
    with pytest.raises(UsageError, match="holds something else"):
        Home(tmp_path).clear_if_left()
    assert (tmp_path / "thesis.txt").exists()


def test_what_is_to_be_undone_is_undone_last_first(folder: Path, tmp_path: Path) -> None:
    """A command that fails stops none of the others."""
    said = tmp_path / "said"
    with build(folder) as world:
        for command in (f"echo first >> {said}", "false", f"echo last >> {said}"):
            world.undo_later(["sh", "-c", command])
        assert not said.exists()
    assert said.read_text() == "last\nfirst\n"


def test_a_program_started_in_the_world_ends_with_it(folder: Path) -> None:
    """So do its children, of which the world knows nothing."""
    with build(folder) as world:
        script = "sleep 1000 & echo $!; wait"
        process = world.start("sleeper", ["sh", "-c", script])
        child = wait_for("the child", lambda: process.log.read_text().strip() or None)
        assert Path("/proc", child).exists()
    assert not process.is_running()
    assert not Path("/proc", child, "exe").exists()


class Listener(HTTPServer):
    """Takes what the registry tells."""

    def __init__(self) -> None:
        heard: Queue[tuple[str | None, dict[str, object]]] = Queue()

        class Hear(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                heard.put((self.headers["Authorization"], json.loads(body)))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Hear)
        self.heard = heard


@pytest.fixture
def listener() -> Iterator[Listener]:
    """A listener that runs."""
    with Listener() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join(10)


def test_the_registry_tells_of_pushes_and_keeps_images_over_a_restart(
    world: World, listener: Listener
) -> None:
    """It was started without a listener, is started again with one, and then tells it of a push."""
    address = world.registry.address
    url = f"http://127.0.0.1:{listener.server_port}/hooks/registry"
    world.registry.start(Notifications(url=url, authorization="Bearer made-up"))
    published = world.publish("app1", "1.0.0")
    tags = set()
    while "1.0.0" not in tags:
        authorization, told = listener.heard.get(timeout=90)
        assert authorization == "Bearer made-up"
        events = told["events"]
        assert isinstance(events, list)
        tags |= {event["target"].get("tag") for event in events if event["action"] == "push"}
    world.registry.stop()
    assert not answers(address)
    world.registry.start()
    manifest = f"http://{address}/v2/oneconnect/app1/manifests/{published.digest}"
    wanted = urllib.request.Request(
        manifest, headers={"Accept": "application/vnd.oci.image.manifest.v1+json"}
    )
    with urllib.request.urlopen(wanted, timeout=5) as response:  # noqa: S310 - likewise
        assert response.headers["Docker-Content-Digest"] == published.digest
