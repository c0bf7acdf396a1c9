"""A demo that is left running (KEEP=1): what is written down for later, and how people play with it."""

import json
from pathlib import Path

from demo.engines import Engine
from demo.story.stage import Stage
from demo.world import World
from demo.world.builder import Builder
from demo.world.home import Home
from demo.world.place import read_place
from demo.world.registry import Registry
from demo.world.repository import application_repositories, manifest_repositories
from headway.domain.errors import UsageError
from headway.domain.names import parse_commit

_KEPT, _PLACE = "kept.json", "place.json"


def keep(world: World) -> None:
    """Write down what publishing needs later; again after each publishing."""
    said = {
        "registry": world.registry.address,
        "python_base": world.python_base,
        "nats_image": world.nats_image,
        "entrances": dict(world.entrances),
        "bad_changes": dict(world.bad_changes),
        "cache": str(world.builder.cache),
    }
    world.place.write(world.folder / _PLACE)
    (world.folder / _KEPT).write_text(json.dumps(said, indent=2))


def reopen(folder: Path) -> World:
    """Give the world of a demo that was left running; its programs are not this process's to end.

    Raises:
        UsageError: `demo-not-kept`: none is.
    """
    try:
        said = json.loads((folder / _KEPT).read_text())
    except FileNotFoundError as error:
        raise UsageError(
            "demo-not-kept",
            f"no demo was left running in {folder}",
            why="only `make demo KEEP=1` leaves one",
            next_step="play it: make demo KEEP=1",
        ) from error
    return World(
        home=Home(folder),
        place=read_place(folder / _PLACE),
        builder=Builder(Path(said["cache"])),
        registry=Registry(world=folder, address=said["registry"]),
        applications=application_repositories(folder),
        manifests=manifest_repositories(folder, None),
        python_base=said["python_base"],
        nats_image=said["nats_image"],
        entrances=said["entrances"],
        bad_changes={name: parse_commit(one) for name, one in said["bad_changes"].items()},
        programs=[],
    )


def tell_how_to_go_on(stage: Stage, engine: Engine, options: str = "") -> None:
    """Say where things are and what may be tried; `options` are those that name this demo among others."""
    say = stage.teller.say
    say("\nEverything runs on. People reach app1 at")
    say("\n".join(f"  {one:<26}{stage.world.entrance(one)}" for one in stage.world.entrances))
    say("\nThe command line knows it by")
    say(f"  export PATH={Path(stage.headway.program).parent}:$PATH", folds=False)
    say(f"  export HEADWAY_STATE={stage.headway.state}", folds=False)
    say("\nSome things to try")
    for line in (
        "headway board",
        "headway status --watch",
        "headway versions app1",
        f"python -m demo.publish app1 2.0.0{options}",
        f"python -m demo.publish app1 2.0.1 --change crashes{options}",
        "headway why app1 --in staging",
        'headway rollback app1 --from staging --reason "trying it"',
        f"git -C {stage.world.manifests['argocd-oc-apps'].bare} log environments/staging",
        *engine.hints(stage.world),
    ):
        say(f"  {line}", folds=False)
    say("\nThe end of it, which the next demo there also makes")
    say(f"  python -m demo.end{options}", folds=False)
    address = json.loads((stage.headway.state / "server.json").read_text())["url"]
    say("\nThe board, which `headway board` opens with you signed in")
    say(f"  {address}/", folds=False)
