"""The program `headway`: the command line, with everything behind it imported only when it is needed."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from headway.interfaces.cli.composition import (
    AgentRunSettings,
    Checked,
    IdentityStore,
    ServeSettings,
)
from headway.interfaces.cli.main import run


class LateComposition:
    """What `headway.bootstrap` puts together, imported at the first use."""

    def serve(self, settings: ServeSettings) -> None:
        """Run the service until it is told to end."""
        from headway import bootstrap  # noqa: PLC0415  # heavy

        bootstrap.serve(settings)

    def agent(self, settings: AgentRunSettings) -> None:
        """Run the podman engine until it is told to end."""
        from headway import bootstrap  # noqa: PLC0415  # heavy

        bootstrap.agent(settings)

    def tear_down_agent(self, settings: AgentRunSettings) -> None:
        """Remove everything that this engine runs."""
        from headway import bootstrap  # noqa: PLC0415  # heavy

        bootstrap.tear_down_agent(settings)

    def render(self, folder: Path, artifact: str, instance: str) -> Mapping[str, bytes]:
        """Render one artifact's overlay as it stands in a folder."""
        from headway import bootstrap  # noqa: PLC0415  # heavy

        return bootstrap.render(folder, artifact, instance)

    def init(self, directory: Path, *, person: str, registry: str, remotes: str | None) -> Sequence[Path]:
        """Write an estate to begin with."""
        from headway.adapters.files.init import write_estate  # noqa: PLC0415  # heavy

        return write_estate(directory, person=person, registry=registry, remotes=remotes)

    def check(self, folders: Sequence[Path]) -> Checked:
        """Read the estate in these folders."""
        from headway.adapters.files import read_estate, tree_from_directory  # noqa: PLC0415  # heavy

        trees = [tree_from_directory(one) for one in folders]
        read = read_estate({one.repository: one for one in trees}, partial=True)
        applications = read.estate.applications.values()
        return Checked(
            applications=len(applications),
            artifacts=sum(len(one.artifacts) for one in applications),
            instances=sum(len(read.estate.instances(one.name)) for one in applications),
            remarks=tuple(str(one) for one in read.warnings),
        )

    def identities(self, state: Path) -> IdentityStore:
        """Open the people of a state folder."""
        from headway.adapters.identities import LocalIdentityStore  # noqa: PLC0415  # not for `--help`

        return LocalIdentityStore(state)


def main() -> None:
    """Run the program."""
    sys.exit(run(LateComposition()))


if __name__ == "__main__":
    main()
