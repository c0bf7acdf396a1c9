"""Where a world runs, as what people write for it names it: addresses, and the engine of each environment."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

ENVIRONMENTS = ("development", "staging", "production-ap-southeast-2", "production-us-west-2")
_LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a world runs; as it comes: on this machine, with podman."""

    address: str = _LOOPBACK
    """Where registry and Git answer, for this machine and for whatever runs the applications."""
    entrance_address: str = _LOOPBACK
    """Where people reach node ports."""
    serves_git: bool = False
    """Whether Git is served over HTTP; else repositories are named by their paths."""
    engines: Mapping[str, str] | None = None
    """By environment, in the words of `estate.yaml`; None: podman everywhere."""

    @property
    def blanks(self) -> dict[str, str]:
        """Give what stands for a `$` word in the manifests."""
        engines = self.engines or dict.fromkeys(ENVIRONMENTS, "{podman: {}}")
        named = {f"engine_{name.replace('-', '_')}": words for name, words in engines.items()}
        return {"entrance_address": self.entrance_address, **named}

    def write(self, path: Path) -> None:
        """Write it down for `read_place`."""
        path.write_text(json.dumps(asdict(self), indent=2))


def read_place(path: Path) -> Place:
    """Read what `Place.write` wrote."""
    return Place(**json.loads(path.read_text()))
