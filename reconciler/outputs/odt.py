"""The layout `odt`: the predecessor's files and columns, filled from the snapshot.

Its bugs are mended: every row has its owner's id and its location's, members have the id of what they are, what is the
organisation's stands once. `status` of people is their presence: only what was just read has it, no snapshot. The `id`
of a PSTN connection stays empty: a snapshot names what it leads to. `raw_json` is our normal form, not the API's
document: names in snake_case, addresses in the place of members' ids.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reconciler.inventory.status import Status
from reconciler.kinds import managed, nested, observed, sections_of
from reconciler.model.address import split_address
from reconciler.model.snapshot import Current, Fields
from reconciler.outputs.odt_modules import CHECKS, MODULES, NO_PSTN, RAW, REQUIREMENTS, STATUS, Module
from reconciler.outputs.source import Source
from reconciler.outputs.tables import Row, Table, TableColumn, text_of
from reconciler.outputs.views import licenses_no_pstn

_TYPES = {"webex_calling_enabled": "boolean", "is_pstn": "boolean", "count": "integer", "elapsed_ms": "integer",
          "http_status": "integer"}  # fmt: skip
_MEMBER_KINDS = ("person", "workspace", "virtual_line")


@dataclass(frozen=True)
class RowOrigin:
    """Where one row comes from: a resource or part of one, whose it is, and the item of its list (None: itself)."""

    source: Source
    current: Current
    owner: Current
    fields: Fields
    item: Fields | None

    @property
    def location(self) -> str:
        """The name of the location."""
        of = self.owner.key if self.owner.kind in ("location", "calling_location") else None
        return str(of or self.current.fields.get("location") or self.owner.fields.get("location") or "")

    def site(self, *path: str) -> Any:
        """A field of the location itself, for files about locations."""
        if self.owner.kind not in ("location", "calling_location"):
            return None
        value: Any = getattr(self.source.get("location", self.location), "fields", None)
        for name in path:
            value = value.get(name) if isinstance(value, dict) else None
        return value

    def first(self, *names: str) -> Any:
        """The first of these fields that says something: of the item, of the resource, of its owner."""
        for fields in (self.item,) if self.item is not None else (self.fields, self.owner.fields):
            for name in names:
                if fields.get(name) not in (None, ""):
                    return fields[name]
        return None

    def id_of(self, kind: str) -> str | None:
        """The remote id of what is of this kind here: the owner, or the member, or who has the number."""
        if self.owner.kind == kind:
            return self.owner.id
        address = self.member
        return self.source.id_of(address) or None if address.startswith(f"{kind}/") else None

    @property
    def member(self) -> str:
        """The address in the item, or that of the one who has it."""
        item = self.item or {}
        owner = item.get("owner")
        return str(item.get("id") or (owner.get("id") if isinstance(owner, dict) else "") or "")

    def own_id(self) -> str | None:
        """The id of what the row is about; an address in its place is resolved."""
        if self.item is None:
            return self.current.id or self.owner.id or None
        found = str(self.item.get("id") or "")
        resolved = self.source.id_of(found) if split_address(found)[0] in _MEMBER_KINDS else ""
        return resolved or found or None


Cell = Callable[[RowOrigin], Any]


def _pstn(place: RowOrigin) -> Any:
    local = place.fields.get("trunk") or place.fields.get("route_group")
    return "LOCAL_GATEWAY" if local else place.fields.get("provider")


def _calling(place: RowOrigin) -> bool:
    if place.owner.kind == "calling_location":
        return True
    return bool(place.owner.facts.get("calling") or place.owner.fields.get("calling"))


def _by_key(kind: str, key: Any, place: RowOrigin) -> str | None:
    return place.source.id_of(f"{kind}/{key}") or None if key else None


_CELLS: dict[str, Cell] = {
    "id": RowOrigin.own_id,
    "name": lambda at: at.first("name", "display_name", "file_name"),
    "location_id": lambda at: _by_key("location", at.location, at),
    "member_id": RowOrigin.own_id,
    "member_type": lambda at: at.first("type"),
    "direct_number": lambda at: at.first("direct_number", "phone_number") or (at.first("number") or {}).get("external"),
    "email": lambda at: at.first("email"),
    "first_name": lambda at: at.first("first_name"),
    "last_name": lambda at: at.first("last_name"),
    "display_name": lambda at: at.first("display_name"),
    "extension": lambda at: at.first("extension"),
    "phone_number": lambda at: at.first("phone_number"),
    "sku_or_name": lambda at: at.first("name"),
    "licenses": lambda at: ";".join(_by_key("license", one, at) or one for one in at.fields.get("licenses") or []),
    "webex_calling_enabled": _calling,
    "org_id": lambda at: at.owner.facts.get("org"),
    "timezone": lambda at: at.site("time_zone"),
    "language": lambda at: at.site("preferred_language"),
    "address_1": lambda at: at.site("address", "address1"),
    "city": lambda at: at.site("address", "city"),
    "state": lambda at: at.site("address", "state"),
    "postal_code": lambda at: at.site("address", "postal_code"),
    "country": lambda at: at.site("address", "country"),
    "route_group_id": lambda at: _by_key("route_group", at.fields.get("route_group"), at),
    "connection_type": _pstn,
    "status": lambda at: at.owner.passing.get("status"),
    "roles": lambda at: ";".join(at.owner.facts.get("roles") or []),
}
#: In this file these columns mean something else.
_ELSEWHERE: dict[tuple[str, str], Cell] = {
    # the queue, which nothing else here would tell; the agent is `member_id`, `first_name`, `last_name`
    ("call_queue_agents", "id"): lambda at: at.owner.id,
    ("call_queue_agents", "name"): lambda at: at.owner.fields.get("name"),
    ("location_pstn_connection", "id"): lambda at: None,  # the connection's own id, which no name stands for
    ("location_pstn_connection", "name"): lambda at: at.first("provider", "route_group", "trunk"),
}


def _cell(module: Module, column: str) -> Cell:
    if (module.name, column) in _ELSEWHERE:
        return _ELSEWHERE[module.name, column]
    if column in _CELLS:
        return _CELLS[column]
    kind = column.removesuffix("_id")
    return lambda at: at.id_of(kind)


def tables(statuses: Sequence[Status], counts: Mapping[str, int]) -> list[Table]:
    """The predecessor's files of what was read; `counts` has the rows of those that are written already."""
    by_name = {status.artefact: status for status in statuses}
    read = [module for module in MODULES if not module.source or module.source in by_name]
    made = [_table(module) for module in read]
    no_pstn = _plain("licenses_no_pstn", "Who has a licence that brings no PSTN.", NO_PSTN, _no_pstn)
    made.append(no_pstn)
    known = {table.name: table for table in made}

    def requirements(source: Source) -> Iterator[Row]:
        for name, files, columns in CHECKS:
            met = any(_says(known.get(file), columns, source) for file in files.split("/"))
            yield name, "ok" if met else "missing", files, ""
        yield "control_hub_validation", "missing", "manual", "look into Control Hub"

    def status(source: Source) -> Iterator[Row]:
        for module in read:
            yield _status(module, by_name.get(module.source), counts.get(module.name, 0))

    return [
        *made,
        _plain(
            "v1_requirements_status", "Whether what was asked of the inventory is there.", REQUIREMENTS, requirements
        ),
        _plain("status", "What came of each file; elapsed_ms is 0, times are in run.json.", STATUS, status),
    ]


