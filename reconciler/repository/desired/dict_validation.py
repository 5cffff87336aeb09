"""A model's validation without its instances: the same core schema, with dicts of the fields that were set as result.

What it gives is `model_dump(exclude_unset=True)` of the validated model, in half the time: no objects are made that
would only be taken apart again. Where a validator wants to see an instance there is no lean form (None), and the
model itself is used; a test holds the two equal.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from pydantic_core import SchemaError, SchemaValidator

_WANT_INSTANCES = ("function-after", "function-wrap", "function-plain", "chain")


class _NoLeanForm(Exception):
    """Something in the schema needs the model's instances."""


def dict_validator(model: type[BaseModel]) -> SchemaValidator | None:
    """A validator from a list of raw values to their normal forms, or None."""
    try:
        schema = _lean(model.__pydantic_core_schema__)
        if schema["type"] == "definitions":
            whole = {**schema, "schema": {"type": "list", "items_schema": schema["schema"]}}
        else:
            whole = {"type": "list", "items_schema": schema}
        return SchemaValidator(whole)
    except (_NoLeanForm, SchemaError, KeyError, TypeError):
        return None


def _lean(node: Any) -> Any:
    if isinstance(node, list):
        return [_lean(part) for part in node]
    if not isinstance(node, dict) or "type" not in node:
        return node
    if node["type"] in _WANT_INSTANCES and _has_model(node["schema"]):
        raise _NoLeanForm
    if node["type"] == "model":
        return _fields(node)
    return {name: part if name in ("metadata", "serialization") else _lean(part) for name, part in node.items()}


def _fields(node: dict[str, Any]) -> dict[str, Any]:
    inner = node["schema"]
    if inner["type"] == "function-before":  # it sees the raw value, of which it makes another
        bare = {name: part for name, part in node.items() if name != "ref"}
        outer = {**inner, "schema": _fields({**bare, "schema": inner["schema"]})}
        return {**outer, "ref": node["ref"]} if "ref" in node else outer
    if (
        inner["type"] != "model-fields"
        or node.get("custom_init")
        or node.get("post_init")
        or inner.get("computed_fields")
    ):
        raise _NoLeanForm
    lean: dict[str, Any] = {
        "type": "typed-dict",
        "fields": {name: _field(field) for name, field in inner["fields"].items()},
        "extra_behavior": "forbid",
        "config": node.get("config", {}),
    }
    if "ref" in node:
        lean["ref"] = node["ref"]
    return lean


def _field(field: dict[str, Any]) -> dict[str, Any]:
    schema, required = field["schema"], True
    if schema["type"] == "default":
        schema, required = schema["schema"], False
    return {"type": "typed-dict-field", "schema": _lean(schema), "required": required}


def _has_model(node: Any) -> bool:
    if isinstance(node, list):
        return any(map(_has_model, node))
    if isinstance(node, dict):
        is_one = node.get("type") in ("model", "definition-ref")
        return is_one or any(_has_model(part) for name, part in node.items() if name != "metadata")
    return False
