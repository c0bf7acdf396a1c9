"""Charts as SVG inside the page: drawn by pygal, freed of all that a strict Content-Security-Policy forbids.

What pygal draws is copied element by element, and only what is listed here is copied: no script, no style, no
identifier. Colours and lines come from `measure.css`, so that they follow light, dark and print. A chart is
hidden from programs that read aloud: the table beside it has the same numbers and the same links.
"""

import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

from markupsafe import Markup

from headway.interfaces.web.screen import harmless

WIDTH, HEIGHT = 440, 230
"""In the units of its view: narrow, so that letters stay readable on a phone, where all of it is shown."""
_LETTERS = 12
_TAGS = frozenset(("svg", "g", "path", "rect", "circle", "text", "a", "title"))
_ATTRIBUTES = frozenset(
    ("class", "d", "x", "y", "width", "height", "cx", "cy", "r", "rx", "ry", "transform", "viewBox", "href")
)
_LEFT_OUT = frozenset(("background", "tooltip", "tooltip-overlay"))
_EMPTY_WITHOUT_CHILDREN = frozenset(("g", "a", "text"))
_LONG_NUMBER = re.compile(r"-?\d+\.\d+")
_LINK = "{http://www.w3.org/1999/xlink}href"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One value of a chart."""

    value: float | None
    """None: not known; nothing is drawn."""
    tells: str = ""
    """What is told when one points at it."""
    href: str | None = None
    """What is behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """One value that the axis names."""

    value: float
    label: str
    is_reference: bool = False
    """A published figure, drawn as one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Values of one kind, one for each label."""

    name: str
    marks: Sequence[Mark]

    @property
    def known(self) -> list[float]:
        """Give the values that are known."""
        return [one.value for one in self.marks if one.value is not None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """What values are drawn against."""

    ticks: Sequence[Tick]
    lowest: float
    highest: float
    logarithmic: bool = False


def lines(labels: Sequence[str], series: Sequence[Series], axis: Axis) -> Markup:
    """Draw values over time; where nothing is known the line has a gap."""
    return _drawn(_pygal().Line, labels, series, axis, dots_size=4 if len(labels) < 40 else 3)


def bars(labels: Sequence[str], series: Sequence[Series], axis: Axis) -> Markup:
    """Draw counts or shares over time, the series on top of each other."""
    return _drawn(_pygal().StackedBar, labels, series, axis)


def ranks(labels: Sequence[str], series: Series, axis: Axis) -> Markup:
    """Draw one value for each name, the first on top."""
    upside_down = Series(name=series.name, marks=series.marks[::-1])
    return _drawn(_pygal().HorizontalBar, labels[::-1], [upside_down], axis, names_all=True)


def _pygal() -> Any:  # noqa: ANN401  # it has no types
    import pygal  # noqa: PLC0415  # only charts need it

    # It adds a finder of plug-ins, of which there are none here, in a form that Python warns of.
    sys.meta_path[:] = [one for one in sys.meta_path if type(one).__module__ != pygal.__name__]
    return pygal


def _drawn(
    kind: Any,  # noqa: ANN401  # pygal has no types
    labels: Sequence[str],
    series: Sequence[Series],
    axis: Axis,
    *,
    names_all: bool = False,
    **settings: object,
) -> Markup:
    chart = kind(
        width=WIDTH,
        height=HEIGHT,
        style=_pygal().style.Style(label_font_size=_LETTERS, major_label_font_size=_LETTERS),
        show_legend=False,
        css=(),
        js=(),
        margin=6,
        margin_right=14,
        margin_top=10,
        spacing=6,
        logarithmic=axis.logarithmic,
        range=(axis.lowest, axis.highest),
        truncate_label=-1,
        show_minor_x_labels=names_all,
        x_labels_major_every=1 if names_all else max(1, -(-len(labels) // 5)),
        **settings,
    )
    chart.x_labels = [harmless(one) for one in labels]
    chart.y_labels = [{"value": one.value, "label": one.label} for one in axis.ticks]
    # Without any, pygal would choose some of the others.
    chart.y_labels_major = [one.value for one in axis.ticks if one.is_reference] or [-1.0]
    for one in series:
        chart.add(one.name, [_value(mark) for mark in one.marks], allow_interruptions=True)
    cleaned = _cleaned(chart.render_tree())
    if cleaned is None:
        message = "pygal drew nothing"
        raise ValueError(message)
    cleaned.attrib |= {"class": "chart", "aria-hidden": "true", "focusable": "false"}
    # Every text in the tree is escaped here.
    return Markup(ET.tostring(cleaned, encoding="unicode"))  # noqa: S704  # only what `_cleaned` lists


def _value(mark: Mark) -> Mapping[str, object] | None:
    if mark.value is None:
        return None
    told: dict[str, object] = {"value": mark.value, "tooltip": harmless(mark.tells)}
    if mark.href is not None:
        told["xlink"] = {"href": harmless(mark.href)}
    return told


def _cleaned(element: ET.Element, *, of_value: bool = False) -> ET.Element | None:
    """Copy what a chart may hold; None: nothing of it."""
    tag = element.tag
    if not isinstance(tag, str) or tag not in _TAGS or (tag == "title" and not of_value):
        return None
    names = set(element.get("class", "").split())
    if names & _LEFT_OUT or (tag == "rect" and element.get("height") in ("0", "0.0")):
        return None
    copy = ET.Element(tag)
    for name, value in element.attrib.items():
        plain = "href" if name == _LINK else name
        if plain in _ATTRIBUTES and value:
            copy.set(plain, value if plain in ("class", "href") else _LONG_NUMBER.sub(_short, value))
    copy.text = element.text if tag in ("text", "title") else None
    if tag == "a":
        copy.set("tabindex", "-1")
    is_value = tag == "a" or bool({"bar", "dots"} & names)
    copy.extend(one for each in element if (one := _cleaned(each, of_value=is_value)) is not None)
    if tag in _EMPTY_WITHOUT_CHILDREN and not len(copy) and not copy.text:
        return None
    return copy


def _short(number: re.Match[str]) -> str:
    return f"{float(number[0]):.1f}".removesuffix(".0")
