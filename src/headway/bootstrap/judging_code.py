"""What judges, named: what other code judged is never taken for what this code would."""

from importlib.resources import files

from headway.app.code_version import code_version

_CODE = (
    "headway.domain",
    "headway.app",
    "headway.adapters.files",
    "headway.adapters.policies",
    "headway.adapters.schemas",
)
_LIBRARIES = ("cel-expr-python", "google-re2", "jsonschema-rs", "kubernetes-validate", "ruamel.yaml")


def judging_code(*also: str) -> str:
    """Give the fingerprint of all that judging goes through, and of other packages."""
    return code_version([files(package) for package in (*_CODE, *also)], _LIBRARIES)
