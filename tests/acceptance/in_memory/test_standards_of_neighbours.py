"""Standards that look at several objects: an artifact is judged with what its neighbours bring."""

import json

from tests.fixtures.standards_world import StandardsWorld
from tests.fixtures.world import APPLICATION

from headway.domain.facts import StandardsJudged


async def test_a_first_lock_is_judged_together() -> None:
    """What one artifact brings for all counts for all of them, though no lock holds it yet."""
    world = StandardsWorld(use=("network-policy",))
    async with world.running():
        await world.go()
        assert world.tags() == [None] * 4
        assert any("network-policy · Deployment app1" in one for one in world.why_first_lock("dev"))
        world.commit("Guard", {"oc/app2/base/objects": _NETWORK_POLICY})
        await world.go()
        assert world.tags() == ["1.0.0"] * 4
        await world.hold_increments()


_NETWORK_POLICY = (
    b'{"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "all"}, '
    b'"spec": {"podSelector": {}, "policyTypes": ["Ingress"]}}'
)


async def test_what_a_neighbour_takes_away_counts_at_once() -> None:
    """A verdict rests on what else the instance holds: it is worth nothing once that changed."""
    world = StandardsWorld(use=("network-policy",))
    world.commit("Guard", {"oc/app2/base/objects": _NETWORK_POLICY})
    async with world.running():
        await world.go()
        await world.record_hold_of("app1", "staging")
        world.publish("app1", "1.1.0")
        await world.go()
        assert world.says("staging") == []
        judged = len(await world.facts(StandardsJudged))
        world.publish("app2", "1.1.0")
        await world.go()
        assert world.tags("app2") == ["1.1.0"] * 4
        assert len(await world.facts(StandardsJudged)) == judged + 4


async def test_nobody_takes_from_a_neighbour_what_it_needs() -> None:
    """The version that would leave another without its NetworkPolicy is stopped, not the other."""
    world = StandardsWorld(use=("network-policy",))
    own = _NETWORK_POLICY.replace(b'"podSelector": {}', b'"podSelector": {"matchLabels": {"app": "app2"}}')
    world.commit("Guard", {"oc/app2/base/objects": _NETWORK_POLICY})
    async with world.running():
        await world.go()
        (good,) = world.commits("app2")
        world.commit("Guard less", {"oc/app2/base/objects": own})
        await world.go()
        assert world.commits("app2") == {good}
        (words,) = world.says("dev", "app2")
        assert "network-policy · Deployment app1" in words
        world.publish("app1", "1.1.0")
        await world.go()
        assert world.tags() == ["1.1.0"] * 4
        await world.hold_increments()


async def test_instances_of_one_application_render_the_same() -> None:
    """Parity: a difference that nobody declared stops the instance that has it."""
    declared = "parity:\n- {path: metadata.annotations.contents, reason: the renderer counts files in it}\n"
    world = StandardsWorld(use=("parity",), application=APPLICATION + declared)
    async with world.running():
        await world.go()
        assert world.tags() == ["1.0.0"] * 4
        world.write_spec(overlay="prod1", replicas=7)
        await world.go()
        (words,) = world.says("prod1")
        assert "parity · Deployment app1, spec.replicas: dev has 2 and prod1 has 7" in words
        await world.hold_increments()


async def test_custom_resources_are_judged_by_the_definitions_beside_them() -> None:
    """One that nobody defines is no pass; a definition that lands opens the gate by itself."""
    world = StandardsWorld(kubernetes="1.34")
    async with world.running():
        await world.go()
        assert world.tags() == ["1.0.0"] * 4
        wanting = world.commit("Want", {"oc/app1/base/objects": _WIDGET})
        await world.go()
        (words,) = world.says("dev")
        assert "schema · Widget one: it could not be judged, which is no pass: no schema for" in words
        world.commit("Define", {"oc/app2/base/objects": _defines("v1")})
        await world.go(60)
        assert world.commits() == {wanting}
        await world.hold_increments()


async def test_a_definition_that_changes_takes_its_verdicts_along() -> None:
    """What waits is judged anew by the definition that is there by then."""
    world = StandardsWorld(kubernetes="1.34")
    world.commit("Define", {"oc/app1/base/objects": _WIDGET, "oc/app2/base/objects": _defines("v1")})
    async with world.running():
        await world.go()
        assert world.tags() == ["1.0.0"] * 4
        await world.record_hold_of("app1", "staging")
        world.publish("app1", "1.1.0")
        await world.go()
        assert world.says("staging") == []
        world.commit("Redefine", {"oc/app2/base/objects": _defines("v2")})
        await world.go()
        assert ["has no version v1" in one for one in world.says("staging")] == [True]
        await world.hold_increments()


_WIDGET = b'{"apiVersion": "example.org/v1", "kind": "Widget", "metadata": {"name": "one"}}'


def _defines(version: str) -> bytes:
    names = {"kind": "Widget", "plural": "widgets"}
    versions = [{"name": version, "served": True, "storage": True}]
    spec = {"group": "example.org", "scope": "Namespaced", "names": names, "versions": versions}
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "widgets.example.org"},
        "spec": spec,
    }
    return json.dumps(definition).encode()
