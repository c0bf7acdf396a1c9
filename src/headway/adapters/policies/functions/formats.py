"""Named formats, such as a DNS label: what a text must look like. Pure.

Whether a text meets a format is as on the server; the words that say why it does not are ours.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from headway.adapters.policies.functions.function import Function, Overload, opaque, traversal
from headway.adapters.policies.functions.numbers_text import read_instant
from headway.adapters.policies.functions.urls import read_url
from headway.adapters.policies.values import NONE, EvaluationError, Optional

_LABEL = re.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_LETTER_LABEL = re.compile("[a-z]([-a-z0-9]*[a-z0-9])?")
_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_NAME = re.compile("([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]")
_UUID = re.compile("(?i)[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")
_BASE64 = re.compile("(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})")


@opaque
@dataclass(frozen=True, slots=True)
class Format:
    """A format by its name."""

    TYPE: ClassVar[str] = "kubernetes.NamedFormat"
    name: str


def _dns(pattern: re.Pattern[str], most: int, *, prefix: bool = False) -> Callable[[str], bool]:
    def holds(text: str) -> bool:
        if prefix and len(text) > 1 and text.endswith("-"):
            text = text[:-2] + "a"
        return len(text) <= most and pattern.fullmatch(text) is not None

    return holds


def _is_qualified(text: str) -> bool:
    before, slash, name = text.rpartition("/")
    if slash and not _dns(_SUBDOMAIN, 253)(before):
        return False
    return len(name) <= 63 and _NAME.fullmatch(name) is not None


def _is_label_value(text: str) -> bool:
    return not text or (len(text) <= 63 and _NAME.fullmatch(text) is not None)


def _is_uri(text: str) -> bool:
    try:
        read_url(text)
    except EvaluationError:
        return False
    return True


def _is_date(text: str) -> bool:
    try:
        return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", text)) and bool(date.fromisoformat(text))
    except ValueError:
        return False


_FORMATS: Mapping[str, tuple[Callable[[str], bool], str]] = {
    "dns1123Label": (_dns(_LABEL, 63), "is not a lower-case DNS label of at most 63 characters"),
    "dns1123LabelPrefix": (_dns(_LABEL, 63, prefix=True), "does not begin a lower-case DNS label"),
    "dns1123Subdomain": (_dns(_SUBDOMAIN, 253), "is not a lower-case DNS name of at most 253 characters"),
    "dns1123SubdomainPrefix": (_dns(_SUBDOMAIN, 253, prefix=True), "does not begin a lower-case DNS name"),
    "dns1035Label": (_dns(_LETTER_LABEL, 63), "is not a DNS label that begins with a letter"),
    "dns1035LabelPrefix": (_dns(_LETTER_LABEL, 63, prefix=True), "does not begin such a DNS label"),
    "qualifiedName": (_is_qualified, "is not a name of at most 63 characters, with or without a DNS prefix"),
    "labelValue": (_is_label_value, "is not a label's value"),
    "uri": (_is_uri, "is not an absolute URI"),
    "uuid": (lambda text: _UUID.fullmatch(text) is not None, "does not match the UUID format"),
    "byte": (lambda text: _BASE64.fullmatch(text) is not None, "invalid base64"),
    "date": (_is_date, "invalid date"),
    "datetime": (lambda text: read_instant(text.upper()) is not None, "invalid datetime"),
}


def _validate(wanted: Format, text: str) -> Optional:
    holds, why = _FORMATS[wanted.name]
    return NONE if holds(text) else Optional(True, [why])


def _named(name: str) -> Optional:
    return Optional(True, Format(name)) if name in _FORMATS else NONE


def _constant(name: str) -> Function:
    known = Format(name)
    return Function(
        name=f"format.{name}",
        member=False,
        library="format",
        overloads=(Overload(f" -> {Format.TYPE}", lambda: known),),
    )


LIBRARY = (
    Function(
        name="format.named",
        member=False,
        library="format",
        overloads=(Overload(f"string -> optional_type({Format.TYPE})", _named),),
    ),
    Function(
        name="validate",
        library="format",
        cost=traversal,
        overloads=(Overload(f"{Format.TYPE}, string -> optional_type(list(string))", _validate),),
    ),
    *map(_constant, _FORMATS),
)
