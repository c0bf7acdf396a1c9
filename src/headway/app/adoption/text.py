"""The files that adoption proposes for `main`, as people go on with them."""

import json
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from headway.domain.adoption.parts import Key
from headway.domain.names import Digest, EnvironmentName

LANE = "standard"
"""What the lane of a proposed estate is called."""
_FIRST = "# Written by `headway init --adopt`; it is yours from here on.\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactText:
    """What `application.yaml` says of an artifact."""

    repository: str | None
    semver: str | None
    shares: tuple[str, ...]
    runs_several: bool = False
    """Whether its pods run other images beside the one that it follows."""


def estate_text(
    *,
    engines: Mapping[EnvironmentName, str],
    waves: Sequence[Mapping[str, EnvironmentName]],
    registries: Mapping[EnvironmentName, Mapping[str, str]],
    person: str,
    repository: str,
    url: str,
) -> bytes:
    """Write `estate.yaml`: each environment with its Argo CD, one lane, one repository."""
    lines = ["apiVersion: headway.dev/v1", "kind: Estate", "environments:"]
    for name, address in engines.items():
        maps = registries.get(name)
        more = f", registries: {_flow(maps)}" if maps else ""
        lines.append(f"  {_quoted(name)}: {{engine: {{argocd: {{url: {_quoted(address)}}}}}{more}}}")
    lines += ["lanes:", f"  {LANE}:"]
    for wave in waves:
        lines.append(f"  - {{wave: {_quoted(next(iter(wave)))}, instances: {_flow(wave)}}}")
    people = f"[{_quoted(person)}]"
    lines += ["roles:", f"  platform: {people}", f"  support: {people}"]
    lines += ["manifests:", f"- {{name: {_quoted(repository)}, url: {_quoted(url)}}}"]
    return (_FIRST + "\n".join(lines) + "\n").encode()


def application_text(
    artifacts: Mapping[str, ArtifactText],
    *,
    lane: str,
    leaves_out: Sequence[str],
    namespaces: Mapping[str, str],
) -> bytes:
    """Write `application.yaml`."""
    lines = ["apiVersion: headway.dev/v1", "kind: Application", f"lane: {_quoted(lane)}"]
    lines += [f"leaveOut: {_list(leaves_out)}"] if leaves_out else []
    lines += [f"namespaces: {_flow(namespaces)}"] if namespaces else []
    lines.append("artifacts:")
    for name, one in artifacts.items():
        lines.append(f"  {_quoted(name)}:")
        if one.repository is not None:
            versions = f", versions: {{semver: {_quoted(one.semver)}}}" if one.semver else ""
            lines.append(f"    image: {{repository: {_quoted(one.repository)}{versions}}}")
        lines.append(f"    share: {_list(one.shares)}")
        lines += ["    oneImageAtATime: true"] if one.runs_several else []
    return (_FIRST + "\n".join(lines) + "\n").encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class OverlayText:
    """What an artifact's overlay does with the folder that it renders."""

    place: str
    """Its own folder."""
    renders: str
    """The folder that the Application read until then."""
    application: str
    """The Application, for people."""
    pins: Mapping[str, Digest]
    """By the name of an image that is not its own: the digest that it runs with."""
    renamed: Mapping[str, str]
    """By the name of its own image there: the name that `application.yaml` has."""
    only: Sequence[Key] | None = None
    """The objects of a shared folder that are its own; None: all but `without`."""
    without: Sequence[Key] = ()
    """The objects of a shared folder that are other artifacts'."""


def overlay_text(one: OverlayText) -> bytes:
    """Write an overlay's kustomization."""
    lines = [
        f"# What Application {one.application} read before. The folder may be moved here when it suits you.",
        "apiVersion: kustomize.config.k8s.io/v1beta1",
        "kind: Kustomization",
        f"resources: [{_quoted(posixpath.relpath(one.renders, one.place))}]",
    ]
    lines += _images(one)
    if one.only is not None:
        lines += ["# Of the folder, which it shares, it takes these objects alone.", "patches:"]
        lines += [_patch(target, _MARKS) for target in _targets(one.only)]
        lines += [_patch({"annotationSelector": f"{_MARK}!=own"}, _REMOVES)]
        lines += [_patch({"annotationSelector": f"{_MARK}=own"}, _UNMARKS)]
    elif one.without:
        lines += [
            "# Of the folder, which it shares, it takes all but these; so also what is new.",
            "patches:",
        ]
        lines += [_patch(target, _REMOVES) for target in _targets(one.without)]
    return ("\n".join(lines) + "\n").encode()


def _images(one: OverlayText) -> list[str]:
    lines = [f"- {{name: {_quoted(name)}, newName: {_quoted(new)}}}" for name, new in one.renamed.items()]
    if one.pins:
        lines.append("# These change by the digest here, whatever the folder says of them.")
    lines += [f"- {{name: {_quoted(name)}, digest: {_quoted(digest)}}}" for name, digest in one.pins.items()]
    return ["images:", *lines] if lines else []


_MARK = "headway.dev/artifact"
_ANY = {"apiVersion": "v1", "kind": "Any"}
"""A patch with a target is for whatever the target selects."""
_MARKS = json.dumps({**_ANY, "metadata": {"name": "any", "annotations": {_MARK: "own"}}})
_UNMARKS = json.dumps([{"op": "remove", "path": f"/metadata/annotations/{_MARK.replace('/', '~1')}"}])
_REMOVES = json.dumps({"$patch": "delete", **_ANY, "metadata": {"name": "any"}})


def _patch(target: Mapping[str, str], patch: str) -> str:
    return f"- {{target: {_flow(target)}, patch: '{patch}'}}"


def _targets(keys: Sequence[Key]) -> Iterator[Mapping[str, str]]:
    """Give what selects objects: one for each kind, with all their names."""
    kinds: dict[tuple[str, str], list[str]] = {}
    for group, kind, name in sorted(keys):
        kinds.setdefault((group, kind), []).append(_pattern(kind, name))
    for (group, kind), names in kinds.items():
        yield {
            **({"group": group} if group else {}),
            "kind": kind,
            "name": f"^({'|'.join(names)})$" if len(names) > 1 else f"^{names[0]}$",
        }


def _pattern(kind: str, name: str) -> str:
    named = _HASHED.fullmatch(name) if kind in {"ConfigMap", "Secret"} else None
    # Generated ones get their hash at the very end, so here they have none yet.
    plain = named[1] if named else name
    return plain.replace(".", "\\.") + (f"(-{_HASH})?" if named else "")


_HASH = "[2456789bcdfghkmt]{10}"
"""What Kustomize appends to the names of generated objects."""
_HASHED = re.compile(f"(.+)-{_HASH}")


def _list(texts: Sequence[str]) -> str:
    return f"[{', '.join(map(_quoted, texts))}]"


def _flow(pairs: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{_quoted(key)}: {_quoted(value)}" for key, value in pairs.items()) + "}"


def _quoted(text: str) -> str:
    """Quote a text where YAML could read something else; every JSON string is one of YAML's too."""
    plain = text.replace("-", "").replace("/", "").replace(".", "")
    is_plain = plain.isascii() and plain.isalnum() and text[0].isalpha() and text.lower() not in _WORDS
    return text if is_plain else json.dumps(text, ensure_ascii=False)


_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})
