"""Builds a world from nothing: clears what stood there, then images, registry, repositories, manifests."""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template

from demo.world import foundations
from demo.world.builder import Builder
from demo.world.home import Home
from demo.world.ports import free_port
from demo.world.prepare import CACHE, prepare
from demo.world.registry import Notifications, Registry
from demo.world.repository import Repository
from demo.world.world import INSTANCES, World

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
    registry_port: int | None = None,
    notifications: Notifications | None = None,
    rules: Rules | None = None,
    cache: Path = CACHE,
    say: Callable[[str], None] = lambda _: None,
) -> World:
    """Build a world in a folder; whatever an earlier one left there is cleared first.

    Args:
        folder: made here and removed at the end; keep its path short, sockets may be made below it.
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
        return _build(
            home,
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
    builder: Builder,
    registry_port: int | None,
    notifications: Notifications | None,
    rules: Rules,
    say: Callable[[str], None],
) -> World:
    (home.folder / "logs").mkdir()
    prepared = prepare(builder, say=say)
    say("the registry")
    registry = Registry(world=home.folder, port=registry_port or free_port())
    registry.start(notifications)
    nats_image = foundations.push(builder, prepared.nats_server, f"{registry.address}/third-party/nats")
    say("the teams' repositories, and the manifests")
    entrances = {instance: free_port() for instance in INSTANCES}
    manifests = _manifest_repositories(home.folder)
    blanks = _blanks(registry.address, nats_image, entrances, manifests, rules)
    for name, repository in manifests.items():
        with tempfile.TemporaryDirectory(dir=home.folder) as draft:
            _fill(_CONTENT / name, Path(draft), blanks)
            repository.create(Path(draft), f"Describe {name}")
    return World(
        home=home,
        builder=builder,
        registry=registry,
        applications=_application_repositories(home.folder),
        manifests=manifests,
        python_base=prepared.python_base,
        nats_image=nats_image,
        entrances=entrances,
        bad_changes={},
        programs=[],
    )


def _manifest_repositories(world: Path) -> Mapping[str, Repository]:
    return {
        name: Repository(world / "git" / f"{name}.git", world / "desks" / name, person=person)
        for name, person in (("argocd-oc-apps", "Mele"), ("argocd-oc-system", "Tane"))
    }


def _application_repositories(world: Path) -> Mapping[str, Repository]:
    made = {}
    for name, person in (("app1", "Aroha"), ("app2", "Wiremu")):
        bare = world / "git" / "cloud" / "applications" / f"{name}.git"
        made[name] = Repository(bare, world / "desks" / name, person=person)
        made[name].create(_CONTENT / name, f"Begin {name}")
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


def _fill(content: Path, draft: Path, blanks: Mapping[str, str]) -> None:
    for path in sorted(content.rglob("*.yaml")):
        filled = draft / path.relative_to(content)
        filled.parent.mkdir(parents=True, exist_ok=True)
        filled.write_text(Template(path.read_text()).substitute(blanks))
