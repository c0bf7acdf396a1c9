"""Checks: what is run after a deployment, and what came of it."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Verdict(StrEnum):
    """What a check, and the verification that it is part of, came to."""

    PASSED = "passed"
    FAILED = "failed"
    """The version was seen to be bad."""
    ERRORED = "errored"
    """We could not tell: it is tried again and never held against the version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpCheck:
    """A GET on a service of the instance, repeated until it answers as expected or time is up."""

    service: str
    path: str = "/"
    expect: int = 200
    """The HTTP status that passes."""
    contains: str | None = None
    """A text that the body must hold; None: any body will do."""
    port: int | None = None
    """The service's port; None: its first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobCheck:
    """A container run inside the instance's network; exit status 0 passes, any other fails."""

    image: str
    """A reference by digest (`repository@sha256:…`) by the time it is run."""
    command: tuple[str, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SteadyCheck:
    """The artifact stays healthy, without a restart, for this long."""

    lasts: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One named check of an application."""

    name: str
    run: HttpCheck | JobCheck | SteadyCheck
    artifacts: tuple[str, ...] = ()
    """The artifacts whose promotions it judges; empty: all of the application."""
    waves: tuple[str, ...] = ()
    """The waves where it is run; empty: all."""
    timeout: timedelta = timedelta(minutes=5)
    """How long it may take before it is called off, as errored (HTTP: failed if answers came, all wrong)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """What came of one check."""

    check: str
    verdict: Verdict
    words: str
    """One line that a person reads; what was asked and what came back."""
