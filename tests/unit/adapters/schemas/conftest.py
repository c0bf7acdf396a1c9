"""Asks the packaged schemas as use cases do, and gives what they say as lines."""

from collections.abc import Awaitable, Callable

import pytest
from tests.fixtures.ordinary_manifests import objects_in

from headway.adapters.schemas import PackagedSchemas
from headway.app.ports import Schemas
from headway.domain.kubernetes_version import parse_kubernetes_version

Said = Callable[..., Awaitable[list[str]]]


@pytest.fixture
def said() -> Said:
    """Judge manifests; each line is ``rule place: message``, or what could not be judged."""
    schemas: Schemas = PackagedSchemas()

    async def say(text: str, version: str = "1.34", definitions: str = "") -> list[str]:
        asked = parse_kubernetes_version(version)
        assert asked is not None
        judged = await schemas.judge(objects_in(text), asked, objects_in(definitions))
        violations = [f"{one.rule} {one.path}: {one.message}" for one in judged.violations]
        return violations + [
            f"{one.object} cannot be judged: {one.why}. {one.suggestion}" for one in judged.unjudged
        ]

    return say
