"""What each number means, beside the code that reckons it: shown with every answer, and in the docs."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One metric."""

    key: str
    """As answers name it."""
    name: str
    formula: str
    when: str
    """Which instant puts a deployment or change into a day."""
    beside: str
    """What is counted beside it, because it is not known or is something else."""
    source: str
    """Where the metric comes from, and where ours differs."""


_GUIDE = "https://dora.dev/guides/dora-metrics/"

DEFINITIONS = (
    Definition(
        key="frequency",
        name="deployment frequency",
        formula="promotions that were verified in production ÷ days that were asked about",
        when="when it was verified",
        beside="failed ones (they count in the failure rate), first locks, rollbacks, withdrawals",
        source=f"deployment frequency, {_GUIDE}: deployments over a time. Each region's is one of its own; "
        "with `--region`, one region's alone",
    ),
    Definition(
        key="lead_time",
        name="lead time for changes",
        formula="verified in production − committed on the main line, of each commit of an artifact's source "
        "or configuration, in each region; p50 and p90 by the nearest rank",
        when="when the deployment that carried it was verified",
        beside="changes counted from their image's build because their commit's time is not known; changes "
        "without any start; changes whose clocks disagree. A version that was passed over counts with the "
        "one that carried it, what renders the same is not deployed, a commit counts once in an instance, "
        "and whether it came by a pull request is not asked",
        source=f"change lead time, {_GUIDE}: from committed to deployed in production. Ours ends when it is "
        "verified there, not when it began to run",
    ),
    Definition(
        key="failures",
        name="change failure rate",
        formula="promotions into production that failed ÷ those that were verified or failed. Failed: its "
        "verdict said so, a person rolled it back, or a person quarantined it where it stood; each once",
        when="its verdict; without one, when it was found bad. Found later, it changes that day",
        beside="withdrawn (we could not tell), replaced before a verdict, under way, lost; persons' "
        "rollbacks of what an earlier ledger had deployed",
        source=f"change fail rate, {_GUIDE}: deployments that ask for intervention at once. Ours knows what "
        "went through Headway; harm that users see and nobody acted on here is not in it",
    ),
    Definition(
        key="recovery",
        name="failed deployment recovery time",
        formula="next verified there, of whatever version − the failure's beginning: when the deployment "
        "landed, where its verdict told; when a person acted, where one did",
        when="when the failure began",
        beside="failures that are not mended yet, with the oldest; those whose clocks disagree. A quarantine "
        "by hand that is lifted where the version still stands ends its failure",
        source=f"failed deployment recovery time, {_GUIDE}",
    ),
    Definition(
        key="rework",
        name="rework rate",
        formula="(rollbacks + newer versions decided while a failure stood there) ÷ (promotions + "
        "rollbacks), all of them verified in production",
        when="when it was verified",
        beside="withdrawals: they blame nobody",
        source=f"deployment rework rate, {_GUIDE}: unplanned deployments because of an incident. What was "
        "planned is not in facts: a fix that goes out after the rollback counts as a new deployment",
    ),
)
"""In the order in which they are shown."""
