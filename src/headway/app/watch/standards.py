"""Watches what judges: the estate's own policies on `main`, and what it uses of Headway's."""

import logging
from collections.abc import Mapping

from headway import __version__
from headway.app.desk import Desk
from headway.app.ports import Refs
from headway.app.standards.in_force import FOLDER, fingerprint_of, read_documents_of
from headway.domain.errors import UsageError
from headway.domain.facts import StandardsTaken
from headway.domain.names import CommitId, TreeId
from headway.domain.standards import PolicyProblem

_LOG = logging.getLogger(__name__)

_Seen = tuple[TreeId | None, tuple[str, ...], bool]


class StandardsWatch:
    """Puts standards in force as soon as they are seen; a change needs no new version to take force."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._seen: _Seen | None = None

    async def begin(self) -> None:
        """Trust nothing that another version of Headway put in force: it might have judged otherwise."""
        in_force = self._desk.situation.standards
        if in_force is None or in_force.headway == __version__ or not in_force.fingerprint:
            return
        await self._record(_unknown(None, in_force.chosen))

    async def take(self, home: Refs) -> None:
        """Take up what judges at the tip of the home's `main`; where nothing ever did, nothing is recorded.

        Raises:
            Transient: the repository could not be used.
        """
        estate, in_force = self._desk.situation.estate, self._desk.situation.standards
        if home.main is None:
            return
        chosen = estate.standards if estate else ()
        has_schemas = any(one.kubernetes for one in estate.environments.values()) if estate else False
        manifests, _ = self._desk.outside.repository(self._desk.outside.home)
        tree = (await manifests.tree_ids(home.main, [FOLDER]))[FOLDER]
        seen = (tree, chosen, has_schemas)
        if seen == self._seen:
            return
        try:
            documents = await read_documents_of(manifests, home.main) if tree is not None else {}
        except UsageError as error:
            # A link among them, or too many: what cannot be read is not nothing, and stops nothing else.
            await self._record(_unknown(home.main, chosen, _problem(error)))
        else:
            if in_force is not None or documents or chosen or has_schemas:
                await self._read(home.main, documents, chosen)
        self._seen = seen

    async def _read(self, commit: CommitId, documents: Mapping[str, bytes], chosen: tuple[str, ...]) -> None:
        if self._is_known(fingerprint_of(documents, chosen), chosen):
            # It is compiled when somebody asks.
            return
        try:
            compiled = await self._desk.asking.judges.compile(documents, chosen)
        except Exception:
            # What cannot be understood is not nothing: until it can be, nothing passes.
            _LOG.exception("the standards on main could not be read")
            await self._record(_unknown(commit, chosen))
            return
        await self._record(
            StandardsTaken(
                commit=commit,
                headway=__version__,
                fingerprint=compiled.fingerprint,
                chosen=chosen,
                rules=compiled.judge.rules,
                problems=compiled.problems,
            )
        )

    async def _record(self, body: StandardsTaken) -> None:
        if not self._is_known(body.fingerprint, body.chosen, body.problems):
            await self._desk.record(self._desk.fact(body))

    def _is_known(
        self, fingerprint: str, chosen: tuple[str, ...], problems: tuple[PolicyProblem, ...] | None = None
    ) -> bool:
        """Say whether that is in force; its problems follow from the fingerprint, if there is one."""
        known = self._desk.situation.standards
        return (
            known is not None
            and (known.headway, known.fingerprint, known.chosen) == (__version__, fingerprint, chosen)
            and (problems is None or known.problems == problems)
        )


def _unknown(commit: CommitId | None, chosen: tuple[str, ...], *problems: PolicyProblem) -> StandardsTaken:
    return StandardsTaken(
        commit=commit, headway=__version__, fingerprint="", chosen=chosen, problems=problems
    )


def _problem(error: UsageError) -> PolicyProblem:
    """Say of the folder what keeps it from being read."""
    return PolicyProblem(
        file=FOLDER,
        line=1,
        policy="",
        field="",
        why=f"{error.what}: {error.why}",
        suggestion=error.next_step,
    )
