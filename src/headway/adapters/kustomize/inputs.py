"""Reads what an overlay reaches before Kustomize does: nothing remote, nothing outside its inputs. Pure.

Invariants: every kustomization that the overlay reaches has been read here; Kustomize is never started on one
that names a remote base, a path outside the inputs or a Helm chart.
"""

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from headway.app.bounded_yaml import Document, Limits, Path, read_documents
from headway.domain.errors import UsageError

NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
"""What Kustomize looks for in a folder."""
_FOLDER_FIELDS = frozenset(
    {"resources", "bases", "components", "generators", "transformers", "validators", "crds", "configurations"}
)
_HELM_FIELDS = frozenset({"helmCharts", "helmChartInflationGenerator", "helmGlobals"})
_FILE_FIELDS = frozenset(
    {
        "patches",
        "patchesJson6902",
        "patchesStrategicMerge",
        "configMapGenerator",
        "secretGenerator",
        "replacements",
        "openapi",
    }
)
_PATH_KEYS = frozenset({"path", "files", "envs", "env", "patchesStrategicMerge"})
_INLINE_FIELDS = frozenset({"generators", "transformers", "validators"})
_REMOTE = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*://|[^/\s]+@[^/\s]+:|git::|gh:|(?i:www\.)?github\.com[:/]"
    r"|.*(\?(ref|version|timeout|submodules)=|\.git(/|$|\?)|(^|/)_git/)"
)
"""What Kustomize takes for a remote, whatever stands in the folder."""
_HOST = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[a-z]{2,}(:[0-9]+)?/")
"""What it tries as a host when nothing of that name stands in the folder."""
_TWICE = re.compile(r"mapping key \"([^\"]+)\" already defined")
_LIMITS = Limits(size=1 << 20, nodes=20_000, depth=40)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    file: str
    line: int
    field: str


def check_inputs(files: Mapping[str, bytes], overlay: str) -> None:
    """Look at every kustomization that an overlay reaches.

    Args:
        files: all that will be there, by path in the repository.
        overlay: the overlay's folder.

    Raises:
        UsageError: `overlay-missing`, `remote-base`, `path-outside`, `plugin-refused`, `yaml-malformed`,
            `manifests-too-large`, `kustomize-failed` (something named is not there), with file and line.
    """
    if _kustomization(files, overlay) is None:
        raise UsageError(
            "overlay-missing",
            f"{overlay} holds no kustomization",
            why="the artifact has no overlay of that name at this commit",
            next_step=f"add {overlay}/kustomization.yaml",
        )
    folders = {posixpath.dirname(path) for path in files}
    folders |= {parent for folder in folders for parent in _parents(folder)}
    seen: set[str] = set()
    waiting = [overlay]
    while waiting:
        folder = waiting.pop()
        file = _kustomization(files, folder)
        if folder in seen or file is None:
            continue
        seen.add(folder)
        for document in read_documents(files[file], file, _LIMITS):
            _refuse_helm(file, document)
            for place, text in _named(file, document):
                path = _inside(place, folder, text)
                if path in folders:
                    waiting.append(path)
                elif path not in files:
                    raise _absent(place, text)
    _check_builtins(files)
    _check_bombs(files)


def malformed_file(files: Mapping[str, bytes], words: str) -> UsageError | None:
    """Find the file that Kustomize's words mean and that is no YAML, for its line; None: none is.

    Of a key that stands twice it tells the key and no file: that is one that has it twice.
    """
    keys = [f"'{key}' stands there twice" for key in _TWICE.findall(words)]
    for file, data in files.items():
        if not file.endswith((".yaml", ".yml")):
            continue
        is_named = posixpath.basename(file) in words
        try:
            if is_named or keys:
                read_documents(data, file)
        except UsageError as error:
            if is_named or error.why in keys:
                return error
    return None


def _kustomization(files: Mapping[str, bytes], folder: str) -> str | None:
    return next((f"{folder}/{name}" for name in NAMES if f"{folder}/{name}" in files), None)


