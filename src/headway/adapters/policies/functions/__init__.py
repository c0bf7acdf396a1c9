"""All functions that a policy may call: Kubernetes' libraries, declared once for checking and evaluating."""

from collections.abc import Mapping

from headway.adapters.policies.functions import (
    conversions,
    formats,
    lists,
    network,
    operators,
    patterns,
    quantities,
    texts,
    urls,
    versions,
)
from headway.adapters.policies.functions.function import Function, Implementation

LIBRARY: tuple[Function, ...] = (
    *operators.LIBRARY,
    *conversions.LIBRARY,
    *texts.LIBRARY,
    *lists.LIBRARY,
    *patterns.LIBRARY,
    *quantities.LIBRARY,
    *versions.LIBRARY,
    *urls.LIBRARY,
    *network.LIBRARY,
    *formats.LIBRARY,
)
FUNCTIONS: Mapping[tuple[str, bool], Implementation] = {
    (one.name, one.member): one.implementation() for one in LIBRARY
}
"""By name, and whether it is called as a method."""

__all__ = ["FUNCTIONS", "LIBRARY", "Function", "Implementation"]
