"""Charts as SVG: what is drawn of what is known, and whatever texts they are given."""

import re
import sys
from datetime import timedelta

import pytest

from headway.interfaces.web.axes import counts, shares, spans
from headway.interfaces.web.charts import Axis, Mark, Series, Tick, bars, lines, ranks

DAYS = ["Jul 1", "Jul 2", "Jul 3", "Jul 4"]
HOUR, DAY = 3600.0, 86_400.0


def _series(*values: float | None, tells: str = "told", href: str | None = None) -> Series:
    return Series(name="any", marks=[Mark(value=one, tells=tells, href=href) for one in values])


def test_what_is_not_known_is_a_gap() -> None:
    drawn = lines(DAYS, [_series(0.1, None, 0.3, 0.2)], shares([0.3]))
    assert drawn.count("<circle") == 3
    (way,) = re.findall(r'<g class="series[^"]*"><path d="([^"]+)"', drawn)
    assert way.count(" ") < 5, "the two that follow each other, and no line over the gap"


def test_each_value_tells_itself_and_leads_somewhere() -> None:
    drawn = bars(DAYS, [_series(1, 2, None, 3, tells="2 & more", href="/x?a=b&c=d")], counts([3]))
    assert drawn.count("<rect") == drawn.count('href="/x?a=b&amp;c=d"') == 3
    assert drawn.count("<title>2 &amp; more</title>") == 3


@pytest.mark.parametrize(
    "bad", ["<script>alert(1)</script>", '"><img src=x>', "]]>", "\x00\x1b", "\ud800", ""]
)
def test_bad_texts_stay_texts(bad: str) -> None:
    for drawn in (
        lines([bad, *DAYS[1:]], [_series(1, 2, 3, 4, tells=bad, href=bad)], counts([4])),
        bars([bad, *DAYS[1:]], [_series(1, 2, 3, 4, tells=bad, href=bad)], counts([4])),
        ranks([bad, *DAYS[1:]], _series(1, 2, 3, 4, tells=bad, href=bad), counts([4])),
    ):
        assert "<script" not in drawn
        assert "<img" not in drawn
        drawn.encode()
        assert not any(ord(one) < 32 for one in drawn if one != "\n")


def test_published_figures_are_drawn_as_such() -> None:
    axis = spans([2 * HOUR, 3 * DAY], [timedelta(days=1)])
    assert [one.label for one in axis.ticks] == ["1 h", "6 h", "1 d", "1 week"]
    assert [one.label for one in axis.ticks if one.is_reference] == ["1 d"]
    drawn = lines(DAYS, [_series(2 * HOUR, 3 * DAY, None, None)], axis)
    assert _of_values(drawn).count("major guide line") == 1


def test_nothing_but_what_is_published_is_drawn_so() -> None:
    drawn = lines(DAYS, [_series(0.1, 0.2, 0.3, 0.2)], shares([0.3]))
    assert "guide line" in _of_values(drawn)
    assert "major" not in _of_values(drawn)


def _of_values(drawn: str) -> str:
    """Give the axis of the values."""
    return drawn.partition('<g class="axis x')[0]


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ([], ["0", "1"]),
        ([3], ["0", "1", "2", "3"]),
        ([17], ["0", "5", "10", "15", "20"]),
        ([12_345], ["0", "5,000", "10,000", "15,000"]),
    ],
)
def test_counts_are_round(values: list[float], labels: list[str]) -> None:
    assert [one.label for one in counts(values).ticks] == labels


def test_a_published_label_has_its_place_to_itself() -> None:
    axis = counts([20], [Tick(value=7, label="1 a day", is_reference=True), Tick(value=900, label="far")])
    assert [one.label for one in axis.ticks] == ["1 a day", "0", "5", "10", "15", "20"]
    near = counts([20], [Tick(value=5.5, label="ours", is_reference=True)])
    assert "5" not in [one.label for one in near.ticks]


def test_shares_never_pass_the_whole() -> None:
    assert [one.label for one in shares([0.02]).ticks] == ["0 %", "2.5 %", "5 %", "7.5 %", "10 %"]
    assert shares([1.0]).ticks[-1].label == "100 %"


@pytest.mark.parametrize("value", [0.001, 0.5, 7 * DAY, 3000 * DAY, 90_000 * DAY])
def test_every_span_has_its_place(value: float) -> None:
    axis = spans([value])
    assert axis.lowest <= value <= axis.highest
    assert "<circle" in lines(DAYS, [_series(value, None, None, None)], axis)


def test_one_value_alone_is_drawn() -> None:
    axis = Axis(ticks=(Tick(value=0, label="0"), Tick(value=1, label="1")), lowest=0, highest=1.02)
    assert lines(["Jul 1"], [_series(0.5)], axis).count("<circle") == 1
    assert bars(["Jul 1"], [_series(1)], axis).count("<rect") == 1


def test_the_library_leaves_imports_as_they_were() -> None:
    bars(["Jul 1"], [_series(1)], counts([1]))
    assert not [one for one in sys.meta_path if type(one).__module__.startswith("pygal")]
