"""What a fact is about: the keys under which people and queries find it again.

A subject is a kind, a colon and a name, because ``oneconnect/app1`` alone may be an artifact or an instance:
``artifact:oneconnect/app1``, ``instance:oneconnect/staging``, ``promotion:3f…``, ``hold:…``,
``application:oneconnect``, ``environment:staging``. Derived from the body alone, so it can be derived again.
"""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from headway.domain.names import ArtifactName, EnvironmentName, InstanceName, PromotionId

_NAMED_FIELDS = {
    "promotion_id": "promotion",
    "hold_id": "hold",
    "application": "application",
    "environment": "environment",
}


def about_artifact(name: ArtifactName) -> str:
    """Give the subject of an artifact."""
    return f"artifact:{name}"


def about_instance(name: InstanceName) -> str:
    """Give the subject of an instance."""
    return f"instance:{name}"


def about_promotion(promotion_id: PromotionId) -> str:
    """Give the subject of a promotion."""
    return f"promotion:{promotion_id}"


def about_environment(name: EnvironmentName) -> str:
    """Give the subject of an environment."""
    return f"environment:{name}"


def subjects_of(body: object) -> frozenset[str]:
    """Give the subjects of a fact's body; of None or of a body that names nothing: none.

    Only the body's own fields, and tuples in them, are walked: that an estate lists a thousand artifacts does
    not make it a fact about each of them.
    """
    if not is_dataclass(body):
        return frozenset()
    found: set[str] = set()
    for each in fields(body):
        value = getattr(body, each.name)
        if each.name in _NAMED_FIELDS and isinstance(value, str):
            found.add(f"{_NAMED_FIELDS[each.name]}:{value}")
        elif each.name == "artifact" and isinstance(value, str):
            # A short name: the artifact is one of the instance's application.
            instance = getattr(body, "instance", None)
            if isinstance(instance, InstanceName):
                found.add(about_artifact(ArtifactName(instance.application, value)))
        else:
            found.update(_names_in(value))
    return frozenset(found)


def _names_in(value: object) -> Iterator[str]:
    if isinstance(value, ArtifactName):
        yield about_artifact(value)
    elif isinstance(value, InstanceName):
        yield about_instance(value)
    elif isinstance(value, tuple):
        for item in value:
            yield from _names_in(item)
            if is_dataclass(item):
                for each in fields(item):
                    yield from _names_in(getattr(item, each.name))
