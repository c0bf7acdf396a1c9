"""Waivers are read beside the estate, with file and line for each mistake."""

# ruff: noqa: E501 - the texts stand as a person meets them

import re
import textwrap
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from headway.adapters.files import read_estate, tree_from_directory
from headway.adapters.files.document import load
from headway.adapters.files.validation import validate
from headway.adapters.files.waivers_model import WaiversFile
from headway.domain.estate.problems import EstateInvalid
from headway.domain.estate.sources import EstateRead, SourceTree
from headway.domain.names import RepositoryName
from headway.domain.standards.waiver import Scope, Waiver, WaiverState

APPS, OTHERS = RepositoryName("apps"), RepositoryName("others")
PAGE = Path(__file__).parents[4] / "docs/reference/standards-waivers.md"
WAIVERS = """\
apiVersion: headway.dev/v1
kind: Waivers
waivers:
- rule: schema
  scope: {application: shop, artifact: app1}
  owner: ann
  reason: until 2.0
  ends: 2027-01-31
"""


@pytest.fixture
def read(
    whole_estate: str, whole_application: str, all_folders: frozenset[str]
) -> Callable[[str], EstateRead]:
    """Read an estate with these waivers."""

    def read(waivers: str) -> EstateRead:
        files = {
            "estate.yaml": whole_estate.encode(),
            "shop/application.yaml": whole_application.encode(),
            "standards/waivers.yaml": waivers.encode(),
        }
        tree = SourceTree(repository=APPS, commit=None, files=files, folders=all_folders, shown_as="")
        return read_estate({APPS: tree})

    return read


def test_waivers_are_the_estates(read: Callable[[str], EstateRead]) -> None:
    found = read(WAIVERS)
    assert found.warnings == ()
    assert found.estate.waivers == (
        Waiver(
            rule="schema",
            scope=Scope(application="shop", artifact="app1"),
            owner="ann",
            reason="until 2.0",
            ends=date(2027, 1, 31),
        ),
    )
    assert read("apiVersion: headway.dev/v1\nkind: Waivers\nwaivers: []\n").estate.waivers == ()


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("  owner: ann\n", "", "4: waivers[0].owner: it is missing. Add owner: …"),
        ("ends: 2027-01-31", "ends: soon", "8: waivers[0].ends: it is no day. Write it like 2027-01-31"),
        (
            "ends: 2027-01-31",
            "ends: 2027-02-31",
            "8: waivers[0].ends: 2027-02-31 is in no calendar. Write it like 2027-01-31",
        ),
        ("ends: 2027-01-31", "ends: 20270131", "8: waivers[0].ends: it is no day. Write it like 2027-01-31"),
        (
            "rule: schema",
            "rule: Schema!",
            "4: waivers[0].rule: 'Schema!' is no rule's id. Write it like removed-api",
        ),
        ("ends:", "end:", "8: waivers[0].end: unknown field. Did you mean ends?"),
        (
            "{application: shop, artifact: app1}",
            "{}",
            "5: waivers[0].scope: it waives the rule everywhere. Name an application, an artifact, an instance or an object, or take the rule away",
        ),
        (
            "{application: shop, artifact: app1}",
            "{application: shop!}",
            "5: waivers[0].scope.application: 'shop!' names no object. Write a name, with * for any letters",
        ),
        ("kind: Waivers", "kind: Waiver", "2: kind: it takes Waivers, not 'Waiver'. Did you mean Waivers?"),
        (
            "waivers:\n",
            WAIVERS[WAIVERS.index("waivers:") :].replace("2027", "2026"),
            "9: waivers[1]: the same rule is waived for the same scope on line 4. Keep the one that ends when it should",
        ),
    ],
)
def test_each_mistake_is_told_with_its_place_and_a_way_out(
    read: Callable[[str], EstateRead], old: str, new: str, line: str
) -> None:
    assert old in WAIVERS
    with pytest.raises(EstateInvalid) as told:
        read(WAIVERS.replace(old, new))
    lines = [str(one) for one in told.value.problems]
    assert f"standards/waivers.yaml:{line}" in lines
    assert all(one.application is None for one in told.value.problems)


@pytest.mark.parametrize(
    ("scope", "line"),
    [
        (
            "{application: shpo}",
            "application: there is no application 'shpo': it lets nothing through. Did you mean shop?",
        ),
        (
            "{application: sh*, artifact: ap1}",
            "artifact: there is no artifact 'ap1': it lets nothing through. Did you mean app1?",
        ),
        (
            "{instance: pro}",
            "instance: there is no instance 'pro': it lets nothing through. Did you mean prod?",
        ),
    ],
)
def test_a_waiver_of_what_is_not_there_is_told_and_the_estate_read(
    read: Callable[[str], EstateRead], scope: str, line: str
) -> None:
    found = read(WAIVERS.replace("{application: shop, artifact: app1}", scope))
    assert [str(one) for one in found.warnings] == [f"standards/waivers.yaml:5: waivers[0].scope.{line}"]
    assert len(found.estate.waivers) == 1


def test_waivers_stand_beside_the_estate_and_nowhere_else(
    whole_estate: str, whole_application: str, all_folders: frozenset[str]
) -> None:
    estate = whole_estate + "- {name: others, url: /srv/git/others.git}\n"
    files = {"estate.yaml": estate.encode(), "shop/application.yaml": whole_application.encode()}
    home = SourceTree(repository=APPS, commit=None, files=files, folders=all_folders)
    other = SourceTree(
        repository=OTHERS,
        commit=None,
        files={"standards/waivers.yaml": WAIVERS.encode()},
        folders=frozenset(),
    )
    with pytest.raises(EstateInvalid) as told:
        read_estate({APPS: home, OTHERS: other})
    assert [str(one) for one in told.value.problems] == [
        "others/standards/waivers.yaml:1: the file: there is no estate.yaml in this repository, and waivers stand beside it. Move them there"
    ]


def test_a_desk_has_its_waivers(tmp_path: Path, whole_estate: str) -> None:
    (tmp_path / "standards").mkdir()
    (tmp_path / "estate.yaml").write_text(whole_estate)
    (tmp_path / "standards" / "waivers.yaml").write_text(WAIVERS)
    tree = tree_from_directory(tmp_path)
    assert sorted(tree.files) == ["estate.yaml", "standards/waivers.yaml"]
    assert tree.folders == frozenset()

    (tmp_path / "standards" / "waivers.yaml").rename(tmp_path / "elsewhere.yaml")
    (tmp_path / "standards" / "waivers.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    with pytest.raises(
        EstateInvalid, match=r"standards/waivers.yaml:1: the file: it is a symbolic link"
    ) as told:
        read_estate({APPS: tree_from_directory(tmp_path, APPS)})
    assert [one.application for one in told.value.problems] == [None]


def test_the_page_shows_waivers_that_are_read_and_every_state() -> None:
    page = PAGE.read_text(encoding="utf-8")
    (example,) = re.findall(r"(?:^ {4,}[^\n]+\n)+", page, re.MULTILINE)
    assert len(validate(load(textwrap.dedent(example).encode(), "waivers.yaml"), WaiversFile).waivers) == 1
    said = re.findall(r"^\| `([a-z-]+)` \| [^|]+ \| (.+) \|$", page, re.MULTILINE)
    source = Path(__file__).parents[4] / "src/headway/domain/standards/waiver.py"
    in_code = re.findall(
        r'^    [A-Z_]+ = "([a-z-]+)"\n    """(.+)"""$', source.read_text("utf-8"), re.MULTILINE
    )
    assert said == in_code
    assert [name for name, _ in said] == list(WaiverState)
