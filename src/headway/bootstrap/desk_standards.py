"""Judges an estate on somebody's desk by the standards that stand beside it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from headway.adapters.files.documents import read_documents
from headway.adapters.policies import CelPolicies
from headway.adapters.schemas import PackagedSchemas
from headway.app.standards.catalog import choose
from headway.app.standards.judging import Judge
from headway.app.standards.telling import Find, Place, tell
from headway.app.standards.written import Written
from headway.bootstrap.desk_rendering import render_all
from headway.domain.estate import Estate
from headway.domain.estate.sources import WAIVERS_FILE
from headway.domain.names import ArtifactName, RepositoryName
from headway.interfaces.cli.composition import Checked

_STANDARDS = "standards"


async def check_rendered(checked: Checked, folders: Mapping[RepositoryName, Path], estate: Estate) -> Checked:
    """Render all that stands in these folders, and judge it.

    Raises:
        Transient: `renderer-away`, `renderer-slow`.
    """
    rendered, mistakes = await render_all(folders, estate)
    policies = CelPolicies(read_documents)
    choice = choose(estate.standards)
    rules = await policies.compile({**choice.documents, **_documents(folders)})
    judge = Judge(PackagedSchemas(), policies, rules, choice)
    ruled = await judge.rule(estate, rendered, datetime.now(UTC))
    return replace(
        checked,
        rendered=len(rendered),
        mistakes=mistakes,
        rules=judge.rules,
        broken=rules.problems,
        told=tell(ruled.found, _find_in(folders, estate), estate),
    )


def _find_in(folders: Mapping[RepositoryName, Path], estate: Estate) -> Find:
    """Give what finds an object in its artifact's files; each artifact is read once, when it is asked for."""
    read: dict[ArtifactName, Written] = {}

    def find(artifact: ArtifactName, kind: str, name: str) -> Place | None:
        if artifact not in read:
            repository = folders[estate.applications[artifact.application].repository]
            folder = repository / artifact.application / artifact.artifact
            files = (file for file in folder.rglob("*") if file.is_file() and not file.is_symlink())
            read[artifact] = Written({str(file.relative_to(repository)): file.read_bytes() for file in files})
        return read[artifact].place(kind, name)

    return find


def _documents(folders: Mapping[RepositoryName, Path]) -> dict[str, bytes]:
    """Read the platform's standards; they stand beside `estate.yaml`."""
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for folder in folders.values()
        for file in sorted((folder / _STANDARDS).rglob("*.yaml"))
        if str(file.relative_to(folder)) != WAIVERS_FILE and file.is_file() and not file.is_symlink()
    }
