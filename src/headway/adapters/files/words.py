"""The kinds of words that fields hold: each read strictly, refused with why and a way out.

A refusal is a pydantic error of type `field`, whose context carries `why` and `suggestion`.
"""

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError
from semantic_version import SimpleSpec

from headway.adapters.files.duration import LONGEST, PATTERN, format_duration, parse_duration
from headway.domain.kubernetes_version import parse_kubernetes_version
from headway.domain.names import is_label

KUBERNETES_PATTERN = r"^1\.(0|[1-9][0-9]{0,2})$"
LABEL_PATTERN = r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"

_REPOSITORY = re.compile(
    r"(?P<host>[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?)"
    r"(?P<path>(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)+)"
)
_REFERENCE_TAIL = re.compile(r"(:[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?(@sha256:[0-9a-f]{64})?")
_IMAGE_PATH = re.compile(r"[A-Z][A-Za-z0-9]*:[A-Za-z0-9_-]+(\[\])?(\.[A-Za-z0-9_-]+(\[\])?)*")
_PLATFORM = re.compile(r"[a-z0-9]+/[a-z0-9_]+(/[a-z0-9]+)?")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SERVER_URL = re.compile(r"https?://[^\s/]+(/[^\s]*)?")
_PLAIN_URL = re.compile(r"(?!-)(?![^/]*::)[^\x00-\x20\x7f]+")
"""No blanks; nothing that git takes for an option or for a helper program (``ext::``)."""
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*)://")
_USER_INFO = re.compile(r"^[a-z0-9+.-]+://([^/@]*)@", re.IGNORECASE)


def refuse(why: str, suggestion: str) -> PydanticCustomError:
    """Make the error that a validator raises."""
    context: dict[str, Any] = {"why": why, "suggestion": suggestion}
    return PydanticCustomError("field", "{why}", context)


def repository_prefix(text: str) -> bool:
    """Say whether an image repository can begin so: a registry, perhaps a path."""
    return _REPOSITORY.fullmatch(f"{text}/x") is not None


def read_label(text: str) -> str:
    """Check a name that stands in paths, branches and Kubernetes names."""
    if not is_label(text):
        mended = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:63].strip("-")
        raise refuse(
            f"{text[:80]!r} is no name: lower-case letters, digits and dashes, 63 at most, no dash at an end",
            f"Write {mended}" if mended else "Write it like app1",
        )
    return text


def _read_duration(value: object) -> timedelta:
    example = "Write it like 30s, 10m, 1h30m or 2d"
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise refuse("a duration is a number with its unit", example)
    if not isinstance(value, str):
        raise refuse(f"{value} has no unit", f"Write {value}s, {value}m, {value}h or {value}d")
    duration = parse_duration(value)
    if duration is None:
        raise refuse(
            f"{value[:40]!r} is no duration of at most {format_duration(LONGEST)}, largest unit first",
            example,
        )
    return duration


def _read_period(duration: timedelta) -> timedelta:
    if not duration:
        raise refuse("it must be longer than nothing", "Write it like 30s, 10m, 1h30m or 2d")
    return duration


def _read_semver(text: str) -> str:
    try:
        SimpleSpec(text)
    except ValueError as error:
        raise refuse(
            f"{text[:80]!r} is no range of semantic versions", 'Write it like ">=1.0", ">=1.2,<2" or "^1.4"'
        ) from error
    return text


def _read_repository(text: str) -> str:
    example = "Write it like harbor.example.com/oneconnect/app1"
    if "://" in text:
        raise refuse(
            "an image repository has no scheme", f"Write {text.rsplit('://', 1)[1].rsplit('@', 1)[-1]}"
        )
    if "@" in text or ":" in text.rsplit("/", 1)[-1]:
        raise refuse("it names one image, not its repository", "Take the tag or digest away from the end")
    found = _REPOSITORY.fullmatch(text)
    if found is None:
        raise refuse(f"{text[:80]!r} is no image repository", example)
    host = found["host"]
    if "." not in host and ":" not in host and host != "localhost":
        raise refuse(f"{text[:80]!r} names no registry", f"Write docker.io/{text} if that is where it is")
    return text


def _read_image(text: str) -> str:
    head = _REPOSITORY.match(text)
    if head is None or not _REFERENCE_TAIL.fullmatch(text[head.end() :]):
        raise refuse(
            f"{text[:80]!r} is no image",
            "Write it like harbor.example.com/tools/contract:1.2, with its registry",
        )
    return text


def _read_url(text: str) -> str:
    scheme = _SCHEME.match(text)
    if not _PLAIN_URL.fullmatch(text):
        raise refuse("it is no address of a Git repository", "Write an https, ssh or file URL, or a path")
    if scheme and scheme[1] not in {"https", "http", "ssh", "git", "file"}:
        raise refuse(
            f"{scheme[1]}:// is no transport that is used", "Write an https, ssh or file URL, or a path"
        )
    user = _USER_INFO.match(text)
    shown_to_all = user and (":" in user[1] or (scheme and scheme[1] in {"https", "http"}))
    if shown_to_all or (scheme and "?" in text):
        raise refuse(
            "it carries credentials, which everybody who reads the repository would have",
            "Take them out, and give them to Git's credential helper on the server",
        )
    return text


