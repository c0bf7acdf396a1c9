"""Which beginnings of image names an environment replaces, told from the names that it runs."""

from collections.abc import Mapping, Sequence

from headway.domain.estate import Environment, ImageSource
from headway.domain.gates.present import mapped_repository
from headway.domain.names import EnvironmentName


def registries_of(names: Sequence[tuple[str, str]]) -> Mapping[str, str]:
    """Give the shortest beginnings that turn each image's name into the one that an environment has.

    Args:
        names: an image's repository as the estate names it, and as the environment does.

    Returns:
        Empty: they are the same. Whole names, where no beginnings fit all of them.
    """
    differing = {name: there for name, there in names if name != there}
    short: dict[str, str] = {}
    for name, there in differing.items():
        ours, theirs = name.split("/"), there.split("/")
        while len(ours) > 1 and len(theirs) > 1 and ours[-1] == theirs[-1]:
            del ours[-1], theirs[-1]
        short.setdefault("/".join(ours), "/".join(theirs))
    return short if all(_maps(short, *one) for one in names) else differing


def _maps(registries: Mapping[str, str], name: str, there: str) -> bool:
    environment = Environment(name=EnvironmentName("any"), engine="argocd", registries=registries)
    return mapped_repository(ImageSource(repository=name), environment) == there
