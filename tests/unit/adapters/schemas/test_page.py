"""The page of the rules says what the code does."""

import re
from pathlib import Path

from headway.adapters.schemas.package import known_versions
from headway.domain.standards import schema_rules

DOCS = Path(__file__).parents[4] / "docs"
PAGE = (DOCS / "reference" / "standards-schema.md").read_text(encoding="utf-8")


def test_the_page_names_every_rule_in_the_words_of_the_code() -> None:
    source = Path(schema_rules.__file__ or "").read_text(encoding="utf-8")
    rules = re.findall(r'^[A-Z_]+ = "([a-z-]+)"\n"""(.+)"""$', source, re.MULTILINE)
    assert len(rules) == 3
    assert re.findall(r"^\| `([a-z-]+)` \| (.+) \|$", PAGE, re.MULTILINE) == rules


def test_the_page_names_the_versions_that_are_known() -> None:
    first, last = known_versions()[0], known_versions()[-1]
    assert f"Known are those of Kubernetes {first} to {last}" in PAGE
