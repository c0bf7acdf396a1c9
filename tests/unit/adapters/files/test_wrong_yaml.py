"""YAML that is not read, bombs among it: the very text that a person meets."""

# ruff: noqa: E501 - the texts stand as a person meets them

from collections.abc import Callable
from itertools import pairwise

import pytest

NINE = "abcdefghi"
BOMB = "a: &a [x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in pairwise(NINE)
)
"""Nine to the eighth values in 350 bytes."""


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        pytest.param(
            "lane: standard\n",
            BOMB,
            "shop/application.yaml:8: the file: it has more than 20000 values, aliases expanded. Split or shorten the file",
            id="a bomb of aliases",
        ),
        pytest.param(
            "lane: standard",
            "lane: &a [*a]",
            "shop/application.yaml:3: the file: *a stands inside what it names. Write the values out",
            id="an alias of itself",
        ),
        pytest.param(
            "lane: standard",
            "lane: *a",
            "shop/application.yaml:3: the file: *a names nothing before it. Write the values out",
            id="an alias of nothing",
        ),
        pytest.param(
            "lane: standard",
            "x: &a 1\nlane: [" + "*a, " * 201 + "]",
            "shop/application.yaml:4: the file: it has more than 200 aliases. Write the values out",
            id="too many aliases",
        ),
        pytest.param(
            "lane: standard",
            "lane: " + "[" * 5000,
            "shop/application.yaml:3: the file: it is nested more than 32 deep. Nothing in an estate is so deep",
            id="too deep",
        ),
        pytest.param(
            "lane: standard",
            "lane: standard\n<<: {a: 1}",
            "shop/application.yaml:4: the file: a merge key (<<) is not read. Write the fields out",
            id="a merge key",
        ),
        pytest.param(
            "lane: standard",
            "lane: standard\nlane: other",
            "shop/application.yaml:4: the file: 'lane' stands here a second time, after line 3. Keep one of them",
            id="a key twice",
        ),
        pytest.param(
            "lane: standard",
            "[a, b]: standard",
            "shop/application.yaml:3: the file: a key is no plain word. Write keys as words",
            id="a list as a key",
        ),
        pytest.param(
            "lane: standard",
            "---\nlane: standard",
            "shop/application.yaml:3: the file: a second document begins here. Keep one document in a file",
            id="several documents",
        ),
        pytest.param(
            "  app1",
            "\tapp1",
            "shop/application.yaml:5: the file: a tab indents this line. Indent with spaces",
            id="a tab",
        ),
        pytest.param(
            "lane: standard",
            "lane: !!python/object:os.system standard",
            "shop/application.yaml:3: the file: the tag tag:yaml.org,2002:python/object:os.system is not read. Take the tag out",
            id="a tag",
        ),
        pytest.param(
            "apiVersion",
            "%YAML 1.1\n---\napiVersion",
            "shop/application.yaml:2: the file: a directive (%) stands before the document. Take it out",
            id="a directive",
        ),
        pytest.param(
            "lane: standard",
            "lane: [standard",
            "shop/application.yaml:4: the file: it is not YAML: expected ',' or ']', but got ':'. Look at this line's indent, quotes and brackets",
            id="an open bracket",
        ),
        pytest.param(
            "lane: standard",
            "lane: \x01",
            "shop/application.yaml:3: the file: it holds a control character. Take it out",
            id="a control character",
        ),
        pytest.param(
            "lane: standard",
            'lane: "\\e[2J"',
            "shop/application.yaml:3: the file: it holds a control character. Take it out",
            id="an escape that acts on a terminal",
        ),
        pytest.param(
            "lane: standard",
            'lane: "\\UFFFFFFFF"',
            "shop/application.yaml:1: the file: it is not YAML. Look for a quote or an escape that goes wrong",
            id="an escape that is none",
        ),
    ],
)
def test_yaml_that_an_estate_does_not_need_is_refused(
    told: Callable[..., list[str]], old: str, new: str, line: str
) -> None:
    assert told(application=(old, new)) == [line]


def test_a_file_with_thousands_of_mistakes_tells_the_first_hundred(told: Callable[..., list[str]]) -> None:
    lines = told(application="".join(f"field{number}: 1\n" for number in range(9000)))
    assert len(lines) == 101
    assert "shop/application.yaml:1: the file: it has 8904 mistakes more. Mend these first" in lines