def _table(module: Module) -> Table:
    cells = [(name, _cell(module, name)) for name in module.columns if name not in RAW]

    def rows(source: Source) -> Iterator[Row]:
        for place in _places(module, source):
            # of an item the raw part also says whose it is: not every file has a column for that
            raw = place.fields if place.item is None else {**place.item, "of": place.owner.address}
            values = [make(place) for _, make in cells]
            if RAW[0] in module.columns:
                values += [module.method, ",".join(sorted(raw)), text_of(raw)]
            yield tuple(values)

    return _plain(module.name, f"{module.source or 'nothing: the API has no such list'}: {module.method}",
                  module.columns, rows)  # fmt: skip


def _places(module: Module, source: Source) -> Iterator[RowOrigin]:
    owner_kind, _, section = module.source.partition(".")
    within = nested(module.source)
    for current in source.resources(owner_kind if within else module.source) if module.source else ():
        owner = _owner(module.source, current, source)
        fields = current.fields
        if within:
            fields = fields.get(section) or {}
            if not fields or (section == "pstn" and not any(fields.values())):
                continue
        elif owner_kind in managed() and not section:
            fields = {name: value for name, value in fields.items() if name not in sections_of(owner_kind)}
        if not module.each:
            yield RowOrigin(source, current, owner, fields, None)
            continue
        for item in fields.get(module.each) or []:
            whole = item if isinstance(item, dict) else {"value": item}
            yield RowOrigin(source, current, owner, fields, whole)


def _owner(name: str, current: Current, source: Source) -> Current:
    """Whose a part is; a resource is its own."""
    artefact = observed().get(name)
    return (source.get(artefact.of, current.key) if artefact and artefact.of else None) or current


def _status(module: Module, status: Status | None, count: int) -> Row:
    if status is None:
        return module.name, module.method, "not_found", None, "the API has no such list", 0, 0
    result = status.result if status.result in ("ok", "forbidden", "not_found") else "error"
    return module.name, module.method, result, status.http_status, status.why, count, 0


def _no_pstn(source: Source) -> Iterator[Row]:
    for cells in licenses_no_pstn(source):
        yield cells["holder_id"], cells["holder_type"], cells["license_id"], cells["license"], False


def _says(table: Table | None, columns: tuple[str, ...], source: Source) -> bool:
    """Whether a file has a row, with something in one of these columns."""
    if table is None:
        return False
    names = [column.name for column in table.columns]
    return any(not columns or any(row[names.index(name)] not in (None, "", False) for name in columns)
               for row in table.rows(source))  # fmt: skip


def _plain(name: str, doc: str, columns: Sequence[str], rows: Callable[[Source], Iterator[Row]]) -> Table:
    made = tuple(TableColumn(one, _TYPES.get(one, "text"), f"as the predecessor's {name}.{one}") for one in columns)
    return Table(name, doc, made, rows, key=())
