"""Answers: models derived from the dataclasses of the use cases, so that OpenAPI says what is sent.

Names are sent as ``application/name``, versions whole, instants in UTC by ISO 8601, spans in seconds.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import timedelta
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from fastapi import Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer, create_model

from headway.domain.names import ArtifactName, Cell, InstanceName, Version
from headway.domain.promotion_id import full

_Name = Annotated[str, BeforeValidator(str)]
_Version = Annotated[str, BeforeValidator(full)]
_Span = Annotated[timedelta, PlainSerializer(timedelta.total_seconds, return_type=float)]
_TEXTS: dict[object, object] = {
    ArtifactName: _Name,
    InstanceName: _Name,
    Cell: _Name,
    Version: _Version,
    timedelta: _Span,
}


_MODELS: dict[object, type[BaseModel]] = {}


def model_of(described: type) -> type[BaseModel]:
    """Give the model of a dataclass; always the same one."""
    if described in _MODELS:
        return _MODELS[described]
    hints = get_type_hints(described)
    shown: Any = {one.name: (_shown(hints[one.name]), ...) for one in fields(described)}
    made: type[BaseModel] = create_model(
        described.__name__,
        __config__=ConfigDict(from_attributes=True, frozen=True),
        __doc__=(described.__doc__ or "").split("\n")[0],
        **shown,
    )
    _MODELS[described] = made
    return made


def to_json(value: object) -> Any:  # noqa: ANN401  # JSON is any of its types
    """Turn a dataclass into what JSON can hold."""
    return model_of(type(value)).model_validate(value).model_dump(mode="json")


def answer(value: object) -> Response:
    """Answer with one dataclass."""
    text = model_of(type(value)).model_validate(value).model_dump_json()
    return Response(text, media_type="application/json")


def _shown(hint: Any) -> Any:  # noqa: ANN401  # type hints are any object
    if hint in _TEXTS:
        return _TEXTS[hint]
    if isinstance(hint, type) and is_dataclass(hint):
        return model_of(hint)
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return Union[tuple(_shown(one) for one in inner)]  # noqa: UP007  # made of a list
    if origin is tuple:
        parts = tuple(one if one is ... else _shown(one) for one in inner)
        return tuple.__class_getitem__(parts)
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        return dict.__class_getitem__((_shown(inner[0]), _shown(inner[1])))
    return hint
