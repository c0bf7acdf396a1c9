"""Requests, as they must be: bounded texts, no field that is not known."""

from datetime import timedelta
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

Text = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Reason = Annotated[str, StringConstraints(max_length=2000)]
Instances = Annotated[list[Text], Field(max_length=200)]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PromoteBody(_Request):
    """Ask for a version in instances; it goes as soon as the gates let it."""

    artifact: Text
    instances: Instances = []
    """Empty: those of the first wave."""
    version: Text | None = None
    """A tag, label, digest, commit or whole version; None: the newest, or the pair of digest and commit."""
    digest: Text | None = None
    commit: Text | None = None
    now: bool = False
    reason: Reason = ""
    dry_run: bool = False


class CancelBody(_Request):
    """Drop requests that wait in instances."""

    artifact: Text
    instances: Instances = []
    """Empty: those of the first wave, as for the request itself."""
    reason: Reason = ""
    dry_run: bool = False


class ApproveBody(_Request):
    """Let exactly one change into a wave."""

    target: Text
    """An artifact, or an application whose first lock waits."""
    wave: Text
    version: Text | None = None
    reason: Reason


class AcceptBody(_Request):
    """Let an estate that loosens something take force."""

    reason: Reason


class HoldBody(_Request):
    """Stop promotions into an instance."""

    instance: Text
    artifact: Text | None = None
    until: AwareDatetime | None = None
    lasts: Annotated[timedelta, Field(gt=timedelta(0), le=timedelta(days=3660))] | None = None
    """Instead of `until`."""
    reason: Reason


class ResumeBody(_Request):
    """Lift holds."""

    instance: Text
    artifact: Text | None = None
    reason: Reason = ""
    dry_run: bool = False


class RollbackBody(_Request):
    """Give an artifact its last good version again."""

    artifact: Text
    instances: Annotated[list[Text], Field(min_length=1, max_length=200)]
    to: Text | None = None
    reason: Reason = ""
    dry_run: bool = False


class QuarantineBody(_Request):
    """Call a version bad."""

    artifact: Text
    version: Text
    whole_digest: bool = False
    reason: Reason


class LiftBody(_Request):
    """Lift a quarantine."""

    artifact: Text
    version: Text
    reason: Reason
