"""Look: ask a registry for an image, or an engine for what manifests name."""

from headway.app.desk import Desk
from headway.app.instance_folder import namespace_of
from headway.app.ports import Reference
from headway.domain.facts import PresenceFound
from headway.domain.facts.sources import ReferencesFound
from headway.domain.plan.actions import LookForImage, LookForReferences


async def look_for_image(desk: Desk, action: LookForImage) -> None:
    """Ask whether a reference can be pulled; recorded when the answer is another than before."""
    seen = await desk.outside.registry.presence(action.reference, action.platform)
    answer = (str(seen.presence), seen.words)
    if desk.situation.presence.get((action.environment, action.reference)) == answer:
        return
    await desk.record(
        desk.fact(
            PresenceFound(
                artifact=action.artifact,
                environment=action.environment,
                reference=action.reference,
                presence=answer[0],
                words=answer[1],
            )
        )
    )


async def look_for_references(desk: Desk, action: LookForReferences) -> None:
    """Ask which of the objects that manifests name are missing; recorded when the answer changes."""
    instance = action.cell.instance
    environment = desk.environment_of(instance)
    wanted = [
        Reference(kind=kind, name=name) for kind, name in (one.split("/", 1) for one in action.references)
    ]
    namespace = namespace_of(desk.situation.estate, instance)
    missing = await desk.engine_of(environment).missing_references(environment, namespace, wanted)
    answer = tuple(f"{one.kind}/{one.name}" for one in missing)
    if desk.situation.missing.get((action.cell, action.commit)) == answer:
        return
    await desk.record(
        desk.fact(
            ReferencesFound(
                artifact=action.cell.artifact, instance=instance, commit=action.commit, missing=answer
            )
        )
    )
