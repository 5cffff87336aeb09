"""What the tables of an export are: one per kind, section and artefact, with typed, documented columns.

Managed kinds take their columns from their model, flattened to dotted paths; artefacts from what they declare. Every
table begins with `address` and `remote_id` and ends with the whole normal form as JSON text, so that nothing is lost.
"""

from __future__ import annotations

import inspect
import json
import re
import types
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from reconciler.kinds import managed, observed, sections_of
from reconciler.kinds.contract.kind import Kind
from reconciler.model.marks import Method, Ref
from reconciler.model.snapshot import UNNAMED, Current, Fields
from reconciler.model.wording import either
from reconciler.outputs.source import Source

#: The types of columns; `list` and `object` are JSON text where a format has nothing of the kind.
TYPES = ("text", "integer", "number", "boolean", "list", "object")
Row = tuple[Any, ...]


@dataclass(frozen=True)
class TableColumn:
    """One column: its name, its type (of TYPES), what it says, and where in the fields its value lies."""

    name: str
    type: str
    doc: str
    path: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """One table; `key` names the columns that no two rows share, `rows` makes its rows from a source, sorted."""

    name: str
    doc: str
    columns: tuple[TableColumn, ...]
    rows: Callable[[Source], Iterator[Row]]
    key: tuple[str, ...] = ("address",)
    indexes: tuple[str, ...] = ()

    @property
    def sql_name(self) -> str:
        return self.name.replace(".", "_")

    @property
    def sql_columns(self) -> tuple[str, ...]:
        """Column names without dots, which SQL and Parquet readers take for something else; unique all the same."""
        names: list[str] = []
        for column in self.columns:
            name = re.sub(r"\W", "_", column.name)
            while name.lower() in (known.lower() for known in names):
                name += "_"
            names.append(name)
        return tuple(names)


ADDRESS = TableColumn("address", "text", "Kind and key; the same from export to export")
REMOTE_ID = TableColumn("remote_id", "text", "Webex's id; of a section, its owner's; empty where a name is ambiguous")
ABOUT = TableColumn(
    "about_json",
    "text",
    "JSON: `facts` (what nobody manages), `unknown` (part → why it could not be read), `candidates` (who share a name)",
)
FIELDS = TableColumn("fields_json", "text", "JSON: the whole normal form, also what has no column")
_OWN = frozenset(column.name for column in (ADDRESS, REMOTE_ID, ABOUT, FIELDS))


def tables(names: Iterable[str]) -> list[Table]:
    """The tables of these kinds and artefacts, sections after their owners; names that are neither are left out."""
    found: list[Table] = []
    for name in sorted(set(names)):
        if name in managed() and name not in observed():
            found.append(_of_kind(managed()[name]))
            found += [_of_section(section) for section in sections_of(name).values() if section.always]
        elif name in observed():
            found.append(_of_artefact(observed()[name]))
    return sorted(found, key=lambda table: table.name)


def _of_kind(kind: Kind) -> Table:
    columns = (ADDRESS, REMOTE_ID, *_named(_flat(kind.managed, ())), ABOUT, FIELDS)
    sections = frozenset(sections_of(kind.name))

    def rows(source: Source) -> Iterator[Row]:
        for current in source.resources(kind.name):
            fields = {name: value for name, value in current.fields.items() if name not in sections}
            shown = fields | {
                name: [*(fields.get(name) or ()), *ids] for name, ids in current.facts.get(UNNAMED, {}).items()
            }
            yield row(columns, current, shown)

    return Table(kind.name, kind.doc, columns, rows, indexes=_indexes(columns))


def _of_section(section: Kind) -> Table:
    columns = (ADDRESS, REMOTE_ID, *_named(_flat(section.managed, ())), FIELDS)

    def rows(source: Source) -> Iterator[Row]:
        for owner in source.resources(section.owner):
            fields = owner.fields.get(section.section)
            if fields is not None:
                yield row(columns, Current(section.name, owner.key, owner.id, fields), fields)

    return Table(section.name, section.doc, columns, rows, indexes=_indexes(columns))