def is_server_url(text: str) -> bool:
    """Say whether a text is the address of a server and nothing more."""
    try:
        _read_server_url(text)
    except ValueError:
        return False
    return True


def _read_server_url(text: str) -> str:
    example = "Write it like https://argocd.example"
    if not _SERVER_URL.fullmatch(text):
        raise refuse("it is no address of a server", example)
    if _USER_INFO.match(text) or "?" in text or "#" in text:
        raise refuse("it carries more than an address", "Credentials stand in a folder of the server")
    return text


def _read_shared_path(text: str) -> str:
    parts = text.split("/")
    if not text or _CONTROL.search(text) or "\\" in text:
        raise refuse("it is no path", "Write it like oneconnect/shared")
    if text.startswith("/") or any(part in {"", ".", ".."} or part.lower() == ".git" for part in parts):
        raise refuse(
            f"{text[:80]!r} leaves the repository or is not written the shortest way",
            "Write it from the repository's root, like oneconnect/shared",
        )
    return text


def _read_image_path(text: str) -> str:
    if not _IMAGE_PATH.fullmatch(text):
        raise refuse(
            f"{text[:80]!r} is no place of an image",
            "Write it like Rollout:spec.template.spec.containers[].image",
        )
    return text


def _read_http_path(text: str) -> str:
    if not text.startswith("/") or text.startswith("//") or re.search(r"[\x00-\x20\x7f#]", text):
        raise refuse(
            f"{text[:80]!r} is no path of a URL", "Begin it with one slash, like /healthz, without blanks"
        )
    return text


def _read_platform(text: str) -> str:
    if not _PLATFORM.fullmatch(text):
        raise refuse(f"{text[:80]!r} is no platform", "Write it like linux/amd64 or linux/arm64")
    return text


def _read_kubernetes(text: str) -> str:
    if parse_kubernetes_version(text) is None:
        shortened = re.match(r"v?(1\.[1-9][0-9]{0,2})(?![0-9])", text)
        raise refuse(
            f"{text[:80]!r} is no minor version of Kubernetes",
            f'Write it like "{shortened[1] if shortened else "1.34"}"',
        )
    return text


def _read_person(text: str) -> str:
    if not text.strip() or text != text.strip() or _CONTROL.search(text):
        raise refuse("it is no person's name", "Write the name that they sign in with, like ann")
    return text


def _read_variable(text: str) -> str:
    if not _VARIABLE.fullmatch(text):
        raise refuse(f"{text[:80]!r} is no name of a variable", "Write it like API_URL")
    return text


def _read_region(text: str) -> str:
    if not text.strip() or _CONTROL.search(text) or len(text) > 63:
        raise refuse("it is no name of a region", "Write it like ap-southeast-2")
    return text


def _read_prefix(text: str) -> str:
    if "://" in text or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.:/_-]*", text):
        raise refuse(
            f"{text[:80]!r} is no beginning of an image's name", "Write it like harbor.example.com/oneconnect"
        )
    return text


Label = Annotated[
    str, AfterValidator(read_label), WithJsonSchema({"type": "string", "pattern": LABEL_PATTERN})
]
_DURATION_SCHEMA = WithJsonSchema({"type": "string", "pattern": PATTERN})
Duration = Annotated[timedelta, BeforeValidator(_read_duration), _DURATION_SCHEMA]
"""May be nothing: ``0s``."""
Period = Annotated[timedelta, AfterValidator(_read_period), BeforeValidator(_read_duration), _DURATION_SCHEMA]
"""Longer than nothing."""
SemverRange = Annotated[str, AfterValidator(_read_semver)]
ImageRepository = Annotated[str, AfterValidator(_read_repository)]
ImageReference = Annotated[str, AfterValidator(_read_image)]
RepositoryUrl = Annotated[str, AfterValidator(_read_url)]
ServerUrl = Annotated[str, AfterValidator(_read_server_url)]
SharedPath = Annotated[str, AfterValidator(_read_shared_path)]
ImagePath = Annotated[str, AfterValidator(_read_image_path)]
HttpPath = Annotated[str, AfterValidator(_read_http_path)]
Platform = Annotated[str, AfterValidator(_read_platform)]
KubernetesMinor = Annotated[
    str,
    AfterValidator(_read_kubernetes),
    WithJsonSchema({"type": "string", "pattern": KUBERNETES_PATTERN}),
]
Person = Annotated[str, AfterValidator(_read_person)]
Variable = Annotated[str, AfterValidator(_read_variable)]
Region = Annotated[str, AfterValidator(_read_region)]
ImagePrefix = Annotated[str, AfterValidator(_read_prefix)]
