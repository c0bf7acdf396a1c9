"""Where the Git hosts that teams use show a commit; a host that is not known gets no link.

A link is put together anew from host and path alone: what else stands in a repository's address, such as a
password, reaches no page.
"""

import re
from urllib.parse import urlsplit

_SCP = re.compile(r"(?:[\w.-]+@)?(?P<host>[\w.-]+):(?P<path>[^/\s][^\s]*)")
_PATH = re.compile(r"[\w.~-]+(?:/[\w.~-]+)*")
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")
_COMMIT = re.compile(r"[0-9a-f]{7,64}")

_PAGES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(host), page)
    for host, page in (
        (r"github\..+", "{path}/commit/{commit}"),
        (r"gitlab\..+", "{path}/-/commit/{commit}"),
        (r"bitbucket\.org", "{path}/commits/{commit}"),
        (r"codeberg\.org|gitea\..+|forgejo\..+", "{path}/commit/{commit}"),
        (r".+\.googlesource\.com", "{path}/+/{commit}"),
        (r"gerrit\..+", "plugins/gitiles/{path}/+/{commit}"),
    )
)
"""By host: GitHub, GitLab, Bitbucket, Gitea and Forgejo, Gitiles alone and as Gerrit's plugin."""


def commit_page(repository: str | None, commit: str | None) -> str | None:
    """Give the address at which a repository's host shows a commit; None: the host is not known.

    Args:
        repository: as Git is given it, over HTTP or SSH.
        commit: anything else than a commit gets no link.
    """
    if not repository or not commit or _COMMIT.fullmatch(commit) is None:
        return None
    found = _host_and_path(repository)
    if found is None:
        return None
    host, at, path = found
    page = next((page for known, page in _PAGES if known.fullmatch(host)), None)
    return f"{at}/{page.format(path=path, commit=commit)}" if page else None


def _host_and_path(repository: str) -> tuple[str, str, str] | None:
    """Give the host, the address of its pages, and the repository's path there."""
    if scp := _SCP.fullmatch(repository):
        host, at, path = scp["host"].lower(), "", scp["path"]
    else:
        try:
            parts = urlsplit(repository)
            host, port = (parts.hostname or "").lower(), parts.port
        except ValueError:
            return None
        if parts.scheme not in ("http", "https", "ssh"):
            return None
        # A port of SSH says nothing of where the pages are.
        at = f"{parts.scheme}://{host}:{port}" if port and parts.scheme != "ssh" else ""
        path = parts.path
    # Gerrit serves `/a/` to who is signed in.
    path = path.strip("/").removesuffix(".git")
    path = path.removeprefix("a/") if host.startswith("gerrit.") else path
    if _HOST.fullmatch(host) is None or _PATH.fullmatch(path) is None or ".." in path.split("/"):
        return None
    return host, at or f"https://{host}", path
