"""Checks that every link from one page of the project to another leads somewhere: `python -m tools.links`.

Pages are Markdown files. A link is looked at when it is relative: the file must be there, and after a `#` the
page must have that heading, by GitHub's rule for anchors. Links with a scheme (https:) are left alone.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parents[1]
_LINK = re.compile(r"!?\[[^\]]*\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)|^\[[^\]]+\]:\s+(\S+)", re.MULTILINE)
_FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`\n]*`")
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)
_HIDDEN = re.compile(r"^\.(?!github$)")
"""Folders of tools and caches begin with a dot; their pages are not ours."""


def find_pages(root: Path) -> list[Path]:
    """Give all pages under a folder, sorted; caches and other hidden folders are passed over."""
    return sorted(
        path
        for path in root.rglob("*.md")
        if not any(_HIDDEN.match(part) for part in path.relative_to(root).parts)
    )


def anchors_of(text: str) -> set[str]:
    """Give the anchors of a page's headings; a heading that stands twice gets ``-1`` the second time."""
    anchors: set[str] = set()
    for heading in _HEADING.findall(_FENCE.sub("", text)):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").lower()
        slug = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        number, anchor = 0, slug
        while anchor in anchors:
            number += 1
            anchor = f"{slug}-{number}"
        anchors.add(anchor)
    return anchors


def find_broken(root: Path) -> Iterator[str]:
    """Give a sentence for each link that leads nowhere."""
    for page in find_pages(root):
        text = page.read_text(encoding="utf-8")
        bare = _CODE.sub("", _FENCE.sub("", text))
        for inline, reference in _LINK.findall(bare):
            problem = _problem_of(inline or reference, page, root)
            if problem:
                yield f"{page.relative_to(root)}: {inline or reference}: {problem}"


def main() -> int:
    """Print each broken link; exit status 1 if there is one."""
    broken = list(find_broken(ROOT))
    for line in broken:
        print(line)
    print(f"{len(find_pages(ROOT))} pages, {len(broken)} broken links")
    return 1 if broken else 0


def _problem_of(link: str, page: Path, root: Path) -> str | None:
    if re.match(r"[a-z][a-z0-9+.-]*:", link, re.IGNORECASE):
        return None
    path, _, anchor = unquote(link).partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.is_relative_to(root.resolve()):
        return "leads out of the project"
    if not target.exists():
        return "no such file"
    if anchor and target.suffix == ".md" and anchor not in anchors_of(target.read_text(encoding="utf-8")):
        return "that page has no such heading"
    return None


if __name__ == "__main__":
    sys.exit(main())