def _named(file: str, document: Document) -> Iterator[tuple[_Place, str]]:
    """Give every file or folder that a kustomization names."""
    root = document.value
    for field, value in root.items() if isinstance(root, dict) else ():
        if field in _FOLDER_FIELDS:
            found = _texts(value, (field,))
        elif field in _FILE_FIELDS:
            found = _paths(value, (field,), is_path=field in _PATH_KEYS)
        else:
            continue
        for where, text in found:
            place = _Place(file=file, line=document.lines.get(where, 1), field=str(field))
            if "\n" not in text:
                yield place, text
            elif field in _INLINE_FIELDS and "://" in text:
                raise _remote(place, "an address in a configuration")


def _texts(value: object, where: Path) -> Iterator[tuple[Path, str]]:
    for number, item in enumerate(value if isinstance(value, list) else [value]):
        if isinstance(item, str):
            yield (*where, number), item


def _paths(value: object, where: Path, *, is_path: bool) -> Iterator[tuple[Path, str]]:
    """Give texts below keys that name files, `key=path` without its key."""
    if isinstance(value, dict):
        for key, below in value.items():
            # A patch's target and a replacement's fields hold other texts by the same keys, deeper down.
            yield from _paths(below, (*where, key), is_path=key in _PATH_KEYS and len(where) <= 2)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _paths(item, (*where, number), is_path=is_path)
    elif is_path and isinstance(value, str) and value:
        key, equals, path = value.partition("=")
        yield where, path if equals and "/" not in key else value


def _inside(place: _Place, folder: str, text: str) -> str:
    if _REMOTE.match(text):
        raise _remote(place, _shown(text))
    path = posixpath.normpath(posixpath.join(folder, text))
    if text.startswith("/") or path.startswith("..") or "\\" in text or "\x00" in text:
        raise UsageError(
            "path-outside",
            f"{place.file}:{place.line} names a path outside the repository",
            why=f"{place.field} holds {_shown(text)}",
            next_step="use relative paths inside the artifact's folder, or declare what it shares",
        )
    return path


def _remote(place: _Place, shown: str) -> UsageError:
    return UsageError(
        "remote-base",
        f"{place.file}:{place.line} names something remote",
        why=f"{place.field} holds {shown}; what is rendered comes from this commit alone",
        next_step="copy it into the repository",
    )


def _absent(place: _Place, text: str) -> UsageError:
    if _HOST.match(text):
        return _remote(place, _shown(text))
    return UsageError(
        "kustomize-failed",
        f"{place.file}:{place.line} names what is not there",
        why=f"{place.field} holds {_shown(text)}, which is in none of the artifact's inputs",
        next_step="add it, or declare its folder as shared in application.yaml",
    )


def _refuse_helm(file: str, document: Document) -> None:
    root = document.value
    for field in _HELM_FIELDS & set(root if isinstance(root, dict) else ()):
        raise UsageError(
            "plugin-refused",
            f"{file}:{document.lines.get((field,), 1)} asks for a plugin",
            why=f"{field} runs Helm; no program but Kustomize itself is run",
            next_step="render the chart into files and commit them",
        )


def _check_builtins(files: Mapping[str, bytes]) -> None:
    """Refuse remote addresses in configurations of built-in generators and transformers: they are loaded."""
    for file, data in files.items():
        if b"builtin" not in data or not file.endswith((".yaml", ".yml")):
            continue
        for document in read_documents(data, file):
            root = document.value
            if isinstance(root, dict) and root.get("apiVersion") == "builtin":
                for where, text in _all_texts(root, ()):
                    if "://" in text:
                        line = document.lines.get(where, 1)
                        _inside(_Place(file=file, line=line, field=str(where[-1])), "", text)


def _check_bombs(files: Mapping[str, bytes]) -> None:
    """Refuse files whose aliases repeat too much; the others are for Kustomize alone to read."""
    for file, data in files.items():
        if b"&" in data and b"*" in data and file.endswith((".yaml", ".yml")):
            try:
                read_documents(data, file)
            except UsageError as error:
                if error.code == "manifests-too-large":
                    raise


def _all_texts(value: object, where: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, dict):
        for key, below in value.items():
            yield from _all_texts(below, (*where, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _all_texts(item, (*where, number))
    elif isinstance(value, str):
        yield where, value


def _parents(folder: str) -> Iterator[str]:
    while folder:
        folder = posixpath.dirname(folder)
        yield folder


def _shown(text: str) -> str:
    """Show at most a line of it, without user info or query."""
    return repr(re.sub(r"\?.*", "", re.sub(r"//[^/@]*@", "//", text))[:200])
