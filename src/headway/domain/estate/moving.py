"""What a new estate would move: what runs in one namespace cannot be carried into another."""

from headway.domain.estate.estate import Estate


def moved_namespaces(before: Estate | None, after: Estate) -> tuple[str, ...]:
    """Say in a line each which instances would run in another namespace; nothing: none would."""
    if before is None:
        return ()
    return tuple(
        f"{instance} runs in the namespace {was}, and {name}/application.yaml now says {now}: what runs "
        "would stay behind. Put it back, or give a new instance a name of its own"
        for name, application in after.applications.items()
        if name in before.applications
        for instance in after.instances(name)
        if instance in before.instances(name)
        and (was := before.applications[name].namespace(instance.instance))
        != (now := application.namespace(instance.instance))
    )
