"""The story is readable wherever it is told, and what its stream counts is true."""

import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from demo.engines import Crowd
from demo.story.stream import Stream
from demo.story.teller import WIDTH, Teller
from tests.fixtures.demo_world import wait_for

LONG = "Many words that go on and on, further than any line of a small terminal does, and then some more."


class Entrance(ThreadingHTTPServer):
    """Answers what it is told to."""

    status = 200
    body = b'{"version": "1.0.0"}'
    connections = 0

    def verify_request(self, request: object, client_address: object) -> bool:
        """Count a connection."""
        del request, client_address
        self.connections += 1
        return True


class _Answering(BaseHTTPRequestHandler):
    server: Entrance
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def entrance() -> Iterator[Entrance]:
    """Something that answers like app1."""
    with Entrance(("127.0.0.1", 0), _Answering) as server:
        server.daemon_threads = True
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_every_answer_that_is_not_app1s_own_counts_as_failed(entrance: Entrance) -> None:
    """Another status or another body; good answers around it do not."""
    stream = Stream(f"http://127.0.0.1:{entrance.server_port}/")
    wait_for("good answers", lambda: stream.tally.versions or None)
    assert not stream.tally.failed
    entrance.status = 503
    wait_for("a failed one", lambda: stream.tally.failed or None)
    entrance.status, entrance.body = 200, b'{"version": "1.1.0"}'
    wait_for("the next version", lambda: "1.1.0" in stream.tally.versions or None)
    tally = stream.end()
    assert tally.versions == ["1.0.0", "1.1.0"]
    assert "503" in tally.failed[0]
    assert tally.asked > len(tally.failed)


@pytest.mark.parametrize("keeps", [True, False])
def test_a_crowd_keeps_its_connections_or_makes_one_for_each_request(entrance: Entrance, keeps: bool) -> None:
    """What stands behind an entrance must take both, so which it is must be true."""
    stream = Stream(f"http://127.0.0.1:{entrance.server_port}/", Crowd(people=3, keeps_connections=keeps))
    wait_for("a few answers of each", lambda: stream.tally.asked > 9 or None)
    tally = stream.end()
    assert stream.requests_per_s == 60
    assert not tally.failed
    assert entrance.connections == (3 if keeps else tally.asked)


def test_a_closed_entrance_counts_as_failed() -> None:
    """Nobody listens there."""
    stream = Stream("http://127.0.0.1:1/")
    wait_for("a failed one", lambda: stream.tally.failed or None)
    assert "ConnectionRefusedError" in stream.end().failed[0]


def test_a_pipe_gets_plain_lines_of_at_most_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
    """No colours, no spinner, nothing that moves."""
    teller = Teller()
    with teller.scene("1. A scene", LONG):
        teller.done("production-ap-southeast-2", LONG, since=time.monotonic())
        with teller.waiting("something"):
            teller.bad("a step", LONG)
        teller.note(LONG)
        teller.prompt("headway status", "\x1b[32m● healthy\x1b[0m")
    teller.summary([("in all", "1.0 s")])
    said = capsys.readouterr().out
    assert "\x1b" not in said
    assert "● healthy" in said
    assert max(map(len, said.splitlines())) <= WIDTH


def test_a_picture_loads_nothing_from_elsewhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is drawn of what was told since its beginning, with no font of anybody's server."""
    teller = Teller(picture=True)
    teller.say("what came before")
    teller.begin_picture()
    teller.say("the end")
    teller.draw(tmp_path / "images" / "end.svg", "make demo")
    drawn = (tmp_path / "images" / "end.svg").read_text()
    assert "the&#160;end" in drawn
    assert "before" not in drawn
    assert "url(" not in drawn.replace("url(#", "")
    assert "before" in capsys.readouterr().out
