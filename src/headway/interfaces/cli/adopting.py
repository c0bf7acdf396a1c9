"""Shows what adoption found, wrote and pushed."""

from typing import TYPE_CHECKING

import typer

from headway.interfaces.cli.composition import Adopted, AdoptSettings
from headway.interfaces.cli.options import session_of
from headway.interfaces.cli.screen import busy, say, show_error
from headway.interfaces.problems import FAILED

if TYPE_CHECKING:
    from headway.app.adoption.locks import FirstLock


def adopt(context: typer.Context, settings: AdoptSettings) -> None:
    """Adopt a repository of overlays, and show it. Exit code 1: not all of it could be."""
    with busy("asking Argo CD and rendering"):
        adopted = session_of(context).composition.adopt(settings)
    for name, count in adopted.adoption.survey.counts.items():
        say(f"{name}: {count} Application(s) of this repository that the account may see")
    for lock in adopted.adoption.locks:
        _say_lock(lock)
    for path in adopted.adoption.unread:
        say(f"▲ no Application reads {path}, as far as the accounts see: it is not adopted")
    for one in adopted.adoption.survey.followed:
        say(f"{one.path} ({one.environment}): Application {one} follows {one.branch} already")
    for kept in adopted.adoption.kept:
        say(
            f"{kept.application} is not split by image: it follows one, the others stand on main, "
            "and they change one at a time",
            f"  why: {kept.why}",
        )
    _say_files(adopted)
    _say_pushed(adopted)
    if settings.lane and "estate.yaml" in adopted.adoption.there:
        say("▲ --lane changes nothing: estate.yaml is there, and what is there is kept")
    for refused in adopted.adoption.survey.refused:
        show_error(refused)
    if adopted.adoption.locks and not settings.push and not adopted.adoption.files:
        say("main has all that is needed. Next: --push writes the first locks of what has no difference")
    if not adopted.is_whole(settings):
        raise typer.Exit(FAILED)


def _say_lock(lock: "FirstLock") -> None:
    found = lock.found
    say(
        f"{found.instance}: Application {found.application} of {found.application.environment}, "
        f"{found.application.path}, namespace {found.namespace}"
    )
    if found.application.health != "Healthy":
        say(f"  ▲ it is {found.application.health}: what is locked is what Git asks for")
    for name, entry in lock.entries.items():
        say(f"  {name}: {entry.reference or 'no image'}")
        if len(lock.entries) > 1:
            takes = ", ".join(file.removesuffix(".yaml") for file in sorted(entry.files))
            say(f"    takes of the folder {takes}")
    if lock.problem is not None:
        say(f"  ✗ {lock.problem.what}", f"    why: {lock.problem.why}", f"    next: {lock.problem.next_step}")
        return
    if not lock.differences:
        say("  ✓ no difference: its first commit changes nothing that runs")
        return
    say(f"  ▲ {len(lock.differences)} difference(s) to what runs:")
    say(*(f"    {one}" for one in lock.differences))


def _say_files(adopted: Adopted) -> None:
    if adopted.written:
        say(f"{len(adopted.written)} file(s) are written. Next: commit them, and merge them into main:")
        say(*(f"  {path}" for path in adopted.written))
    elif adopted.adoption.files:
        say("main needs these files, which --write writes:")
        for path, data in sorted(adopted.adoption.files.items()):
            # Overlays are many and alike; what they take is said above.
            say(f"--- {path}", *([] if "/overlays/" in path else [data.decode().rstrip("\n")]))
    keepers = {lock.found.application.kept_by for lock in adopted.adoption.locks}
    for keeper in sorted(one for one in keepers if one and one.startswith("ApplicationSet")):
        say(f"▲ see that {keeper} makes no Applications of the new folders")


def _say_pushed(adopted: Adopted) -> None:
    from headway.app.adoption.repoint import repointing  # noqa: PLC0415  # not for `--help`

    for one in adopted.pushed:
        word = "has its lock already" if one.result is None else f"{one.result}"
        say(f"{one.instance}: {one.branch} {word}{f': {one.words}' if one.words else ''}")
    found = {lock.found.instance: lock.found for lock in adopted.adoption.locks}
    there = [found[one.instance] for one in adopted.pushed if one.is_right]
    if there:
        say("Next: let each Application follow its branch; no pod is touched where there was no difference:")
    for each in there:
        live = each.application
        if live.kept_by:
            say(f"  # {live} is kept by {live.kept_by}: change it there")
        if not live.is_automated:
            say(f"  # {live} does not sync by itself: Headway needs spec.syncPolicy.automated")
        say(f"  {repointing(each)}")
