"""Standards: rules that manifests must meet, and what judging manifests by them says."""

from headway.domain.standards.judgement import Judgement, ObjectKey, Unjudged, Violation
from headway.domain.standards.problem import PolicyProblem

__all__ = ["Judgement", "ObjectKey", "PolicyProblem", "Unjudged", "Violation"]
