"""Parsing and checking of expressions by `cel-expr-python`, with Kubernetes' names and functions declared.

Only parsing and type checking are the library's; it is never given a value (ADR 17 says why). An
environment is made once for each set of names and kept; compiling in one is safe from one thread at a time.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from threading import Lock

from cel_expr_python import cel

from headway.adapters.policies.functions import LIBRARY
from headway.adapters.policies.functions.function import Overload, split_types
from headway.adapters.policies.tree import Node, read_checked

_REPLACED = ("string", "_<_", "_<=_", "_>_", "_>=_")
"""Functions of the language itself to which Kubernetes adds signatures: declared here as a whole."""
_LOCK = Lock()


class NotCompiled(Exception):
    """An expression is none, or names what Kubernetes does not know; its words say where."""


def check(expression: str, names: Iterable[tuple[str, str]]) -> tuple[Node, str]:
    """Parse and check an expression.

    Args:
        expression: its text.
        names: what may be named, and of which type each is.

    Returns:
        The checked tree and its type, such as ``bool`` or ``list(string)``.

    Raises:
        NotCompiled: with the checker's words.
    """
    with _LOCK:
        try:
            compiled = _environment(tuple(names)).compile(expression)
            tree, written = compiled.serialize(), compiled.return_type().name()
        except RuntimeError as error:
            raise NotCompiled(_words(str(error))) from error
    return read_checked(tree), _type_of(written)


@lru_cache(maxsize=256)
def _environment(names: tuple[tuple[str, str], ...]) -> cel.Env:
    return cel.NewEnv(config=_declarations(), variables={name: _declared(written) for name, written in names})


@lru_cache(maxsize=1)
def _declarations() -> cel.EnvConfig:
    """Declare Kubernetes' functions; once, for reading them takes longer than all of a policy."""
    by_name: dict[str, list[tuple[Overload, bool]]] = {}
    for function in LIBRARY:
        if function.declared:
            by_name.setdefault(function.name, []).extend((one, function.member) for one in function.overloads)
    lines = [
        "name: kubernetes",
        "extensions: [{name: optional}, {name: two-var-comprehensions}]",
        "stdlib:",
        "  exclude_functions:",
        *(f'  - name: "{name}"' for name in _REPLACED),
        "functions:",
    ]
    for name, overloads in by_name.items():
        lines += [f'- name: "{name}"', "  overloads:"]
        for number, (overload, member) in enumerate(overloads):
            lines += _overload(f"{name}_{number}", overload, member=member)
    return cel.NewEnvConfigFromYaml("\n".join(lines))


def _declared(written: str) -> cel.Type:
    """Give the library's type for one such as ``map(string, list(int))``."""
    name, _, inner = written.partition("(")
    if name in {"list", "map"}:
        parameters = [_declared(one) for one in split_types(inner.removesuffix(")"))]
        return cel.Type.List(*parameters) if name == "list" else cel.Type.Map(*parameters)
    return _KNOWN[name]


_KNOWN: Mapping[str, cel.Type] = {
    "bool": cel.Type.BOOL,
    "bytes": cel.Type.BYTES,
    "double": cel.Type.DOUBLE,
    "dyn": cel.Type.DYN,
    "google.protobuf.Duration": cel.Type.DURATION,
    "google.protobuf.Timestamp": cel.Type.TIMESTAMP,
    "int": cel.Type.INT,
    "null_type": cel.Type.NULL,
    "string": cel.Type.STRING,
    "uint": cel.Type.UINT,
}


def _overload(identity: str, overload: Overload, *, member: bool) -> list[str]:
    parameters = overload.parameters
    lines = [f'  - id: "{identity}"']
    if member:
        lines.append(f"    target: {{{_yaml(parameters[0])}}}")
        parameters = parameters[1:]
    lines.append(f"    args: [{', '.join(f'{{{_yaml(one)}}}' for one in parameters)}]")
    lines.append(f"    return: {{{_yaml(overload.result)}}}")
    return lines


def _yaml(written: str) -> str:
    """Write a type such as ``map(string, list(A))`` as the library's configuration wants it."""
    name, _, inner = written.partition("(")
    if name in {"A", "B"}:
        return f"type_name: {name}, is_type_param: true"
    if not inner:
        inner = {"list": "dyn)", "map": "dyn, dyn)"}.get(name, "")
    if not inner:
        return f"type_name: {name}"
    parameters = ", ".join(f"{{{_yaml(one)}}}" for one in split_types(inner[:-1]))
    return f"type_name: {name}, params: [{parameters}]"


_NAMES: Mapping[str, str] = {
    "DURATION": "google.protobuf.Duration",
    "TIMESTAMP": "google.protobuf.Timestamp",
    "NULL": "null_type",
}


def _type_of(written: str) -> str:
    """Turn the library's ``LIST<STRING>`` into the language's ``list(string)``."""
    return re.sub(
        r"[A-Za-z_.]+",
        lambda found: _NAMES.get(found[0]) or (found[0].lower() if found[0].isupper() else found[0]),
        written.replace("<", "(").replace(">", ")"),
    )


_WHERE = re.compile(r"ERROR: <input>:(\d+):(\d+): (.*)")


def _words(said: str) -> str:
    """Give the first mistake that the checker tells of, in one line."""
    found = _WHERE.search(said)
    if found is None:
        return said.partition("\n")[0].removesuffix(" [INVALID_ARGUMENT]")
    what = found[3].replace(" (in container '')", "").removesuffix(" [INVALID_ARGUMENT]")
    return f"{what} (line {found[1]}, column {found[2]} of the expression)"
