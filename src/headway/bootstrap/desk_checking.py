"""Checks an estate where it stands: files, renderings, standards."""

from headway.bootstrap.checkouts import Checkouts, open_checkouts
from headway.bootstrap.desk_rendering import can_render, rendering_cache, require_renderer
from headway.bootstrap.desk_standards import Rules, check_rendered, look, read_checkouts
from headway.domain.estate.problems import EstateInvalid
from headway.domain.estate.sources import EstateRead
from headway.interfaces.cli.composition import Checked, CheckSettings


class DeskCheck:
    """Checks it as often as it is asked; standards that did not change since are not compiled anew."""

    def __init__(self, settings: CheckSettings) -> None:
        """Prepare; nothing is read yet."""
        self._settings = settings
        self._rules: Rules | None = None

    async def check(self) -> Checked:
        """Read it; if asked and Kustomize is found, render and judge it.

        Raises:
            EstateInvalid: with every problem of every file; nothing was rendered.
            UsageError: `folder-missing`, `folder-no-repository`, `commit-unknown`.
            Transient: `renderer-away`.
        """
        settings = self._settings
        checkouts = await open_checkouts(settings.folders, settings.commit)
        read = read_checkouts(checkouts)
        checked = _counted(read)
        if settings.renders:
            require_renderer()
        if settings.renders is False or not can_render():
            return checked
        before = await open_checkouts(settings.folders, settings.new_since) if settings.new_since else None
        with rendering_cache() as cache:
            looked = await look(checkouts, read.estate, cache, self._rules)
            self._rules = looked.rules
            known = _read(before) if before else None
            earlier = await look(before, known.estate, cache, looked.rules) if before and known else None
            return await check_rendered(checked, looked, earlier)


def _counted(read: EstateRead) -> Checked:
    applications = read.estate.applications.values()
    return Checked(
        applications=len(applications),
        artifacts=sum(len(one.artifacts) for one in applications),
        instances=sum(len(read.estate.instances(one.name)) for one in applications),
        remarks=tuple(str(one) for one in read.warnings),
    )


def _read(checkouts: Checkouts) -> EstateRead | None:
    """Read an earlier estate; None: it was no estate then, so nothing stood before."""
    try:
        return read_checkouts(checkouts)
    except EstateInvalid:
        return None
