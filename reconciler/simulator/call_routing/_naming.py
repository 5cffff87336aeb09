"""Names of trunks, route groups, dial plans and translation patterns, and the order of their lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..core import errors, switches
from ..core.routing import Json, Request

switches.declare(
    "routing_name_duplicate", "conflict", "refuse", row="14, 17.2",
    text="a second trunk, route group, dial plan or translation pattern of the same name: 409, or 400",
)  # fmt: skip


def check(
    request: Request, others: Iterable[Json], name: str, record: Json | None = None, *, longest: int = 80
) -> None:
    """Refuse a name that is empty, too long or held by another of these records."""
    if not name.strip():
        raise errors.missing_field("name")
    if len(name) > longest:
        raise errors.telephony(400, 25110, f"The length of name must be between 1 and {longest}.")
    if any(other["name"].lower() == name.lower() and other is not record for other in others):
        status = 409 if request.store.switches["routing_name_duplicate"] == "conflict" else 400
        raise errors.platform(status, f"The name {name} is already in use.")


def matches(request: Request, parameter: str, name: str) -> bool:
    """Whether a name contains what the filter says, or one of its several words; without filter every name does."""
    wanted = request.listed(parameter)
    return not wanted or any(part.lower() in name.lower() for part in wanted)


def ordered(request: Request, rows: list[Json], fields: dict[str, Callable[[Json], str]]) -> list[Json]:
    """`order=name`, `order=name-desc,…`, or only `asc` or `desc`, which mean the first field; as stored without it."""
    for term in reversed(request.listed("order")):
        field, _, direction = term.partition("-")
        if field.lower() in ("asc", "desc"):
            field, direction = next(iter(fields)), field
        if field in fields:
            key = fields[field]
            rows = sorted(rows, key=lambda row: key(row).lower(), reverse=direction.lower() == "desc")
    return rows
