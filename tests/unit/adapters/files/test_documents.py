"""Files of several YAML documents: each with its lines, up to the first mistake."""

from headway.adapters.files.documents import read_documents


def test_documents_have_the_lines_of_their_file() -> None:
    documents, problem = read_documents(b"a: 1\n---\n- b\n- c\n---\nd:\n  e: 2\n", "x.yaml")
    assert problem is None
    assert [one.value for one in documents] == [{"a": 1}, ["b", "c"], {"d": {"e": 2}}]
    assert [one.line_of(()) for one in documents] == [1, 3, 6]
    assert documents[2].line_of(("d", "e")) == 7
    assert documents[0].file == "x.yaml"


def test_documents_before_a_mistake_are_given_with_it() -> None:
    documents, problem = read_documents(b"a: 1\n---\nb: 1\nb: 2\n---\nc: 3\n", "x.yaml")
    assert [one.value for one in documents] == [{"a": 1}]
    assert problem is not None
    assert (problem.file, problem.line) == ("x.yaml", 4)


def test_a_file_of_nothing_has_no_documents() -> None:
    for text in (b"", b"# nothing\n", b"---\n---\n", b"\xef\xbb\xbf"):
        assert read_documents(text, "x.yaml") == ((), None)


def test_an_anchor_is_of_its_own_document() -> None:
    documents, problem = read_documents(b"a: &x 1\n---\nb: *x\n", "x.yaml")
    assert len(documents) == 1
    assert problem is not None
    assert problem.why == "*x names nothing before it"
