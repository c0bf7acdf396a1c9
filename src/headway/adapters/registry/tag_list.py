"""A repository's tags, page by page, asked for conditionally where the registry allows it.

Source: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-tags
"""

import json
import re
from dataclasses import dataclass
from urllib.parse import parse_qs, quote, urlsplit

from headway.adapters.registry.answers import away, is_absence
from headway.adapters.registry.http import Answer, RegistryHttp
from headway.adapters.registry.reference import Repository, is_tag
from headway.domain.errors import UsageError

PAGE = 1000
"""Tags asked for at once; registries may give fewer."""
MOST_TAGS = 20_000
"""More tags than that are refused by name: a list that is cut off would lose the newest silently."""
MOST_PAGES = 1000
"""Some registries give 100 tags a page whatever is asked; far fewer for ever are refused as well."""
_MOST_PAGE_BYTES = 4 * 1024 * 1024
_NEXT = re.compile(r"<([^>]{1,2000})>\s*;[^,]*\brel=\"?next\"?")
_REFERRERS = re.compile(r"sha256-[0-9a-f]{64}(\..*)?")
"""Tags that stand for signatures and the like of an image (the referrers tag scheme): none of them runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TagList:
    """The tags that were found."""

    tags: tuple[str, ...]
    etag: str | None
    """What makes the next request conditional; None: the registry gives none, or there are several pages."""


async def list_tags(http: RegistryHttp, repository: Repository, etag: str | None) -> TagList | None:
    """List all tags; None: nothing changed since the answer that had this `etag`.

    Raises:
        Transient: `registry-away`, `registry-denied`.
        UsageError: `repository-unknown`, `repository-too-large`.
    """
    tags: dict[str, None] = {}
    rest = f"tags/list?n={PAGE}"
    headers = {"If-None-Match": etag} if etag else {}
    for _ in range(MOST_PAGES):
        answer = await http.ask(repository, rest, most_bytes=_MOST_PAGE_BYTES, headers=headers)
        if answer.status == 304 and etag and not tags:
            return None
        found = _read_page(repository, answer)
        is_first, before = not tags, len(tags)
        tags.update(dict.fromkeys(found))
        if len(tags) > MOST_TAGS:
            break
        last = _next_after(answer)
        if last is None or len(tags) == before:
            images = tuple(tag for tag in tags if not _REFERRERS.fullmatch(tag))
            return TagList(
                tags=images, etag=answer.headers.get("etag") if is_first and last is None else None
            )
        rest, headers = f"tags/list?n={PAGE}&last={quote(last, safe='')}", {}
    raise UsageError(
        "repository-too-large",
        f"The tags of {repository} were not read",
        why=f"there are more than {MOST_TAGS} tags, or than {MOST_PAGES} pages of them",
        next_step="remove old tags, or publish to a repository of its own; notifications are still heard",
    )


def _read_page(repository: Repository, answer: Answer) -> list[str]:
    if is_absence(answer.status, answer.body):
        raise UsageError(
            "repository-unknown",
            f"There is no image repository {repository}",
            why="the registry answers and does not know it",
            next_step="publish an image to it, or correct `repository` in application.yaml",
        )
    try:
        said = json.loads(answer.body) if answer.status == 200 and answer.is_whole else None
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict) or "tags" not in said:
        raise away(repository.host, f"it answered {answer.status}, not in the words of a registry")
    tags = said["tags"] or []  # a repository whose tags were all removed says null
    return [tag for tag in tags if isinstance(tag, str) and is_tag(tag)] if isinstance(tags, list) else []


def _next_after(answer: Answer) -> str | None:
    """Give the tag after which the next page begins; only that is taken from the link, never its address."""
    link = _NEXT.search(answer.headers.get("link", "")[:8192])
    if link is None:
        return None
    try:
        last = parse_qs(urlsplit(link[1]).query, max_num_fields=20).get("last")
    except ValueError:
        return None
    return last[0] if last and is_tag(last[0]) else None
