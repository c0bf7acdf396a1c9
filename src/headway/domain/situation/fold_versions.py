"""Folds of the facts about the estate and about versions' halves."""

from dataclasses import replace

from immutables import Map

from headway.domain.estate import Estate, ImageSource
from headway.domain.facts import (
    ConfigurationFound,
    EstateAccepted,
    EstateRefused,
    EstateTaken,
    EstateWaiting,
    Fact,
    ImageFound,
    ImagesLookedAt,
    RenderingFound,
    SourceCommitsFound,
)
from headway.domain.names import ArtifactName
from headway.domain.situation.records import WaitingEstate
from headway.domain.situation.shelf import Configuration, Image, Rendering, Shelf, ranked
from headway.domain.situation.situation import Situation


def estate_taken(situation: Situation, _: Fact, body: EstateTaken) -> Situation:
    """Put an estate in force; declared ranges and sources may have changed, so images are ordered anew."""
    there = replace(situation, estate=body.estate, refused=(), waiting=None)
    if situation.judged and _without_waivers(situation.estate) != _without_waivers(body.estate):
        # They are weighed when somebody asks; all else was part of what was judged.
        there = replace(there, judged=Map(), resting=Map())
    shelves: Map[ArtifactName, Shelf] = there.shelves
    for artifact, shelf in there.shelves.items():
        shelves = shelves.set(artifact, ranked(shelf, _source(there, artifact)))
    return replace(there, shelves=shelves)


def estate_refused(situation: Situation, _: Fact, body: EstateRefused) -> Situation:
    """Keep the last good estate, and what is wrong with the newest."""
    return replace(situation, refused=body.problems)


def estate_waiting(situation: Situation, _: Fact, body: EstateWaiting) -> Situation:
    """Keep the estate in force, and what the one on `main` would loosen."""
    waiting = WaitingEstate(fingerprint=body.fingerprint, loosens=body.loosens)
    return replace(situation, waiting=waiting, refused=())


def estate_accepted(situation: Situation, _: Fact, body: EstateAccepted) -> Situation:
    """Let exactly that estate take force at the next look."""
    return replace(situation, accepted=body.fingerprint)


def image_found(situation: Situation, fact: Fact, body: ImageFound) -> Situation:
    """Put an image on its shelf; seen again, it keeps its place and takes its new tags besides the old."""
    shelf = situation.shelf(body.artifact)
    known = shelf.images.get(body.digest)
    image = Image(
        digest=body.digest,
        # A tag that moved away still tells where the image belongs in the order of versions.
        tags=tuple(sorted({*body.tags, *(known.tags if known else ())})),
        rank=known.rank if known else (),
        first_seen=known.first_seen if known else (0 if body.in_first_look else fact.sequence),
        found_at=known.found_at if known else fact.happened_at,
        source_commit=body.source_commit,
        source_position=body.source_position,
        built_at=body.built_at,
        platforms=body.platforms,
    )
    filled = replace(shelf, images=shelf.images.set(body.digest, image))
    return _shelved(situation, body.artifact, ranked(filled, _source(situation, body.artifact)))


def images_looked_at(situation: Situation, _: Fact, body: ImagesLookedAt) -> Situation:
    """Remember that an artifact's repository was looked at to its end."""
    return _shelved(situation, body.artifact, replace(situation.shelf(body.artifact), looked_at=True))


def source_commits_found(situation: Situation, _: Fact, body: SourceCommitsFound) -> Situation:
    """Remember how far the source's main line is recorded; the commits themselves decide nothing."""
    if not body.commits:
        return situation
    shelf = replace(situation.shelf(body.artifact), told_to=body.commits[-1].position)
    return _shelved(situation, body.artifact, shelf)


def configuration_found(situation: Situation, fact: Fact, body: ConfigurationFound) -> Situation:
    """Put a configuration commit on its artifact's shelf."""
    shelf = situation.shelf(body.artifact)
    configuration = Configuration(
        commit=body.commit,
        position=body.position,
        author=body.author,
        subject=body.subject,
        overlays=frozenset(body.overlays),
        checks=body.checks,
        found_at=fact.happened_at,
        committed_at=body.committed_at,
    )
    configurations = shelf.configurations.set(body.commit, configuration)
    newest = tuple(commit for commit in shelf.newest_configurations if commit != body.commit)
    # New commits nearly always come last, so this sort has next to nothing to do.
    order = sorted((body.commit, *newest), key=lambda commit: configurations[commit].position, reverse=True)
    return _shelved(
        situation,
        body.artifact,
        replace(shelf, configurations=configurations, newest_configurations=tuple(order)),
    )


def rendering_found(situation: Situation, _: Fact, body: RenderingFound) -> Situation:
    """Remember what a configuration renders to in an instance."""
    shelf = situation.shelf(body.artifact)
    rendering = Rendering(
        tree=body.tree,
        problem=body.problem,
        image_is_apart=body.image_is_apart,
        references=body.references,
        images=body.images,
    )
    renderings = shelf.renderings.set((body.commit, body.instance), rendering)
    return _shelved(situation, body.artifact, replace(shelf, renderings=renderings))


def _without_waivers(estate: Estate | None) -> Estate | None:
    return replace(estate, waivers=()) if estate is not None else None


def _shelved(situation: Situation, artifact: ArtifactName, shelf: Shelf) -> Situation:
    return replace(situation, shelves=situation.shelves.set(artifact, shelf))


def _source(situation: Situation, artifact: ArtifactName) -> ImageSource | None:
    if situation.estate is None or not situation.estate.has_artifact(artifact):
        return None
    return situation.estate.applications[artifact.application].artifacts[artifact.artifact].image
