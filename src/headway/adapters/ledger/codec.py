"""Facts' bodies to canonical JSON (RFC 8785) and back, exactly.

Instants are ISO 8601 in UTC, durations ISO 8601, enums their values, named tuples lists; a mapping keyed by a
named tuple has that list's JSON text as its key. Reading is strict: what does not fit is not guessed at.
Everything here is pure and may run on any thread.
"""

# ruff: noqa: ANN401  pydantic's schemas and JSON's values have no narrower type

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, cast, get_args

import rfc8785
from pydantic import TypeAdapter
from pydantic_core import (
    CoreSchema,
    PydanticSerializationError,
    SchemaSerializer,
    SchemaValidator,
    ValidationError,
    core_schema,
    from_json,
    to_json,
)

from headway.domain.errors import UsageError
from headway.domain.facts import Change, FactBody


@dataclass(frozen=True, slots=True, kw_only=True)
class Codec:
    """How values of one type are written and read."""

    validator: SchemaValidator
    serializer: SchemaSerializer

    def encode(self, value: object) -> str:
        """Write a value as canonical JSON.

        Raises:
            UsageError: `fact-malformed`: it would not be read back as what it is.
        """
        try:
            plain = self.serializer.to_python(value, mode="json", warnings="error")
            text = rfc8785.dumps(plain).decode()
            self.validator.validate_json(text, strict=True)
        except (ValueError, PydanticSerializationError, rfc8785.CanonicalizationError) as error:
            raise UsageError(
                "fact-malformed",
                f"a {type(value).__name__} cannot be recorded",
                why=_words_of(error) if isinstance(error, ValidationError) else str(error).replace("\n", " "),
                next_step="this is a fault in the code that made it: report it with this message",
            ) from error
        return text

    def decode(self, text: str) -> Any:
        """Read a value.

        Raises:
            ValueError: it is not JSON or does not fit the type.
        """
        try:
            return self.validator.validate_json(text, strict=True)
        except ValidationError as error:
            raise ValueError(_words_of(error)) from error


def _words_of(error: ValidationError) -> str:
    """Say what does not fit in one line, without the addresses of pydantic's own pages."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(
        ": ".join([*([".".join(map(str, one["loc"]))] if one["loc"] else []), one["msg"]]) for one in found
    )


@cache
def codec_for(kind: Any) -> Codec:
    """Build the codec of a type; built once, at its first use."""
    schema = _exact(TypeAdapter(kind).core_schema)
    return Codec(validator=SchemaValidator(schema), serializer=SchemaSerializer(schema))


@cache
def known_types() -> Mapping[str, type]:
    """Give the classes of all facts that this version knows, by their recorded type."""
    return {cast(Any, kind).TYPE: kind for kind in get_args(FactBody)}


def changes_codec() -> Codec:
    """Give the codec of a promotion's changes, a column of its view."""
    return codec_for(tuple[Change, ...])


def _exact(schema: CoreSchema) -> CoreSchema:
    """Mend what pydantic does not carry through JSON: keys that are tuples, foreign mappings, time zones."""
    refs: dict[str, dict[str, Any]] = {}
    _collect_refs(schema, refs)
    return cast(CoreSchema, _mend(schema, refs))


def _collect_refs(node: Any, refs: dict[str, dict[str, Any]]) -> None:
    if isinstance(node, dict):
        if isinstance(node.get("ref"), str):
            refs[node["ref"]] = node
        for child in node.values():
            _collect_refs(child, refs)
    elif isinstance(node, list):
        for child in node:
            _collect_refs(child, refs)


def _mend(node: Any, refs: Mapping[str, dict[str, Any]]) -> Any:
    if isinstance(node, list):
        return [_mend(child, refs) for child in node]
    # A schema's `config` and `default` are values, not schemas.
    if not isinstance(node, dict):
        return node
    mended = {key: value if key in _VALUES else _mend(value, refs) for key, value in node.items()}
    match mended.get("type"):
        case "datetime":
            return _instant(mended)
        case "dict":
            return _mapping(mended, refs)
        case _:
            return mended


_VALUES = frozenset({"config", "default", "cls", "metadata", "members", "expected"})


def _instant(schema: dict[str, Any]) -> CoreSchema:
    return core_schema.no_info_after_validator_function(
        _to_utc,
        cast(CoreSchema, schema | {"tz_constraint": "aware"}),
        serialization=core_schema.plain_serializer_function_ser_schema(write_instant),
    )


def _mapping(schema: dict[str, Any], refs: Mapping[str, dict[str, Any]]) -> CoreSchema:
    keys = schema.get("keys_schema", {})
    resolved = refs.get(keys.get("schema_ref", ""), keys)
    if resolved.get("type") == "named-tuple":
        schema["keys_schema"] = core_schema.no_info_before_validator_function(
            _read_key,
            keys,
            serialization=core_schema.plain_serializer_function_ser_schema(_write_key),
        )
    plain = dict(schema)
    schema["serialization"] = core_schema.wrap_serializer_function_ser_schema(
        _write_mapping, schema=cast(CoreSchema, plain)
    )
    return cast(CoreSchema, schema)


def _write_mapping(value: Any, write: Callable[[Any], Any]) -> Any:
    return write(value if isinstance(value, dict) or not isinstance(value, Mapping) else dict(value))


def _write_key(key: Any) -> str:
    return to_json(key).decode()


def _read_key(text: Any) -> Any:
    return from_json(text)


def _to_utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC)


def write_instant(instant: datetime) -> str:
    """Write an instant as ISO 8601 in UTC, to the microsecond.

    Raises:
        ValueError: it has no time zone.
    """
    if instant.tzinfo is None:
        message = f"the instant {instant} has no time zone"
        raise ValueError(message)
    return instant.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def read_instant(text: str) -> datetime:
    """Read what `write_instant` wrote.

    Raises:
        ValueError: it is none.
    """
    return datetime.fromisoformat(text).astimezone(UTC)
