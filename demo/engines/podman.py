"""Podman on this machine: Headway's own agent, with a podman store of the demo's own below its folder.

So nothing of it is among the user's own pods and images. Its end is written down before its beginning.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path

from demo.engines.engine import Crowd, Outfit
from demo.engines.leftovers import command_line, processes, refuse
from demo.engines.program import PROGRAM, variables
from demo.world import World
from demo.world.commands import run
from demo.world.home import Home
from demo.world.place import Place

_STORAGE = '[storage]\ndriver = "overlay"\ngraphroot = "{folder}/images"\nrunroot = "{folder}/run"\n'


def engine_name(folder: Path) -> str:
    """Name the engine of the demo in a folder: what podman shows of it carries this name."""
    return f"demo-{sha256(str(folder.resolve()).encode()).hexdigest()[:6]}"


class Podman:
    """The podman engine (`Engine`)."""

    crowd = Crowd()
    stands_on = "registry, repositories, build server"

    def __init__(self, folder: Path) -> None:
        self._name = engine_name(folder)
        self._store = folder.resolve() / "podman" / "storage.conf"

    def provide(self, say: Callable[[str], None]) -> None:
        """Bring nothing: set-up did."""

    def begin(self, home: Home) -> Place:
        """Begin nothing: the world stands on this machine."""
        del home
        return Place()

    def furnish(self, world: World) -> None:
        """Add nothing: the agent finds all in Git."""

    def equip(self, world: World, state: Path) -> Outfit:
        """Make the store, and see to it that the agent's pods end with the world."""
        self._store.parent.mkdir()
        self._store.write_text(_STORAGE.format(folder=self._store.parent))
        own = {"CONTAINERS_STORAGE_CONF": str(self._store)}
        said = {**variables(state), **own}
        tear_down = [*PROGRAM, "agent", "--name", self._name, "--tear-down"]
        world.undo_later(["env", *(f"{name}={value}" for name, value in said.items()), *tear_down])
        estate = world.manifests["argocd-oc-apps"].url
        return Outfit(variables=own, beside={"agent": ["--estate", estate, "--name", self._name]})

    def keep(self) -> None:
        """Let the agent go on, as it does by itself."""

    def hints(self, world: World) -> Sequence[str]:
        """Name the store to podman."""
        del world
        return (f"CONTAINERS_STORAGE_CONF={self._store} podman pod ps",)

    def logs(self) -> Sequence[Path]:
        """Give none: all are among the world's."""
        return ()

    def expect_nothing_left(self) -> None:
        """See that no network and no process of the engine is left."""
        names = run(["podman", "network", "ls", "--format", "{{.Name}}"]).split()
        left = [f"network {name}" for name in names if name.startswith(f"headway-{self._name}-")]
        refuse([*left, *processes(self._is_ours)])

    def _is_ours(self, process: Path) -> bool:
        words = command_line(process)
        return f"headway-{self._name}" in words or f"{self._name}-" in words
