"""Writes an estate to begin with: two folders of manifests that hold together, and a README of what is next.

The files are templates of this package. A template in a folder `each-instance` is written once for each
instance of the lane; the components that bring what the standards ask for stand in both repositories, since
nothing outside a repository is rendered. Only an empty or missing folder is written to.
"""

from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template

from headway.adapters.files.init_argocd import (
    PLACES,
    argocd_files,
    engine_words,
    readme_section,
    refuse_argocd,
)
from headway.adapters.files.words import repository_prefix
from headway.domain.errors import UsageError

INSTANCES = tuple(PLACES)
REPOSITORIES = ("argocd-oc-apps", "argocd-oc-system")
_EACH = "each-instance"
_RELIED_ON = tuple(instance for instance, environment in PLACES.items() if environment != "development")
"""Where more than one pod runs: production, and staging, which tells of it."""
_STEADY = "components: [../../../../components/steady]   # two pods, and a budget for drains\n"
_FIRST_NODE_PORT = 30080
"""Inside Kubernetes' range for node ports; one for each instance."""


def write_estate(
    directory: Path,
    *,
    person: str,
    registry: str = "127.0.0.1:5000",
    remotes: str | None = None,
    argocd: str | None = None,
) -> list[Path]:
    """Write an estate into a folder, which is made if need be.

    Args:
        directory: where to.
        person: who holds the roles `platform` and `support` at first.
        registry: where images are published, ``host:port`` or ``host:port/path``.
        remotes: the URL under which both repositories will stand; None: the folder's `remotes`.
        argocd: the URL of each environment's Argo CD, ``{environment}`` standing for its name; None: podman.

    Returns:
        The files that were written, sorted.

    Raises:
        UsageError: `folder-not-empty`, `folder-not-written`; `init-malformed`: an argument cannot stand in
            a file; `init-needs-remotes`: Argo CD could not read the folder's own.
    """
    _refuse_odd(person=person, registry=registry, remotes=remotes, argocd=argocd)
    if argocd is not None:
        refuse_argocd(argocd, remotes)
    where = remotes.rstrip("/") if remotes else (directory.resolve() / "remotes").as_uri()
    words = {"person": person, "registry": registry, "remotes": where, **engine_words(argocd)}
    words["argocd_section"] = readme_section(argocd, words)
    try:
        _refuse_occupied(directory)
        written = []
        for path, text in _files(words, with_argocd=argocd is not None):
            target = directory / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
            written.append(target)
        (directory / "remotes").mkdir(exist_ok=True)
    except OSError as error:
        raise UsageError(
            "folder-not-written",
            f"{directory} cannot be written",
            why=(error.strerror or str(error)).lower(),
            next_step="name a folder that you may write to",
        ) from error
    return sorted(written)


def _files(words: dict[str, str], *, with_argocd: bool) -> Iterator[tuple[str, str]]:
    package = files("headway.adapters.files")
    entrance = package / "templates_argocd" / "estate" if with_argocd else package / "templates_podman"
    for folder in (package / "templates", entrance):
        for path, template, instance in _templates(folder, ""):
            yield path, Template(template).substitute(words | _about(instance))
    for repository in REPOSITORIES:
        for path, text, _ in _templates(package / "templates_components", f"{repository}/components"):
            yield path, text
    if with_argocd:
        yield from argocd_files(words)


def _refuse_odd(*, person: str, registry: str, remotes: str | None, argocd: str | None) -> None:
    given = (("person", person), ("registry", registry), ("remotes", remotes or ""), ("argocd", argocd or ""))
    wrong = [name for name, text in given if not text.isprintable() or set(text) & set("\"\\'`$")]
    if not person.strip():
        wrong.append("person")
    if not repository_prefix(registry):
        wrong.append("registry")
    if wrong:
        raise UsageError(
            "init-malformed",
            f"the {wrong[0]} that was given cannot stand in a file",
            why="it is empty, or holds a quote, a backslash, a $ or another mark that is not plain",
            next_step="give a plain one, like ann, 127.0.0.1:5000 or https://github.com/our-company",
        )


def _refuse_occupied(directory: Path) -> None:
    if not directory.exists():
        return
    if not directory.is_dir():
        raise UsageError(
            "folder-not-empty",
            f"{directory} is a file",
            why="an estate is written into a folder of its own",
            next_step="name a folder that is empty or not there",
        )
    first = min((one.name for one in directory.iterdir()), default=None)
    if first is not None:
        raise UsageError(
            "folder-not-empty",
            f"{directory} is not empty",
            why=f"it holds {first}, and nothing there is ever written over",
            next_step="name a folder that is empty or not there",
        )


def _templates(folder: Traversable, path: str) -> Iterator[tuple[str, str, str | None]]:
    """Give each file's path, its template, and the instance that it is for; None: for none in particular."""
    for entry in sorted(folder.iterdir(), key=lambda one: one.name):
        inner = f"{path}/{entry.name}" if path else entry.name
        if entry.is_dir():
            yield from _templates(entry, inner)
            continue
        text = entry.read_text(encoding="utf-8")
        if f"/{_EACH}/" in inner:
            for instance in INSTANCES:
                yield inner.replace(f"/{_EACH}/", f"/{instance}/"), text, instance
        else:
            yield inner, text, None


def _about(instance: str | None) -> dict[str, str]:
    if instance is None:
        return {}
    return {
        "instance": instance,
        "node_port": str(_FIRST_NODE_PORT + INSTANCES.index(instance)),
        "steady": _STEADY if instance in _RELIED_ON else "",
    }
