"""The engines that the story can be played on. All that differs between them stands here, one a file.

The world, the scenes and the teller know an engine only as `Engine`.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from demo.engines.argocd import Argocd
from demo.engines.engine import Crowd, Engine, Outfit
from demo.engines.podman import Podman

__all__ = ["ENGINES", "Crowd", "Engine", "Outfit"]

ENGINES: Mapping[str, Callable[[Path], Engine]] = {"podman": Podman, "argocd": Argocd}
"""By the name that `ENGINE` gives; each is made for the folder that a world is built in."""
