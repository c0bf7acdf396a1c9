"""Tests of app2 that need nothing but itself; `make test` runs them."""

# ruff: noqa: PT009 - it is tested with what Python itself brings
import json
import unittest
import urllib.error
import urllib.request

from app2 import VERSION, Health, answer, serve_pages
from quotes import QUOTES


class Question:
    """A question as NATS hands it over, which remembers its answer."""

    def __init__(self) -> None:
        self.answered = b""

    async def respond(self, data: bytes) -> None:
        """Take the answer."""
        self.answered = data


class Answers(unittest.IsolatedAsyncioTestCase):
    """What comes back over NATS."""

    async def test_a_question_gets_a_quote_and_the_version(self) -> None:
        """Consumers read both."""
        question = Question()
        await answer(question)  # type: ignore[arg-type]  # only respond() is used of a message
        said = json.loads(question.answered)
        self.assertIn(said["text"], QUOTES)
        self.assertEqual(said["version"], VERSION)


class Pages(unittest.TestCase):
    """What comes back over HTTP."""

    def test_without_nats_the_process_is_fine_but_not_ready(self) -> None:
        """So probes can tell the two apart."""
        server = serve_pages(Health(), ("127.0.0.1", 0))
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        seen = {path: self.status(server.server_port, path) for path in ("/", "/healthz", "/readyz", "/x")}
        self.assertEqual(seen, {"/": 200, "/healthz": 200, "/readyz": 503, "/x": 404})

    def status(self, port: int, path: str) -> int:
        """Ask for a page and give the status."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as response:
                return int(response.status)
        except urllib.error.HTTPError as error:
            error.close()
            return error.code


if __name__ == "__main__":
    unittest.main()