def _of_artefact(artefact: Kind) -> Table:
    declared = [TableColumn(one.path, one.type, one.doc, tuple(one.path.split("."))) for one in artefact.columns]
    if not any(column.name == "location" for column in declared):
        declared.insert(0, TableColumn("location", "text", "Location, by name", ("location",)))
    columns = (ADDRESS, REMOTE_ID, *_named(declared), ABOUT, FIELDS)

    def rows(source: Source) -> Iterator[Row]:
        for current in source.resources(artefact.name):
            yield row(columns, current, current.fields)

    return Table(artefact.name, artefact.doc, columns, rows, indexes=_indexes(columns))


def row(columns: Iterable[TableColumn], current: Current, fields: Fields) -> Row:
    """The cells of one resource, in the order of the columns."""
    own = {"address": current.address, "remote_id": current.id or None}
    return tuple(
        _last(column, current, fields) or own.get(column.name)
        if not column.path
        else fitting(_at(fields, column.path), column.type)
        for column in columns
    )


def _last(column: TableColumn, current: Current, fields: Fields) -> str | None:
    if column is FIELDS:
        return text_of(fields)
    if column is ABOUT:
        parts = ("facts", "unknown", "candidates")
        about = {part: value for part in parts if (value := getattr(current, part))}
        return text_of(about) if about else None
    return None


def _at(fields: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        fields = fields.get(name) if isinstance(fields, dict) else None
    return fields


def fitting(value: Any, type_: str) -> Any:
    """A value as its column's type wants it; null when it cannot be that (`fields_json` has it all the same)."""
    if value is None:
        return None
    if type_ == "text":
        return value if isinstance(value, str) else text_of(value)
    if type_ == "boolean":
        return value if isinstance(value, bool) else None
    if type_ in ("integer", "number"):
        return _numeric(value, type_)
    return value if isinstance(value, list if type_ == "list" else dict | list) else None


def _numeric(value: Any, type_: str) -> int | float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, str):  # the API sends some counts as texts
        try:
            value = int(value) if type_ == "integer" else float(value)
        except ValueError:
            return None
    if type_ == "integer":
        # what no database or data frame holds is left to fields_json
        return value if isinstance(value, int) and -(2**63) <= value < 2**63 else None
    return float(value) if isinstance(value, int | float) else None


def text_of(value: Any) -> str:
    """A value as canonical JSON text."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _indexes(columns: Iterable[TableColumn]) -> tuple[str, ...]:
    return tuple(column.name for column in columns if column.name in ("remote_id", "location"))


def _named(columns: Iterable[TableColumn]) -> Iterator[TableColumn]:
    """A field that is called like one of our own columns gives way."""
    for column in columns:
        name = f"fields.{column.name}" if column.name in _OWN else column.name
        yield TableColumn(name, column.type, column.doc, column.path)


def _flat(model: type[BaseModel], above: tuple[str, ...]) -> Iterator[TableColumn]:
    """The fields of a model, those of models in it by dotted path; what only says how to write is no column."""
    for name, info in model.model_fields.items():
        if any(isinstance(mark, Method) for mark in info.metadata):
            continue
        path = (*above, name)
        kept = _kept(info.annotation)
        nested = next((one for one in kept if inspect.isclass(one) and issubclass(one, BaseModel)), None)
        if nested is not None:
            yield from _flat(nested, path)
            continue
        ref = next((mark for mark in info.metadata if isinstance(mark, Ref)), None)
        doc = info.description or (_referring(ref) if ref else _words(path))
        yield TableColumn(".".join(path), _type(kept), doc, path)


def _kept(annotation: Any) -> list[Any]:
    """The types that a value may be of, without null and without marks."""
    if get_origin(annotation) is Annotated:
        return _kept(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        return [kept for one in get_args(annotation) for kept in _kept(one)]
    return [] if annotation is types.NoneType else [annotation]


def _type(kept: list[Any]) -> str:
    """Of a list that may also be written as a mapping, the normal form is the list."""
    origins = [get_origin(one) or one for one in kept]
    if list in origins or tuple in origins:
        return "list"
    if dict in origins:
        return "object"
    simple = {bool: "boolean", int: "integer", float: "number", str: "text", Literal: "text"}
    return next((simple[one] for one in origins if one in simple), "text")


def _referring(ref: Ref) -> str:
    how = "key" if len(ref.kinds) == 1 else "address"
    return f"{either([kind.replace('_', ' ') for kind in ref.kinds]).capitalize()}, by {how}"


def _words(path: tuple[str, ...]) -> str:
    return " ".join(path).replace("_", " ").capitalize()
