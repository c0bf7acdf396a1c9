"""Whoever waits for a long answer is let go at once."""

import os
import signal
import threading

import pytest

from headway.domain.errors import UsageError
from headway.interfaces.cli.client import Client, Params
from headway.interfaces.cli.patience import Patience

ENDS_A_HUNG_TEST_S = 60.0


class DeafClient(Client):
    """Interrupts its own program while it is asked, and hears no signal until it answers."""

    def __init__(self) -> None:
        super().__init__("http://127.0.0.1:1", "token")
        self.may_answer = threading.Event()
        self.has_answered = False

    def get(self, path: str, params: Params | None = None, *, waits_s: float = 0) -> str:  # noqa: ARG002  # as its base
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            os.kill(os.getpid(), signal.SIGINT)
            self.may_answer.wait(ENDS_A_HUNG_TEST_S)
            self.has_answered = True
            return "too late"
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


class RefusingClient(Client):
    """Answers every question with a refusal."""

    def get(self, path: str, params: Params | None = None, *, waits_s: float = 0) -> str:  # noqa: ARG002  # as its base
        raise UsageError("name-malformed", "no", why="it is not", next_step="ask for another")


def test_an_interrupt_does_not_wait_for_the_answer() -> None:
    client = DeafClient()
    with pytest.raises(KeyboardInterrupt):
        Patience(client).get("/board", {}, waits_s=50)
    assert not client.has_answered
    client.may_answer.set()


def test_what_the_server_refuses_is_raised_where_it_was_asked() -> None:
    with pytest.raises(UsageError, match="no"):
        Patience(RefusingClient("http://127.0.0.1:1", "token")).get("/board", {}, waits_s=50)
