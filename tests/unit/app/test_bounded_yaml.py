"""YAML that strangers wrote is read within bounds, plainly, and with lines."""

import pytest

from headway.app.bounded_yaml import Limits, read_documents
from headway.domain.errors import UsageError

BOMB = b"a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + b"".join(
    b"a%d: &a%d [%s]\n" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 10)) for n in range(1, 10)
)


def read(data: bytes) -> list[object]:
    return [document.value for document in read_documents(data, "f.yaml")]


def test_scalars_are_read_as_kubernetes_reads_them() -> None:
    assert read(b"[1, -3, 1.5, 1e3, 0o17, 0x1F, yes, Off, ~, null, '5', \"no\", 2026-01-01, 12e, 1.2.3]") == [
        [1, -3, 1.5, 1000.0, 15, 31, True, False, None, None, "5", "no", "2026-01-01", "12e", "1.2.3"]
    ]


def test_every_document_is_given_and_empty_ones_are_left_out() -> None:
    assert read(b"a: 1\n---\n# nothing\n---\nb: [c, {d: e}]\n---\n") == [{"a": 1}, {"b": ["c", {"d": "e"}]}]


def test_an_alias_stands_for_what_it_names() -> None:
    assert read(b"a: &x {b: 1}\nc: *x\n") == [{"a": {"b": 1}, "c": {"b": 1}}]


def test_each_value_knows_its_line() -> None:
    (document,) = read_documents(b"a:\n  b:\n  - c\n  - d\n", "f.yaml")
    assert document.lines["a", "b", 1] == 4


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (BOMB, "f.yaml:6 holds more"),
        (b"- " * 100 + b"x", "deeper"),
        (b"a: '" + b"x" * (17 << 20) + b"'", "larger"),
        (b"a: 1\nb: 1\na: 2\n", r"f.yaml:3.*'a' stands there twice"),
        (b"a: 1\nb: [\n", "f.yaml:3"),
        (b"a: 1\nb: \xff\n", "f.yaml:2.*UTF-8"),
        (b"a: &x\n  b: *x\n", "f.yaml:2"),
        (b"a: *nothing\n", "f.yaml:1"),
        (b"a: !!python/object:os.system {}\n", "tag"),
        (b"<<: {a: 1}\n", "merge"),
        (b"? [a, b]\n: c\n", "key"),
        (b"a: \x00\n", "f.yaml:1"),
    ],
)
def test_what_could_do_harm_is_refused_by_file_and_line(data: bytes, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        read(data)


def test_limits_count_over_all_documents() -> None:
    with pytest.raises(UsageError, match="more than 10 values"):
        read_documents(b"---\n- 1\n" * 10, "f.yaml", Limits(nodes=10))
