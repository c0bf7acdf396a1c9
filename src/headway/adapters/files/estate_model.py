"""The shape of `estate.yaml`: what the platform team writes."""

# ruff: noqa: RUF012 - pydantic copies a default for each model

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from headway.adapters.files.model import FileModel, GatesFile
from headway.adapters.files.words import (
    ImagePrefix,
    KubernetesMinor,
    Label,
    Period,
    Person,
    Platform,
    Region,
    RepositoryUrl,
    ServerUrl,
    refuse,
)

MOST_RETRIES = 50
TEN_MINUTES = timedelta(minutes=10)


def _read_after_rollback(value: object) -> int:
    example = "Write hold, or {retry: 2} for at most two versions a day"
    if value == "hold":
        return 0
    if not isinstance(value, dict) or set(value) != {"retry"}:
        raise refuse("it is neither hold nor {retry: a number}", example)
    retries = value["retry"]
    if type(retries) is not int or not 1 <= retries <= MOST_RETRIES:
        raise refuse(f"retry takes a number from 1 to {MOST_RETRIES}, how many a day", example)
    return retries


AfterRollback = Annotated[
    int,
    BeforeValidator(_read_after_rollback),
    WithJsonSchema(
        {
            "anyOf": [
                {"const": "hold"},
                {
                    "type": "object",
                    "properties": {
                        "retry": {
                            "type": "integer",
                            "minimum": 1,
                            "maximum": MOST_RETRIES,
                            "description": "How many versions a day may try again after a rollback.",
                        }
                    },
                    "required": ["retry"],
                    "additionalProperties": False,
                },
            ]
        }
    ),
]


class PodmanFile(FileModel):
    """The podman engine: real containers on one machine. It has no options yet."""


class ArgocdFile(FileModel):
    """Argo CD on Kubernetes: one for each environment or region."""

    url: Annotated[
        ServerUrl,
        Field(description="Where this environment's Argo CD answers; https, or http, without credentials."),
    ]


class EngineFile(FileModel):
    """What makes lock files real; exactly one."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    podman: Annotated[
        PodmanFile | None, Field(description="Podman on the machine where its agent runs; it has no options.")
    ] = None
    argocd: Annotated[
        ArgocdFile | None, Field(description="The Argo CD that makes this environment's branch real.")
    ] = None

    @model_validator(mode="after")
    def _is_one(self) -> "EngineFile":
        if (self.podman is None) == (self.argocd is None):
            what = "it names no engine" if self.podman is None else "it names two engines"
            raise refuse(what, "Write engine: {podman: {}}, or engine: {argocd: {url: https://…}}")
        return self


class EnvironmentFile(FileModel):
    """A place to run, with one engine."""

    engine: Annotated[EngineFile, Field(description="What makes lock files real here; exactly one.")]
    region: Annotated[
        Region | None, Field(description="Where it is, for people; left out: it matters not.")
    ] = None
    platform: Annotated[Platform, Field(description="What images must be able to run on.")] = "linux/amd64"
    registries: Annotated[
        dict[ImagePrefix, ImagePrefix],
        Field(description="Beginnings of image names, and what takes their place here."),
    ] = {}
    kubernetes: Annotated[
        KubernetesMinor | None,
        Field(
            description='The minor version of its Kubernetes, in quotes, like "1.34": manifests are judged '
            "by its schemas; left out: by none."
        ),
    ] = None
    production: Annotated[
        bool | None,
        Field(
            description="Whether what runs here is production, for metrics; left out in all: environments "
            "with a region are, and where none has one, the last wave of each lane."
        ),
    ] = None


class WaveFile(FileModel):
    """The instances that a version enters together."""

    wave: Annotated[Label, Field(description="The wave's name, once in a lane.")]
    instances: Annotated[
        dict[Label, Label],
        Field(
            min_length=1, description="By the instance's name, once in a lane, the environment it runs in."
        ),
    ]
    gates: Annotated[
        GatesFile,
        Field(
            description="What is asked before a version may enter; left out: only that it is verified.",
            json_schema_extra={"default": {}},
        ),
    ] = GatesFile()
    admit: Annotated[
        Literal["newest", "train"] | None,
        Field(
            description="When the wave takes up the next version: newest, as soon as this one has its "
            "verdict; train, only when it has also left for the next wave or has soaked. Left out: train "
            "where the next wave has a soak, else newest."
        ),
    ] = None
    wait: Annotated[
        bool, Field(description="Whether the next version waits while an instance here is held or away.")
    ] = True
    max_parallel: Annotated[
        int | None,
        Field(
            ge=1,
            description="In how many instances of the wave an artifact changes at a time, from commit to "
            "verdict; left out: in all of them. Instances that `wait: false` does not wait for do not count.",
        ),
    ] = None
    after_rollback: Annotated[
        AfterRollback,
        Field(
            description="After an automatic rollback: hold, until a person resumes; or {retry: N}, at most N "
            "versions a day may try again. The first wave never needs it.",
            json_schema_extra={"default": "hold"},
        ),
    ] = 0
    deployment_timeout: Annotated[
        Period,
        Field(
            description="How long a deployment may take, a duration; then it has failed.",
            json_schema_extra={"default": "10m"},
        ),
    ] = TEN_MINUTES
    verification_timeout: Annotated[
        Period,
        Field(
            description="How long checks that cannot be run are tried, a duration; then the version is "
            "withdrawn.",
            json_schema_extra={"default": "10m"},
        ),
    ] = TEN_MINUTES


class ManifestsFile(FileModel):
    """A Git repository of manifests."""

    name: Annotated[Label, Field(description="What it is called here, in messages and by commands.")]
    url: Annotated[RepositoryUrl, Field(description="Where it is; https, ssh or file, without credentials.")]


class StandardsFile(FileModel):
    """Which standards that come with Headway are in force; the platform's own stand in ``standards/``."""

    use: Annotated[
        list[Label],
        Field(description="Their ids, or groups of them; `all` of them; `parity` among them."),
    ]


class EstateFile(FileModel):
    """The platform's: environments, lanes, gates, roles, manifests repositories; in one repository only."""

    api_version: Annotated[Literal["headway.dev/v1"], Field(description="The version of this format.")]
    kind: Annotated[Literal["Estate"], Field(description="What the file is.")]
    environments: Annotated[
        dict[Label, EnvironmentFile], Field(min_length=1, description="The places to run, by name.")
    ]
    lanes: Annotated[
        dict[Label, Annotated[list[WaveFile], Field(min_length=1)]],
        Field(min_length=1, description="By name, the waves that versions travel, in order."),
    ]
    manifests: Annotated[
        list[ManifestsFile],
        Field(min_length=1, description="Every manifests repository, the one with this file included."),
    ]
    roles: Annotated[
        dict[Label, list[Person]],
        Field(description="By role, the people who hold it; platform may do everything."),
    ] = {}
    standards: Annotated[
        StandardsFile | None,
        Field(description="Standards that come with Headway; left out: none of them is asked."),
    ] = None
