"""The program `headway`: the command line, with everything behind it imported only when it is needed."""

import sys
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from headway.interfaces.cli.composition import (
    Adopted,
    AdoptSettings,
    AgentRunSettings,
    Checked,
    Checking,
    CheckSettings,
    DiffSettings,
    IdentityStore,
    Impact,
    ImpactSettings,
    Installed,
    InstallSettings,
    ListedStandard,
    ServeSettings,
)
from headway.interfaces.cli.main import run

if TYPE_CHECKING:
    from headway.app.rendered_diff.differences import Differences
    from headway.domain.ci import Ci


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

    def init(
        self, directory: Path, *, person: str, registry: str, remotes: str | None, argocd: str | None
    ) -> Sequence[Path]:
        """Write an estate to begin with."""
        from headway.adapters.files.init import write_estate  # noqa: PLC0415  # heavy

        return write_estate(directory, person=person, registry=registry, remotes=remotes, argocd=argocd)

    def write_ci(self, directory: Path, ci: "Ci") -> Path:
        """Write what asks for standards where changes come in."""
        from headway.adapters.files.ci_files import write_ci  # noqa: PLC0415  # not for `--help`

        return write_ci(directory, ci)

    def adopt(self, settings: AdoptSettings) -> Adopted:
        """Adopt a repository of overlays that Argo CD follows."""
        from headway import bootstrap  # noqa: PLC0415  # heavy

        return bootstrap.adopt(settings)

    def check(self, settings: CheckSettings) -> Checked:
        """Read the estate in these folders, and render its overlays."""
        from headway import bootstrap  # noqa: PLC0415  # heavy

        return bootstrap.check(settings)

    def open_check(self, settings: CheckSettings) -> AbstractContextManager[Checking]:
        """Open a check that is made again whenever a file changes."""
        from headway import bootstrap  # noqa: PLC0415  # heavy

        return bootstrap.open_check(settings)

    def impact(self, settings: ImpactSettings) -> Impact:
        """Say what a change of standards would do."""
        from headway import bootstrap  # noqa: PLC0415  # heavy

        return bootstrap.impact(settings)

    def plan_standards(self, settings: InstallSettings) -> Installed:
        """Say what would be installed into an environment's cluster."""
        from headway import bootstrap  # noqa: PLC0415  # heavy

        return bootstrap.plan_standards(settings)

    def install_standards(self, settings: InstallSettings) -> Installed:
        """Install the standards into an environment's cluster, or remove them."""
        from headway import bootstrap  # noqa: PLC0415  # heavy

        return bootstrap.install_standards(settings)

    def list_standards(self, folders: Sequence[Path]) -> Sequence[ListedStandard]:
        """Give every standard, and where it is in force."""
        from headway import bootstrap  # noqa: PLC0415  # heavy

        return bootstrap.list_standards(folders)

    def diff(self, settings: DiffSettings) -> "Differences":
        """Render two states of an estate, and say in what they differ."""
        from headway import bootstrap  # noqa: PLC0415  # heavy

        return bootstrap.diff(settings)

    def identities(self, state: Path) -> IdentityStore:
        """Open the people of a state folder."""
        from headway.adapters.identities import LocalIdentityStore  # noqa: PLC0415  # not for `--help`

        return LocalIdentityStore(state)


def main() -> None:
    """Run the program."""
    sys.exit(run(LateComposition()))


if __name__ == "__main__":
    main()
