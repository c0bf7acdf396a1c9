"""What versions of Kubernetes serve, beside each other: what is gone, what goes and what comes. Cached."""

from functools import cache

from headway.adapters.schemas.package import ApiKind, kinds_of, known_versions
from headway.domain.kubernetes_version import KubernetesVersion
from headway.domain.standards.api_lifetimes import lifetime_of
from headway.domain.suggestion import closest

_STABILITY = ("alpha", "beta")


def is_of_kubernetes(version: KubernetesVersion, group: str) -> bool:
    """Say whether a group is Kubernetes' own: custom resources' groups have a dot."""
    return "." not in group or group in _groups(version)


@cache
def _groups(version: KubernetesVersion) -> frozenset[str]:
    of_today = {_group(one.api_version) for one in kinds_of(version)}
    return frozenset(of_today | {_group(one.api_version) for one in kinds_of(known_versions()[-1])})


@cache
def ended(version: KubernetesVersion, api: ApiKind) -> str | None:
    """Say since when an API that is not served is gone, and what to do; None: it never was there."""
    known = lifetime_of(*api)
    if known and known.removed and known.removed <= version:
        return f"{_named(api)} is gone since Kubernetes {known.removed}. {known.instead}"
    earlier = [one for one in known_versions() if one < version and api in kinds_of(one)]
    if not earlier:
        return None
    return f"{_named(api)} is gone since Kubernetes {earlier[-1].next}. {_instead(version, api)}"


@cache
def ending(version: KubernetesVersion, api: ApiKind) -> str | None:
    """Say when an API that is served is deprecated or goes, and what to do; None: no end is known."""
    known = lifetime_of(*api)
    if known and known.deprecated and known.deprecated <= version:
        goes = f" and gone with {known.removed}" if known.removed else ""
        return f"{_named(api)} is deprecated since Kubernetes {known.deprecated}{goes}. {known.instead}"
    gone = _gone_after(version, api)
    if gone is None:
        return None
    return f"{_named(api)} is gone with Kubernetes {gone}. {_instead(version, api)}"


@cache
def absent(version: KubernetesVersion, api: ApiKind) -> str:
    """Say what is odd about an API in a group of Kubernetes' own that was never served."""
    later = [one for one in known_versions() if one > version and api in kinds_of(one)]
    if later:
        return (
            f"{_named(api)} comes with Kubernetes {later[0]}, and this is {version}. {_instead(version, api)}"
        )
    served = kinds_of(version)
    same = sorted({one.api_version for one in served if one.kind == api.kind})
    if same:
        return f"{api.kind} is not served in {api.api_version}. Write apiVersion: {' or '.join(same)}"
    beside = {one.kind for one in served if one.api_version == api.api_version}
    hint = closest(api.kind, beside or {one.kind for one in served})
    return f"Kubernetes {version} has no kind {api.kind!r} in {api.api_version}. " + (
        hint or "Write a kind that it serves"
    )


def _gone_after(version: KubernetesVersion, api: ApiKind) -> KubernetesVersion | None:
    if api in kinds_of(known_versions()[-1]):
        return None
    later = (one for one in known_versions() if one > version and api not in kinds_of(one))
    return next(later, None)


def _instead(version: KubernetesVersion, api: ApiKind) -> str:
    """Name the most stable API version of the same group that this version serves the kind in."""
    group = _group(api.api_version)
    others = [
        one.api_version
        for one in kinds_of(version)
        if one.kind == api.kind and _group(one.api_version) == group and one != api
    ]
    if not others:
        return "Nothing takes its place in this version"
    return f"Write apiVersion: {max(others, key=_rank)}"


def _rank(api_version: str) -> tuple[int, str]:
    name = api_version.rpartition("/")[2]
    levels = [index for index, word in enumerate(_STABILITY) if word in name]
    return (levels[0] if levels else len(_STABILITY), name)


def _group(api_version: str) -> str:
    return api_version.rpartition("/")[0]


def _named(api: ApiKind) -> str:
    return f"{api.api_version} {api.kind}"
