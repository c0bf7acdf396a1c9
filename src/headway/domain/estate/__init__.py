"""What people wrote: environments, lanes and waves, applications and their artifacts."""

from headway.domain.estate.application import Application, Artifact, ImageSource
from headway.domain.estate.estate import Environment, Estate, ManifestsRepository
from headway.domain.estate.lane import AdmitRule, Approvals, Freeze, GateRules, Lane, Wave

__all__ = [
    "AdmitRule",
    "Application",
    "Approvals",
    "Artifact",
    "Environment",
    "Estate",
    "Freeze",
    "GateRules",
    "ImageSource",
    "Lane",
    "ManifestsRepository",
    "Wave",
]
