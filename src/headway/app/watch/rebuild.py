"""Rebuild: an empty ledger meets branches in Git. What they say is taken up, and the estate is paused."""

from collections.abc import Iterable

from headway.app.desk import Desk
from headway.app.instance_folder import LockedFolder, branch_of, folder_of, read_folder_at
from headway.app.ports import Commit, Manifests
from headway.app.stops_text import HOLDS, QUARANTINES, read_holds, read_quarantines
from headway.app.watch.estates import EstateWatch
from headway.domain.errors import UsageError
from headway.domain.facts import HoldPlaced, InstanceFound, NewFact, QuarantinePlaced
from headway.domain.names import (
    ArtifactName,
    CommitId,
    InstanceName,
    TreeId,
    Version,
    parse_artifact,
    parse_instance,
)
from headway.domain.version_text import parse_version

REBUILD = "rebuild"
"""Who owns the holds that pause a rebuilt estate."""


async def find_instance(
    desk: Desk, manifests: Manifests, instance: InstanceName, tip: CommitId, main: CommitId | None
) -> None:
    """Take up an instance as its branch has it, held until a person resumes it."""
    folder = await read_folder_at(manifests, tip, instance)
    if folder is None:
        return
    commits = await manifests.history(tip, None, folder_of(instance))
    deployed = [*await _earlier(manifests, instance, commits), *_of_lock(instance, folder)]
    taken = _taken_back(commits)
    evidence = await _evidence(desk, manifests, instance)
    # Without their places on `main`, nothing would ever be newer than what runs, and no check would be known.
    versions = [*((one, version) for one, version, _, _ in deployed), *evidence]
    recalled = await EstateWatch(desk).recalled(manifests, main, instance, versions)
    body = InstanceFound(
        instance=instance,
        promotion_id=folder.lock.promotion,
        commit=commits[-1].id if commits else tip,
        folder=folder.id,
        lock={name: Version(entry.digest, entry.commit) for name, entry in folder.lock.entries.items()},
        verified=tuple(evidence),
        earlier=tuple(
            dict.fromkeys(
                (artifact, version)
                for artifact, version, _, _ in deployed[: -len(folder.lock.entries) or None]
            )
        ),
        deployed=tuple(deployed),
        taken_back=tuple((artifact, version) for artifact, version, whole in taken if whole),
        taken_back_alone=tuple((artifact, version) for artifact, version, whole in taken if not whole),
    )
    hold = HoldPlaced(
        hold_id=f"{REBUILD}-{folder.lock.promotion}", instance=instance, artifact=None, owner=REBUILD
    )
    facts = [
        *recalled,
        desk.fact(body, reason="found in Git by an empty ledger"),
        *await _stops(desk, manifests, instance, tip),
        desk.fact(hold, reason="the ledger was rebuilt from Git; resume when it looks right"),
    ]
    await desk.recorder.record(facts, only_if=lambda situation: situation.instance(instance).lock is None)


def _of_lock(
    instance: InstanceName, folder: LockedFolder
) -> list[tuple[ArtifactName, Version, TreeId, str | None]]:
    return [
        (
            ArtifactName(instance.application, name),
            Version(entry.digest, entry.commit),
            folder.manifests[name],
            entry.reference,
        )
        for name, entry in folder.lock.entries.items()
        if name in folder.manifests
    ]


async def _earlier(
    manifests: Manifests, instance: InstanceName, commits: Iterable[Commit]
) -> list[tuple[ArtifactName, Version, TreeId, str | None]]:
    """Give what earlier locks held, oldest first; a commit that cannot be read is passed over."""
    found: list[tuple[ArtifactName, Version, TreeId, str | None]] = []
    for commit in commits:
        try:
            folder = await read_folder_at(manifests, commit.id, instance)
        except UsageError:
            continue
        if folder is not None:
            found += [one for one in _of_lock(instance, folder) if one not in found]
    return found


async def _evidence(
    desk: Desk, manifests: Manifests, instance: InstanceName
) -> list[tuple[ArtifactName, Version]]:
    """Find what later waves' commits name as verified here."""
    estate = desk.situation.estate
    tips = desk.pusher_of(instance).tips
    found: list[tuple[ArtifactName, Version]] = []
    for later in estate.instances(instance.application) if estate else ():
        tip = tips.get(branch_of(desk.environment_of(later)))
        if tip is None:
            continue
        for commit in await manifests.history(tip, None, folder_of(later)):
            for line in commit.trailers.get("Evidence", ()):
                named = _entry(line)
                if named is not None and named[0] == instance:
                    found.append(named[1:])
    return list(dict.fromkeys(found))


def _entry(line: str) -> tuple[InstanceName, ArtifactName, Version] | None:
    words = line.split()
    try:
        return parse_instance(words[0]), parse_artifact(words[1]), parse_version(words[2])
    except (UsageError, IndexError):
        return None


def _taken_back(commits: Iterable[Commit]) -> list[tuple[ArtifactName, Version, bool]]:
    """Give what persons rolled back here and did not promote again since, and whether its digest is meant."""
    taken: list[tuple[ArtifactName, Version, bool]] = []
    for commit in commits:
        placed = [
            entry
            for artifact, text in zip(
                commit.trailers.get("Artifact", ()), commit.trailers.get("Version", ()), strict=False
            )
            if (entry := _pair(artifact, text)) is not None
        ]
        lines = commit.trailers.get("Rolls-Back", ())
        if not lines:
            taken = [one for one in taken if not any(_is_given_again(one, entry) for entry in placed)]
        for line in lines:
            words = line.split()
            named = _pair(*words[:2]) if words[2:] == ["person"] else None
            if named is not None:
                whole = named[1].digest is not None and all(
                    version.digest != named[1].digest for artifact, version in placed if artifact == named[0]
                )
                taken.append((*named, whole))
    return list(dict.fromkeys(taken))


def _is_given_again(taken: tuple[ArtifactName, Version, bool], entry: tuple[ArtifactName, Version]) -> bool:
    artifact, version, whole = taken
    same = version == entry[1] or (whole and version.digest == entry[1].digest)
    return artifact == entry[0] and same


def _pair(artifact: str, text: str) -> tuple[ArtifactName, Version] | None:
    try:
        return parse_artifact(artifact), parse_version(text)
    except UsageError:
        return None


async def _stops(desk: Desk, manifests: Manifests, instance: InstanceName, tip: CommitId) -> list[NewFact]:
    path = f"{folder_of(instance)}/{HOLDS}"
    files = await manifests.read_files(tip, [path, QUARANTINES])
    facts: list[NewFact] = []
    holds = files[path]
    for hold in read_holds(holds, path, instance) if holds else ():
        body = HoldPlaced(
            hold_id=hold.hold_id,
            instance=instance,
            artifact=hold.artifact,
            owner=hold.owner,
            until=hold.until,
        )
        facts.append(desk.fact(body, reason=hold.reason))
    placed = files[QUARANTINES]
    for artifact, version, where, reason, whole in read_quarantines(placed, QUARANTINES) if placed else ():
        if where == instance:
            quarantine = QuarantinePlaced(
                artifact=artifact, version=version, instance=where, whole_digest=whole
            )
            facts.append(desk.fact(quarantine, reason=reason))
    return facts
