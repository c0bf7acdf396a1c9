"""The page of parity says what the code does."""

import re
import textwrap
from pathlib import Path

from headway.adapters.files import read_application
from headway.domain.names import RepositoryName
from headway.domain.standards import parity

PAGE = (Path(__file__).parents[4] / "docs/reference/standards-parity.md").read_text(encoding="utf-8")
HEAD = "apiVersion: headway.dev/v1\nkind: Application\nlane: standard\nartifacts: {app1: {}}\n"


def test_the_example_is_read() -> None:
    (example,) = re.findall(r"(?:^ {4,}[^\n]+\n)+", PAGE, re.MULTILINE)
    data = (HEAD + textwrap.dedent(example)).encode()
    read = read_application(data, "application.yaml", "shop", RepositoryName("apps"))
    assert len(read.parity) == 5
    assert all(one.reason for one in read.parity)


def test_the_rule_is_told_in_the_words_of_the_code() -> None:
    source = Path(parity.__file__ or "").read_text(encoding="utf-8")
    (rule,) = re.findall(r'^PARITY = "(\w+)"\n"""(.+)"""$', source, re.MULTILINE)
    assert re.findall(r"^\| `([a-z-]+)` \| (.+) \|$", PAGE, re.MULTILINE) == [rule]
