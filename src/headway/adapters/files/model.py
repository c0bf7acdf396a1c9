"""The shape that both kinds of file share: camelCase fields, nothing unknown, no silent conversion."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from headway.adapters.files.freeze import check_schedule, check_time_zone
from headway.adapters.files.words import Duration, Label, Period


class FileModel(BaseModel):
    """The base of every model of a file."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, alias_generator=to_camel, hide_input_in_errors=True
    )


class ApprovalsFile(FileModel):
    """How many people must say yes before a version enters the wave."""

    count: Annotated[int, Field(ge=1, le=20, description="How many different people must approve.")] = 1
    from_: Annotated[
        list[Label],
        Field(alias="from", min_length=1, description="The roles whose people may approve; any of them."),
    ]


class FreezeFile(FileModel):
    """A recurring window without promotions."""

    schedule: Annotated[
        str, Field(description="When it begins: a cron expression of five fields, in the time zone.")
    ]
    lasts: Annotated[Period, Field(description="How long it lasts, a duration.")]
    time_zone: Annotated[str, Field(description="The time zone of the schedule, by its IANA name.")] = "UTC"
    reason: Annotated[str, Field(max_length=500, description="What `why` tells people about it.")] = ""

    def model_post_init(self, _context: object, /) -> None:
        """Check that the window exists and also ends."""
        check_time_zone(self.time_zone)
        check_schedule(self.schedule, self.lasts)


class GatesFile(FileModel):
    """What is asked before a version may enter a wave."""

    soak: Annotated[
        Duration | None,
        Field(
            description="How long the version must have been verified and healthy in each instance of the "
            "wave before, a duration; left out: no time."
        ),
    ] = None
    approvals: Annotated[ApprovalsFile | None, Field(description="Who must say yes; left out: nobody.")] = (
        None
    )
    freeze: Annotated[list[FreezeFile], Field(description="Windows without promotions into the wave.")] = []
