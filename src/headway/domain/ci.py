"""Where changes of manifests come in, and can be asked for standards."""

from enum import StrEnum


class Ci(StrEnum):
    """What files can be written for."""

    GITHUB = "github"
    JENKINS = "jenkins"
    PRE_RECEIVE = "pre-receive"
