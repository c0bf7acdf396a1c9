"""The shape of `application.yaml`: what a team writes."""

# ruff: noqa: RUF012 - pydantic copies a default for each model

from typing import Annotated, Literal

from pydantic import Field, model_validator

from headway.adapters.files.duration import format_duration
from headway.adapters.files.model import FileModel, GatesFile
from headway.adapters.files.standard_words import NamePattern, PlaceInObject, Reason
from headway.adapters.files.words import (
    HttpPath,
    ImagePath,
    ImageReference,
    ImageRepository,
    Label,
    Period,
    Person,
    RepositoryUrl,
    SemverRange,
    SharedPath,
    Variable,
    refuse,
)


class VersionsFile(FileModel):
    """Which of an image's tags count, and which is newer."""

    semver: Annotated[
        SemverRange, Field(description="The range of semantic versions that count; newer is higher.")
    ]


class ImageFile(FileModel):
    """Where an artifact's image is published."""

    repository: Annotated[
        ImageRepository,
        Field(
            description="The image repository, with its registry, as manifests name it; no tag, no digest."
        ),
    ]
    source: Annotated[
        RepositoryUrl | None,
        Field(
            description="The Git repository that builds it. An address (URL, or user@host:path) orders "
            "images by its commits where no range is declared; a path is for people."
        ),
    ] = None
    versions: Annotated[
        VersionsFile | None,
        Field(
            description="Which tags count; left out: all, in the order of their source's commits, or else in "
            "the order in which they were first seen."
        ),
    ] = None


class ArtifactFile(FileModel):
    """A folder of manifests with the one image that they run."""

    image: Annotated[ImageFile | None, Field(description="Its image; left out: plain configuration.")] = None
    share: Annotated[
        list[SharedPath],
        Field(description="Paths outside its folder that its overlays read, from the repository's root."),
    ] = []
    image_paths: Annotated[
        list[ImagePath],
        Field(description="Where custom resources name images, as Kind:path.to[].image."),
    ] = []
    one_image_at_a_time: Annotated[
        bool,
        Field(
            description="Whether a version that changes two of the images that its pods run waits: versions "
            "are then walked one image at a time."
        ),
    ] = False


class HttpCheckFile(FileModel):
    """A GET on a service of the instance, repeated until it answers as expected or time is up."""

    service: Annotated[Label, Field(description="The Kubernetes Service's name.")]
    path: Annotated[HttpPath, Field(description="The path that is asked.")] = "/"
    expect: Annotated[int, Field(ge=100, le=599, description="The HTTP status that passes.")] = 200
    contains: Annotated[
        str | None,
        Field(min_length=1, max_length=1000, description="A text that the body must hold; left out: any."),
    ] = None
    port: Annotated[
        int | None, Field(ge=1, le=65535, description="The service's port; left out: its first.")
    ] = None


class JobCheckFile(FileModel):
    """A container run inside the instance's network; exit status 0 passes, any other fails."""

    image: Annotated[
        ImageReference, Field(description="Its image; a tag is fixed to a digest when it is run.")
    ]
    command: Annotated[
        list[str], Field(description="The program and its arguments; left out: the image's own.")
    ] = []
    env: Annotated[dict[Variable, str], Field(description="Environment variables; nothing secret.")] = {}


class SteadyCheckFile(FileModel):
    """The artifact stays healthy, without a restart."""

    for_: Annotated[Period, Field(alias="for", description="How long, a duration.")]


class CheckFile(FileModel):
    """Something that is run after a deployment; exactly one of http, job and steady."""

    name: Annotated[Label, Field(description="The check's name, once in an application.")]
    artifacts: Annotated[
        list[Label], Field(description="The artifacts whose promotions it judges; left out: all.")
    ] = []
    waves: Annotated[list[Label], Field(description="The waves where it is run; left out: all.")] = []
    http: Annotated[HttpCheckFile | None, Field(description="Ask a service.")] = None
    job: Annotated[JobCheckFile | None, Field(description="Run a container.")] = None
    steady: Annotated[SteadyCheckFile | None, Field(description="Watch it stay healthy.")] = None
    timeout: Annotated[
        Period | None,
        Field(
            description="How long it may take, a duration; left out: 5m, and for steady 5m more than it asks."
        ),
    ] = None

    @model_validator(mode="after")
    def _does_one_thing(self) -> "CheckFile":
        count = sum(one is not None for one in (self.http, self.job, self.steady))
        if count != 1:
            raise refuse(
                f"a check does exactly one of http, job and steady, and this one does {count or 'none'}",
                "Write each as a check of its own" if count else "Add one, like http: {service: app1}",
            )
        if self.steady and self.timeout and self.timeout <= self.steady.for_:
            raise refuse(
                f"timeout {format_duration(self.timeout)} is over before steady for "
                f"{format_duration(self.steady.for_)} can pass",
                "Leave timeout out, or make it longer",
            )
        return self


class ParityFile(FileModel):
    """A difference between instances that is meant."""

    path: Annotated[
        PlaceInObject | None,
        Field(
            description="The place in the object, with * for any one name; left out: the object as a whole, "
            "also that it is in some instances only."
        ),
    ] = None
    kind: Annotated[NamePattern, Field(description="The object's kind, with * for any letters.")] = "*"
    name: Annotated[
        NamePattern,
        Field(description="The object's name, with * for any letters; without a hash of Kustomize's."),
    ] = "*"
    artifacts: Annotated[
        list[Label], Field(description="The artifacts that it is about; left out: all.")
    ] = []
    reason: Annotated[Reason, Field(description="Why instances differ there.")]

    @model_validator(mode="after")
    def _names_something(self) -> "ParityFile":
        if self.path is None and self.name == self.kind == "*":
            raise refuse("it lets everything differ", "Name a path, a kind or an object's name")
        return self


class ApplicationFile(FileModel):
    """The team's: what is deployed together and seen as one."""

    api_version: Annotated[Literal["headway.dev/v1"], Field(description="The version of this format.")]
    kind: Annotated[Literal["Application"], Field(description="What the file is.")]
    lane: Annotated[Label, Field(description="The estate's lane that its versions travel.")]
    owner: Annotated[
        Person | None,
        Field(description="Who answers for it, a team or a person; pages show it and filter by it."),
    ] = None
    leave_out: Annotated[list[Label], Field(description="Instances of the lane that it does not have.")] = []
    needs: Annotated[
        list[Label],
        Field(description="Applications that must be healthy in an environment before its first lock there."),
    ] = []
    artifacts: Annotated[
        dict[Label, ArtifactFile],
        Field(min_length=1, description="Its artifacts, by the name of their folder."),
    ]
    checks: Annotated[list[CheckFile], Field(description="What is run after a deployment.")] = []
    namespaces: Annotated[
        dict[Label, Label],
        Field(
            description="By instance, the namespace that it runs in, on Argo CD; left out: "
            "<application>-<instance>. It never changes."
        ),
    ] = {}
    gates: Annotated[
        dict[Label, GatesFile],
        Field(description="By wave, what this team asks beyond the lane's gates; stricter, never looser."),
    ] = {}
    parity: Annotated[
        list[ParityFile],
        Field(description="In what its instances may differ; left out: they render the same."),
    ] = []
