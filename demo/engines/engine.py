"""What the demo asks of an engine."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from demo.world import World
from demo.world.home import Home
from demo.world.place import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """How people use OneConnect while the story plays: each of them asks twenty times a second."""

    people: int = 1
    keeps_connections: bool = True
    """Whether each keeps a connection as long as it may; else each request makes its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outfit:
    """What Headway is started with for an engine."""

    variables: Mapping[str, str] = field(default_factory=dict)
    """For every command."""
    serve: Sequence[str] = ()
    """Options of `headway serve`."""
    beside: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """What else of Headway runs: the verb, and its options."""


class Engine(Protocol):
    """One engine, and what it needs around it, for the world in one folder."""

    crowd: Crowd
    stands_on: str
    """What a world with it stands on, in words."""

    def provide(self, say: Callable[[str], None]) -> None:
        """Bring what is made once on a machine, and say so; done already, it takes a moment.

        Raises:
            Broken, SetupError: it cannot be had.
        """

    def begin(self, home: Home) -> Place:
        """Begin what a world stands on; it ends with the world at the latest.

        Raises:
            Broken: `demo-engine-failed`.
        """

    def furnish(self, world: World) -> None:
        """Add what people add to a world, before Headway is there.

        Raises:
            Broken: `demo-command-failed`.
        """

    def equip(self, world: World, state: Path) -> Outfit:
        """Put into Headway's state folder what it needs to reach the engine.

        Raises:
            Broken: `demo-command-failed`.
        """

    def keep(self) -> None:
        """Let what was begun outlive this process."""

    def hints(self, world: World) -> Sequence[str]:
        """Give commands that show what the engine runs."""

    def logs(self) -> Sequence[Path]:
        """Give files and folders of logs that are not among the world's own."""

    def expect_nothing_left(self) -> None:
        """See that nothing of it is left on the machine, after the world's end.

        Raises:
            Broken: `demo-left-something`: with what it is.
        """
