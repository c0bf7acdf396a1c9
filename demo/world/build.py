"""Builds a world from nothing: clears what stood there, then images, registry, repositories, manifests."""

import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template

from demo.world import foundations
from demo.world.builder import Builder
from demo.world.git_host import serve_git
from demo.world.home import Home
from demo.world.place import Place
from demo.world.ports import free_port
from demo.world.prepare import CACHE, prepare
from demo.world.registry import Notifications, Registry
from demo.world.repository import Repository, application_repositories, manifest_repositories
from demo.world.world import INSTANCES, World
from headway.adapters.files.init import write_estate

_CONTENT = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the estate asks for that a story may want otherwise."""

    soak: str = "3s"
    """How long a version must have been good in staging before it enters production."""
    approvals: int = 0
    """How many of support must approve it; 0: none."""
    support: Sequence[str] = ("sina",)
    platform: Sequence[str] = ("tane",)


def build(
    folder: Path,
    *,
    begin: Callable[[Home], Place] = lambda _: Place(),
    registry_port: int | None = None,
    notifications: Notifications | None = None,
    rules: Rules | None = None,
    cache: Path = CACHE,
    say: Callable[[str], None] = lambda _: None,
) -> World:
    """Build a world in a folder; whatever an earlier one left there is cleared first.

    Args:
        folder: made here and removed at the end; keep its path short, sockets may be made below it.
        begin: begins what the world stands on, in the folder that is claimed, and says where that is.
        registry_port: None: a free one is picked.
        notifications: where the registry tells of pushes; it can be started again with another later.
        rules: None: the story's own.
        cache: what builds keep between worlds.
        say: told one line before each step that takes time.

    Raises:
        UsageError: `demo-running`, `demo-folder-taken`.
        Broken: a step failed; nothing is left behind.
    """
    home = Home(folder)
    home.claim()
    try:
        (home.folder / "logs").mkdir()
        return _build(
            home,
            place=begin(home),
            builder=Builder(cache),
            registry_port=registry_port,
            notifications=notifications,
            rules=rules or Rules(),
            say=say,
        )
    except BaseException:
        home.clear()
        raise


def _build(
    home: Home,
    *,
    place: Place,
    builder: Builder,
    registry_port: int | None,
    notifications: Notifications | None,
    rules: Rules,
    say: Callable[[str], None],
) -> World:
    prepared = prepare(builder, say=say)
    say("the registry")
    port = registry_port or free_port(place.address)
    registry = Registry(world=home.folder, address=f"{place.address}:{port}")
    registry.start(notifications)
    nats_image = foundations.push(builder, prepared.nats_server, f"{registry.address}/third-party/nats")
    say("the teams' repositories, and the manifests")
    entrances = {instance: free_port() for instance in INSTANCES}
    git = serve_git(home.folder, place.address) if place.serves_git else None
    manifests = manifest_repositories(home.folder, git.url if git else None)
    blanks = _blanks(registry.address, nats_image, entrances, manifests, rules) | place.blanks
    for name, repository in manifests.items():
        _describe(repository, _CONTENT / name, blanks, home.folder)
    return World(
        home=home,
        place=place,
        builder=builder,
        registry=registry,
        applications=_begin_applications(home.folder),
        manifests=manifests,
        python_base=prepared.python_base,
        nats_image=nats_image,
        entrances=entrances,
        bad_changes={},
        programs=[git.process] if git else [],
    )


def _begin_applications(world: Path) -> Mapping[str, Repository]:
    made = application_repositories(world)
    for name, repository in made.items():
        repository.create(_CONTENT / name, f"Begin {name}")
    return made


def _blanks(
    registry: str,
    nats_image: str,
    entrances: Mapping[str, int],
    manifests: Mapping[str, Repository],
    rules: Rules,
) -> dict[str, str]:
    gates = f"soak: {rules.soak}"
    if rules.approvals:
        gates += f", approvals: {{count: {rules.approvals}, from: [support]}}"
    return {
        "registry": registry,
        "nats_image": nats_image,
        "contract_version": "1.0.0",
        "production_gates": f"{{{gates}}}",
        "support": f"[{', '.join(rules.support)}]",
        "platform": f"[{', '.join(rules.platform)}]",
        "apps_url": manifests["argocd-oc-apps"].url,
        "system_url": manifests["argocd-oc-system"].url,
        **{f"entrance_{name.replace('-', '_')}": str(port) for name, port in entrances.items()},
    }


def _describe(repository: Repository, content: Path, blanks: Mapping[str, str], folder: Path) -> None:
    """Make a repository of a folder of manifests, with the components that `headway init` writes."""
    with tempfile.TemporaryDirectory(dir=folder) as draft:
        whole = Path(draft, "whole")
        for path in sorted(content.rglob("*.yaml")):
            filled = whole / path.relative_to(content)
            filled.parent.mkdir(parents=True, exist_ok=True)
            filled.write_text(Template(path.read_text()).substitute(blanks))
        begun = Path(draft, "begun")
        write_estate(begun, person="Tane")
        shutil.copytree(begun / content.name / "components", whole / "components")
        repository.create(whole, f"Describe {repository.bare.stem}")
