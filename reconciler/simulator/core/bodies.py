"""Request bodies as pydantic models: wrong types are refused in the API's words before anything changes (§1.2).

Fields are snake_case here and camelCase on the wire; what the API does not know it ignores silently (§1.9).
"""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from . import errors

Json = dict[str, Any]


class Body(BaseModel):
    """Numbers are taken for texts, as the real parser does; texts are never taken for numbers or lists."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="ignore", coerce_numbers_to_str=True
    )

    def wire(self, *, sent: bool = False) -> Json:
        """The fields by their wire names; `sent`: only those that the client sent."""
        return self.model_dump(by_alias=True, exclude_unset=sent)


B = TypeVar("B", bound=Body)


def parse(model: type[B], document: Any) -> B:
    """The document as that model, else 400: 25008 for a field that is missing, 25024 for one that is wrong."""
    try:
        return model.model_validate(document)
    except ValidationError as problem:
        found = problem.errors(include_url=False, include_context=False, include_input=False)[0]
    path = ".".join(str(part) for part in found["loc"] if isinstance(part, str)) or "body"
    if found["type"] == "missing":
        raise errors.missing_field(path)
    raise errors.invalid_value(f"Invalid field value: {path}")


def merge(model: type[B], stored: Json, document: Json) -> B:
    """What a merging PUT makes of a stored record: fields that are not sent keep their values (§1.9)."""
    return parse(model, {**stored, **document})


def merge_nested(model: type[B], stored: Json, document: Json) -> B:
    """The same where objects inside the body merge too, as in hunt groups and queues (§14); lists are replaced."""
    return parse(model, nested(stored, document))


def nested(stored: Json, sent: Json) -> Json:
    both = {key: nested(stored[key], value) for key, value in sent.items() if _objects(stored.get(key), value)}
    return {**stored, **sent, **both}


def _objects(one: Any, other: Any) -> bool:
    return isinstance(one, dict) and isinstance(other, dict)
