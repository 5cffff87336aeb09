"""A CSV of desired state: the file's stem names the kind, headers are field paths, each row is a resource.

A blank cell is not managed, `REMOVE` clears (Control Hub's own convention); a cell of a list holds several values,
split at `;`, `|` or `,`. The types are the model's.
"""

from __future__ import annotations

import hashlib
import re
import types
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from reconciler.errors import Problem
from reconciler.inert import quoted
from reconciler.kinds.contract.kind import ResourceKind
from reconciler.repository import csvfile
from reconciler.repository.desired.entries import did_you_mean, entry_type, named_parts
from reconciler.repository.desired.units import Unit, kind_of
from reconciler.repository.yamlfile import Path

REMOVE = "REMOVE"
#: So many names tell whether an encoding is the right one.
_NAMED, _LONGEST = 8, 60
_SEPARATORS = re.compile(r"[;|,]")


class TableDocument:
    """The rows of a CSV as units."""

    def __init__(self, name: str, data: bytes) -> None:
        self.name = name
        self.units: list[Unit] = []
        self.problems: list[Problem] = []
        self._table = csvfile.CsvTable((), (), "", ",")
        self._columns: list[tuple[tuple[str, ...], bool] | None] = []
        kind = kind_of(PurePosixPath(name).stem, name, 1, 1, self.problems)
        if kind is None:
            return
        try:
            self._table = csvfile.read(data)
        except csvfile.CsvError as error:
            self.problems.append(Problem(name, error.line, error.col, error.what, error.do))
            return
        if self._table.header:
            self._read_header(kind)
            self._read_rows(kind)

    @property
    def text(self) -> str:
        return self._table.text

    @property
    def notices(self) -> list[str]:
        """Which encoding was guessed, and the names by which somebody can tell whether that was right."""
        if not self._table.guessed:
            return []
        cells = (cell for row in self._table.rows for cell in row.cells if not cell.isascii())
        names = list(dict.fromkeys(cells))
        more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
        said = ", ".join(quoted(name[:_LONGEST]) for name in names[:_NAMED]) + more
        return [f"{self.name}: read as {self._table.guessed}, because it is not UTF-8: {said or 'its header'}"]

    def _read_header(self, kind: ResourceKind) -> None:
        seen: set[str] = set()
        for number, label in enumerate(self._table.header):
            column = _column(kind, label)
            self._columns.append(column)
            if label in seen and label:
                self._at_header(number, f"{label}: this column is there twice", "keep one")
            elif column is None and label:
                near = did_you_mean(label, field_paths(kind)) or f"see `reconcile kinds {kind.name}` for its fields"
                self._at_header(number, f"{label}: unknown column", near)
            seen.add(label)

    def _at_header(self, number: int, what: str, do: str) -> None:
        line = self._table.line
        self.problems.append(Problem(self.name, line, self._table.column(line, number), what, do))

    def _read_rows(self, kind: ResourceKind) -> None:
        width = len(self._table.header)
        for number, row in enumerate(self._table.rows):
            if len(row.cells) != width:
                what = f"{len(row.cells)} cells in this row, {width} in the header"
                self.problems.append(Problem(self.name, row.line, 1, what, "quote cells that hold the delimiter"))
                continue
            self.units.append(Unit(kind, row.line, number))

    def digest(self, unit: Unit) -> bytes:
        parts = (unit.kind.name, *self._table.header, "", *self._table.rows[unit.number].cells)
        return hashlib.blake2b(repr(parts).encode(), digest_size=16).digest()

    def values(self, units: Sequence[Unit]) -> list[Any]:
        return [self._value(self._table.rows[unit.number]) for unit in units]

    def _value(self, row: csvfile.Row) -> dict[str, Any]:
        value: dict[str, Any] = {}
        for column, cell in zip(self._columns, row.cells, strict=True):
            if not cell or column is None:
                continue
            path, several = column
            inner = value
            for name in path[:-1]:
                inner = inner.setdefault(name, {})
                if not isinstance(inner, dict):
                    break
            if isinstance(inner, dict):
                inner[path[-1]] = _cleared(several) if cell == REMOVE else _split(cell) if several else cell
        return value

    def place(self, unit: Unit, path: Path, *, key: bool) -> tuple[int, int]:
        row = self._table.rows[unit.number]
        number = self._column_of(path)
        return row.line, self._table.column(row.line, number) if number is not None else 1

    def raw(self, unit: Unit, path: Path) -> str:
        number = self._column_of(path)
        return self._table.rows[unit.number].cells[number] if number is not None else ""

    def careful(self, unit: Unit) -> Any:
        return self._value(self._table.rows[unit.number])

    def _column_of(self, path: Path) -> int | None:
        """The column that gave the value at a path, or the nearest above it."""
        names = tuple(part for part in path if isinstance(part, str))
        for length in range(len(names), 0, -1):
            for number, column in enumerate(self._columns):
                if column is not None and column[0] == names[:length]:
                    return number
        return None


def field_paths(kind: ResourceKind) -> list[str]:
    """Every header that a CSV of this kind may have."""
    return [".".join(path) for path in _leaves(entry_type(kind).model, ())]


def _leaves(model: type[BaseModel], path: tuple[str, ...]) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for name, info in model.model_fields.items():
        models = [part for part in _parts(info.annotation) if isinstance(part, type) and issubclass(part, BaseModel)]
        if models:
            found += _leaves(models[0], (*path, name))
        elif not any(_holds_models(part) for part in _parts(info.annotation)):
            found.append((*path, name))
    return found


def _column(kind: ResourceKind, label: str) -> tuple[tuple[str, ...], bool] | None:
    """The field path of a header, and whether its cells hold several values; None when there is no such field."""
    if not label:
        return None
    path: list[str] = []
    parts: list[Any] = [entry_type(kind, named_parts(kind, [label.partition(".")[0]])).model]
    rest = label
    while rest:
        if any(get_origin(part) is dict for part in parts):
            return (*path, rest), False
        name, _, rest = rest.partition(".")
        info = next(
            (p.model_fields[name] for p in parts if _is_model(p) and name in p.model_fields),
            None,
        )
        if info is None:
            return None
        path.append(name)
        parts = _parts(info.annotation)
    if any(_holds_models(part) for part in parts):
        return None
    return tuple(path), any(get_origin(part) in (list, tuple, set, frozenset) for part in parts)


def _is_model(part: Any) -> bool:
    return isinstance(part, type) and issubclass(part, BaseModel)


def _holds_models(part: Any) -> bool:
    """Whether it is a list of mappings, which has no place in a cell."""
    return get_origin(part) is list and any(_is_model(inner) for inner in get_args(part))


def _parts(annotation: Any) -> list[Any]:
    """The alternatives of an annotation, without `Annotated` and `| None`."""
    if get_origin(annotation) is Annotated:
        return _parts(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        return [part for inner in get_args(annotation) for part in _parts(inner)]
    return [] if annotation is type(None) else [annotation]


def _cleared(several: bool) -> list[str] | None:
    """What clears a field: null, and of what holds several values none."""
    return [] if several else None


def _split(cell: str) -> list[str]:
    return [part for part in (part.strip() for part in _SEPARATORS.split(cell)) if part]
