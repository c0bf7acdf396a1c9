"""Manifests judged by the schemas of a version of Kubernetes."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from headway.domain.kubernetes_version import KubernetesVersion
from headway.domain.standards import Judgement


class Schemas(Protocol):
    """Knows what each version of Kubernetes takes, and reads definitions of custom resources."""

    async def judge(
        self,
        objects: Sequence[Mapping[str, object]],
        version: KubernetesVersion,
        definitions: Sequence[Mapping[str, object]] = (),
    ) -> Judgement:
        """Judge objects as a cluster of that version would take them; the same question, the same answer.

        Args:
            objects: parsed manifests, one Kubernetes object each. What is none is a violation.
            version: of the environment, or the next one for a preview (`Judgement.beyond`).
            definitions: where CustomResourceDefinitions stand, such as all that is rendered into the same
                cluster, `objects` among them or not; other kinds are passed over.

        Returns:
            Violations of the rules `schema`, `removed-api` and `deprecated-api`, in the order of `objects`
            and of paths; and the objects that no schema is known for: those are no pass. A version whose
            schemas are not known leaves every object unjudged. No message holds a secret's value.
        """
        ...
