"""A YAML file of several documents, such as a folder of standards holds; each as `document` reads one.

What comes before a mistake is given as well as the mistake, so that one document hides no other. Safe to
call concurrently.
"""

from ruamel.yaml.events import DocumentEndEvent, DocumentStartEvent

from headway.adapters.files.document import Document, document_of, events_of, text_of
from headway.adapters.files.tree import MAX_NODES, Refused, TreeBuilder
from headway.domain.standards import PolicyProblem

_MOST_NODES = 5 * MAX_NODES
"""In all documents of a file, aliases expanded."""


def read_documents(data: bytes, file: str) -> tuple[tuple[Document, ...], PolicyProblem | None]:
    """Read a file's documents up to the first mistake, and give that; empty documents are left out."""
    found: list[Document] = []
    try:
        builder = TreeBuilder()
        nodes = 0
        for event in events_of(text_of(data)):
            if isinstance(event, DocumentStartEvent):
                builder = TreeBuilder()
            builder.take(event)
            if isinstance(event, DocumentEndEvent):
                root = builder.finish()
                nodes += root.size
                if nodes > _MOST_NODES:
                    raise Refused(root.line, f"it has more than {_MOST_NODES} values", "Split the file")
                document = document_of(root, file)
                if document.value is not None:
                    found.append(document)
    except Refused as error:
        return tuple(found), PolicyProblem(
            file=file, line=error.line, policy="", field="", why=error.why, suggestion=error.suggestion
        )
    return tuple(found), None
