"""Stopwatches measure what passed, each from its own start."""

from headway.adapters.podman.stopwatch import Stopwatches


class Hand:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        """Give the time."""
        return self.at


def test_one_starts_when_it_is_first_asked_for_and_anew_when_it_is_started() -> None:
    hand = Hand()
    watches = Stopwatches(hand)
    assert watches.seconds("a") == 0
    hand.at += 5
    watches.start("b")
    hand.at += 2
    assert (watches.seconds("a"), watches.seconds("b")) == (7, 2)
    watches.start("a")
    assert watches.seconds("a") == 0


def test_one_that_nobody_started_tells_so() -> None:
    hand = Hand()
    watches = Stopwatches(hand)
    assert watches.seconds_if_started("a") is None
    watches.start("a")
    hand.at += 1
    assert watches.seconds_if_started("a") == 1
