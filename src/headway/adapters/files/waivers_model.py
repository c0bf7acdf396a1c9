"""The shape of `standards/waivers.yaml`: what the platform team lets stand, until when."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from headway.adapters.files.model import FileModel
from headway.adapters.files.standard_words import Day, NamePattern, Reason, RuleId
from headway.adapters.files.words import Person, refuse


class ScopeFile(FileModel):
    """What a waiver is about; * stands for any letters, and something must be named."""

    application: Annotated[NamePattern, Field(description="The application.")] = "*"
    artifact: Annotated[NamePattern, Field(description="The artifact, by its name in its application.")] = "*"
    instance: Annotated[NamePattern, Field(description="The instance, by its name in its application.")] = "*"
    kind: Annotated[NamePattern, Field(description="The object's kind.")] = "*"
    name: Annotated[NamePattern, Field(description="The object's name.")] = "*"

    @model_validator(mode="after")
    def _is_narrow(self) -> "ScopeFile":
        if {self.application, self.artifact, self.instance, self.kind, self.name} == {"*"}:
            raise refuse(
                "it waives the rule everywhere",
                "Name an application, an artifact, an instance or an object, or take the rule away",
            )
        return self


class WaiverFile(FileModel):
    """A violation of one rule that may stand until a day."""

    rule: Annotated[RuleId, Field(description="The rule's id.")]
    scope: Annotated[ScopeFile, Field(description="Where it may be violated.")]
    owner: Annotated[Person, Field(description="The person who answers for it.")]
    reason: Annotated[Reason, Field(description="Why it may stand.")]
    ends: Annotated[
        Day, Field(description="Its last day, like 2027-01-31; it is over at midnight after it, in UTC.")
    ]


class WaiversFile(FileModel):
    """What violations may stand, until when; beside estate.yaml, in one repository only."""

    api_version: Annotated[Literal["headway.dev/v1"], Field(description="The version of this format.")]
    kind: Annotated[Literal["Waivers"], Field(description="What the file is.")]
    waivers: Annotated[list[WaiverFile], Field(description="Each of them; may be empty.")]
