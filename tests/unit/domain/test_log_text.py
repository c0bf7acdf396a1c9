"""What containers wrote is tamed and bounded, whatever it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headway.domain.live import LogLine, LogRequest
from headway.domain.log_text import MOST_CHARACTERS, log_tail, plain_line
from headway.domain.names import EnvironmentName, InstanceName


def asks(**more: int) -> LogRequest:
    """Ask for the log of some container."""
    place = InstanceName("oneconnect", "dev")
    return LogRequest(environment=EnvironmentName("dev"), instance=place, pod="p", container="c", **more)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b[38;5;196;1mred\x1b[K", "red"),
        ("\x9b31mred", "red"),
        ("\x1b]0;a title\x07text", "text"),
        ("\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\", "click"),
        ("\x1bP+q544e\x1b\\text", "text"),
        ("\x1bctext", "text"),
        ("\x1b(Btext", "text"),
        ("\x1b[", ""),
        ("\x1b", "\ufffd"),
        ("ends\r\n", "ends"),
        ("10 %\r20 %", "10 %\ufffd20 %"),
        ("a\tb", "a\tb"),
        ("\x00\x07\x08\x7f", "\ufffd" * 4),
        ("\u202egnissim", "\ufffdgnissim"),
        ("\ud800", "\ufffd"),
        ("\u2028", "\ufffd"),
        ("grüße 😀", "grüße 😀"),
        ("<b>&amp;", "<b>&amp;"),
    ],
)
def test_a_line_is_freed_of_what_commands_terminals(written: str, read: str) -> None:
    assert plain_line(written) == read


@given(st.text(st.characters(codec=None)))
def test_no_text_comes_out_that_could_do_anything(text: str) -> None:
    plain = plain_line(text)
    assert not any((ord(one) < 32 and one != "\t") or 127 <= ord(one) < 160 for one in plain)
    plain.encode()


def test_an_escape_that_never_ends_takes_no_time() -> None:
    assert len(plain_line("\x1b]" * 50_000)) <= 100_000


def test_the_last_lines_are_kept() -> None:
    lines = [LogLine(at=None, text=str(number)) for number in range(10)]
    tail = log_tail(lines, asks(most_lines=3), is_cut=False)
    assert [one.text for one in tail.lines] == ["7", "8", "9"]
    assert tail.is_cut
    assert not log_tail(lines, asks(most_lines=10), is_cut=False).is_cut
    assert log_tail(lines, asks(most_lines=10), is_cut=True).is_cut


def test_no_more_than_so_many_bytes_are_kept_of_whole_lines() -> None:
    lines = [LogLine(at=None, text="ü" * 10) for _ in range(10)]
    tail = log_tail(lines, asks(most_bytes=45), is_cut=False)
    assert [one.text for one in tail.lines] == ["ü" * 10] * 2
    assert tail.is_cut


def test_a_line_that_is_too_long_keeps_its_beginning_and_says_so() -> None:
    tail = log_tail([LogLine(at=None, text="x" * 1_000_000)], asks(), is_cut=False)
    assert tail.lines[0].text == "x" * MOST_CHARACTERS + " …"
    assert tail.is_cut


def test_of_nothing_the_engines_words_are_kept() -> None:
    assert log_tail([], asks(), is_cut=False, words="no run before\x07").words == "no run before\ufffd"
    assert log_tail([LogLine(at=None, text="x")], asks(), is_cut=False, words="why").words == ""
