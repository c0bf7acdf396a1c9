"""A version written whole, and back: ``sha256:…+<commit>``, or ``-+<commit>`` without an image."""

from headway.domain.names import Version, parse_commit, parse_digest


def parse_version(text: str) -> Version:
    """Read a whole version.

    Raises:
        UsageError: it is no digest (or dash), plus sign and commit.
    """
    image, _, commit = text.partition("+")
    return Version(None if image == "-" else parse_digest(image), parse_commit(commit))
