"""JSON Schemas compiled by `jsonschema-rs`.

Nothing is ever fetched, and patterns are matched in linear time, as Go's are. Safe to call concurrently.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jsonschema_rs import Draft202012Validator, RegexOptions, ValidationError

from headway.adapters.schemas.package import Schema
from headway.adapters.schemas.structural import LIST_MAP_KEYS
from headway.adapters.schemas.telling import tell
from headway.domain.field_path import FieldPath


@dataclass(frozen=True, slots=True)
class Validator:
    """One schema, compiled."""

    schema: Schema
    _compiled: Draft202012Validator

    def mistakes(self, value: object) -> Iterator[tuple[FieldPath, str]]:
        """Give what is wrong with a value: where, and in words; none of the words is a text of a manifest.

        Raises:
            ValueError: the value is no JSON.
        """
        if self._compiled.is_valid(value):
            return
        errors = list(self._compiled.iter_errors(value))
        of_another_type = {tuple(one.instance_path) for one in errors if one.kind.name == "type"}
        for error in errors:
            # Of what is of another type the rest says nothing: a number is no choice of words either.
            if error.kind.name == "type" or tuple(error.instance_path) not in of_another_type:
                yield from tell(error, self.schema)


def compile_schema(schema: Schema) -> Validator:
    """Compile a schema.

    Raises:
        ValueError: it is none, or has a pattern that is no regular expression of Go's kind.
    """
    try:
        compiled = Draft202012Validator(
            schema,
            validate_formats=False,
            offline=True,
            pattern_options=RegexOptions(),
            keywords={LIST_MAP_KEYS: ListMapKeys},
        )
    except ValidationError as error:
        raise ValueError(f"{error.instance!r}"[:80]) from error
    return Validator(schema, compiled)


class ListMapKeys:
    """The word ``x-kubernetes-list-map-keys``: no two items have the same values in these fields."""

    def __init__(self, _around: Mapping[str, Any], keys: Sequence[str], _path: Sequence[str | int]) -> None:
        self._keys = keys

    def validate(self, items: object) -> None:
        """Refuse an item that is there already.

        Raises:
            ValueError: with the positions of both.
        """
        seen: dict[str, int] = {}
        for index, item in enumerate(items if isinstance(items, list) else []):
            if isinstance(item, dict):
                first = seen.setdefault(repr([item.get(key) for key in self._keys]), index)
                if first != index:
                    same = " and ".join(self._keys)
                    raise ValueError(f"items {first} and {index} have the same {same}")
