"""JSON Schema of what may stand in `desired/`, from the models: for editors and pre-commit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic.json_schema import models_json_schema

from reconciler.kinds import kind as kind_named
from reconciler.kinds import owners
from reconciler.model.marks import Key, Ref
from reconciler.model.tenant import Tenant
from reconciler.model.wording import either
from reconciler.repository.desired.entries import entry_type
from reconciler.repository.desired.tenants import PROFILED, load_tenant

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema(root: Path | None = None) -> dict[str, Any]:
    """The schema of a desired file, and of tenant.yaml, which it tells by its `schema_version`.

    With a repository's root, the profiles that it defines are offered by name.
    """
    kinds = [owner for owner in owners() if owner.writable and owner.plural]
    models: list[type[BaseModel]] = [entry_type(owner).model for owner in kinds]
    profile = kind_named(PROFILED).managed
    wanted: list[tuple[Any, Literal["validation"]]] = [(model, "validation") for model in [*models, Tenant, profile]]
    refs, definitions = models_json_schema(wanted, ref_template="#/$defs/{model}")
    defs: dict[str, Any] = definitions["$defs"]
    for model in _all_models([*models, Tenant]):
        _tidy(defs.get(model.__name__), model)
    lists: dict[str, Any] = {}
    for owner, model in zip(kinds, models, strict=True):
        described = {"description": owner.doc, "type": ["array", "null"], "items": refs[model, "validation"]}
        lists |= dict.fromkeys((owner.plural, *owner.aliases), described)
    profiles = defs["Tenant"]["properties"]["profiles"]
    profiles.pop("patternProperties", None)
    profiles["additionalProperties"] = refs[profile, "validation"]
    if root is not None:
        names = sorted(load_tenant(root).profiles)
        for definition in defs.values():
            if "profile" in definition.get("properties", {}):
                definition["properties"]["profile"]["enum"] = names
    desired = {
        "title": "Desired state",
        "description": "Kinds to lists of resources. Absent: not managed; null: clear; a value: enforce.",
        "type": ["object", "null"],
        "properties": lists,
        "additionalProperties": False,
    }
    return {
        "$schema": _DIALECT,
        "title": "Files below desired/",
        "if": {"type": "object", "required": ["schema_version"]},
        "then": refs[Tenant, "validation"],
        "else": {"$ref": "#/$defs/Desired"},
        "$defs": defs | {"Desired": desired},
    }


def _all_models(models: list[type[BaseModel]]) -> Iterator[type[BaseModel]]:
    """These models and those nested in them, once each."""
    seen: set[type[BaseModel]] = set()
    queue = list(models)
    while queue:
        model = queue.pop()
        if model in seen:
            continue
        seen.add(model)
        yield model
        for info in model.model_fields.values():
            queue += _nested(info.annotation)


def _nested(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in getattr(annotation, "__args__", ()) for model in _nested(part)]


def _tidy(definition: dict[str, Any] | None, model: type[BaseModel]) -> None:
    """Say what a reference refers to, and take away defaults: what is absent is not managed, so there are none. Of a
    key of several parts the last may hold all of them."""
    keyed = [name for name, info in model.model_fields.items() if any(isinstance(mark, Key) for mark in info.metadata)]
    if definition and len(keyed) > 1:
        definition["required"] = [name for name in definition.get("required", ()) if name not in keyed[:-1]]
    for name, described in (definition or {}).get("properties", {}).items():
        described.pop("default", None)
        refers = _reference(model.model_fields[name])
        if refers:
            told = described.get("description", "")
            described["description"] = f"{told} ({refers})" if told else refers


def _reference(info: FieldInfo) -> str:
    mark = next((mark for mark in (*info.metadata, *_inside(info.annotation)) if isinstance(mark, Ref)), None)
    if mark is None:
        return ""
    named = either([name.replace("_", " ") for name in mark.kinds])
    return f"{named}, by {' and '.join(kind_named(mark.kinds[0]).key_fields) if len(mark.kinds) == 1 else 'address'}"


def _inside(annotation: Any) -> Iterator[Any]:
    """The marks of the items of a list, or of one of several forms of a value."""
    yield from getattr(annotation, "__metadata__", ())
    for part in getattr(annotation, "__args__", ()):
        if not (isinstance(part, type) and issubclass(part, BaseModel)):
            yield from _inside(part)
