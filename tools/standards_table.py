"""Writes docs/reference/standards-rules.md from the shipped rules: `python -m tools.standards_table`.

What a rule says is read from its file, what breaks it from its two examples. A test holds the page to both.
"""

from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path
from typing import Any

from headway.app.bounded_yaml import read_documents
from headway.domain.standards.together import TOGETHER, judge_together
from headway.standards import SHIPPED

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reference" / "standards-rules.md"
EXAMPLES = ROOT / "tests" / "standards"

_GROUPS = {
    "images": "Images",
    "resources": "Resources",
    "probes": "Probes and draining",
    "availability": "Availability",
    "security": "Security",
    "jobs": "Jobs",
    "secrets": "Secrets",
    "network": "Network",
}
"""In this order on the page."""


def render_page() -> str:
    """Give the page: its words as people wrote them, between its marks what the rules say."""
    page = PAGE.read_text("utf-8")
    for mark, text in (("policies", _policies()), ("together", _together())):
        start, end = f"<!-- {mark} -->\n", f"<!-- /{mark} -->\n"
        before, _, rest = page.partition(start)
        page = f"{before}{start}{text}\n{end}{rest.partition(end)[2]}"
    return page


def _policies() -> str:
    policies = {rule: _policy(rule) for rule in SHIPPED}
    said = ""
    for group, title in _GROUPS.items():
        said += f"\n## {title}\n"
        for rule, policy in policies.items():
            annotations = policy["metadata"]["annotations"]
            if annotations["headway.dev/group"] == group:
                messages = [one["message"] for one in policy["spec"]["validations"]]
                said += _section(rule, annotations["headway.dev/reason"], messages)
    return said


def _together() -> str:
    return "".join(_section(rule, reason, [_message(rule)]) for rule, reason in TOGETHER.items())


def _section(rule: str, reason: str, said: list[str]) -> str:
    messages = "".join(f"- {one}\n" for one in said)
    return f"\n### `{rule}`\n\n{reason}\n\n{messages}\n```diff\n{''.join(_difference(rule))}```\n"


def _difference(rule: str) -> Iterator[str]:
    passes, fails = (
        (EXAMPLES / rule / f"{name}.yaml").read_text("utf-8").splitlines(keepends=True)
        for name in ("passes", "fails")
    )
    return (line for line in unified_diff(passes, fails, n=1) if not line.startswith(("---", "+++", "@@")))


def _policy(rule: str) -> dict[str, Any]:
    found = read_documents(SHIPPED[rule], f"{rule}.yaml")[0].value
    if not isinstance(found, dict):
        raise TypeError(f"{rule} is no mapping")
    return found


def _message(rule: str) -> str:
    found = read_documents((EXAMPLES / rule / "fails.yaml").read_bytes(), rule)
    objects = [one.value for one in found if isinstance(one.value, dict)]
    (violation,) = judge_together(objects, namespace="shop-production")
    return violation.message


if __name__ == "__main__":
    PAGE.write_text(render_page(), "utf-8")
