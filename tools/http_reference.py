"""Writes docs/reference/http.md from the API's own description: `python -m tools.http_reference`.

A test holds the page to the app, so a new route or field asks for a run of this.
"""

from pathlib import Path
from typing import Any, cast

from headway.app.service import Service
from headway.interfaces.http.app import make_app
from headway.interfaces.problems import KINDS, STATUSES

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "http.md"

_HEAD = """\
# The HTTP API

This page is written by `python -m tools.http_reference` from the API's description, which a server gives at
`/api/v1/openapi.json`.

Every request but `GET /api/v1/health` needs `Authorization: Bearer TOKEN`. `headway identity add PERSON`
makes a token; what its person may do is decided by their role in `estate.yaml`, in one place for all.
Whatever is not named on this page is refused.

Names are written `application/name`; a request may leave the application out where only one fits. Versions
may be named by tag, label, digest, commit or whole. Instants are in UTC (ISO 8601), spans in seconds.
Requests hold no field that is not named here, and at most 64 KiB.

## Hooks

Hooks are hints that something may have moved; nothing of what they say is believed. They need
`Authorization: Bearer SECRET` with the secret in the state folder's `hook-token`, which opens nothing else,
and hold at most 1 MiB. For the distribution registry:

```yaml
notifications:
  endpoints:
  - name: headway
    url: http://127.0.0.1:8642/hooks/registry
    headers: {Authorization: ["Bearer SECRET"]}
    timeout: 1s
    threshold: 5
    backoff: 1s
```

`POST /hooks/git` takes any body: a `post-receive` hook of `curl` is enough.

## Errors

An error is a problem document (RFC 9457, `application/problem+json`) with `type`, `title`, `status`,
`detail`, and of Headway's own `code`, `what`, `why` and `next_step`. [Every code](errors.md) has a sentence.
"""


def render_page() -> str:
    """Give the page."""
    # Only the routes are described: nothing of the service is used.
    app = make_app(cast(Service, _NoService()), parse_notification=lambda _: (), hook_token="")
    described = app.openapi()
    lines = [_HEAD, *_statuses(), "", "## Routes", ""]
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            lines += _route(described, path, method.upper(), operation)
    return "\n".join(lines).rstrip() + "\n"


class _NoService:
    identities = None


def _statuses() -> list[str]:
    lines = ["| status | title | codes |", "| --- | --- | --- |"]
    lines += [f"| {kind.status} | {kind.title} | all others of its kind |" for kind in KINDS]
    for status in sorted(set(STATUSES.values())):
        codes = ", ".join(f"`{code}`" for code, one in STATUSES.items() if one == status)
        lines.append(f"| {status} | | {codes} |")
    return lines


def _route(described: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> list[str]:
    lines = [f"### {method} {path}", "", str(operation.get("description", "")), ""]
    rows = [_parameter(one) for one in operation.get("parameters", [])]
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    if body:
        model = _resolve(described, body)
        required = set(model.get("required", []))
        rows += [_field(name, one, name in required) for name, one in model["properties"].items()]
    if rows:
        lines += ["| | |", "| --- | --- |", *rows, ""]
    answer = (
        operation["responses"].get("200", {}).get("content", {}).get("application/json", {}).get("schema")
    )
    if answer and (shown := _shown(described, answer)):
        lines += [f"Answers {shown}.", ""]
    return lines


def _parameter(one: dict[str, Any]) -> str:
    return _field(one["name"], one["schema"], bool(one.get("required")))


def _field(name: str, schema: dict[str, Any], required: bool) -> str:
    kinds = [part.get("type", "") for part in schema.get("anyOf", [schema])]
    kind = " or ".join(dict.fromkeys(one for one in kinds if one and one != "null")) or "value"
    default = schema.get("default")
    words = (
        "required" if required else (f"default {default}" if default not in (None, "", []) else "optional")
    )
    return f"| `{name}` | {kind}, {words} |"


def _shown(described: dict[str, Any], schema: dict[str, Any]) -> str:
    several = schema.get("type") == "array"
    model = _resolve(described, schema["items"] if several else schema)
    fields = ", ".join(f"`{name}`" for name in model.get("properties", {}))
    return f"{'a list; each entry has' if several else 'with'} {fields}" if fields else ""


def _resolve(described: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rsplit("/", 1)[-1]
    found: dict[str, Any] = described["components"]["schemas"][name] if name else schema
    return found


if __name__ == "__main__":
    PAGE.write_text(render_page(), "utf-8")
