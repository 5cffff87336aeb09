"""SCIM 2.0 bulk (`POST /identity/scim/{orgId}/v2/Bulk`; webex-behaviour.md §10): up to 100 operations, each carried
out as the single call would be; HTTP 200 whatever became of them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from ..core import routing
from ..core.bodies import Body
from ..core.routing import Json, Reply, Request, route
from . import _scim
from ._scim_filter import refused

_RESPONSE = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"
_MOST = 100


class _Operation(Body):
    method: Literal["POST", "PATCH", "DELETE"]
    path: str
    data: Json | None = None
    bulk_id: str | None = None


class _Bulk(Body):
    operations: list[_Operation]
    fail_on_errors: int | None = Field(None, ge=1, le=_MOST)


@route("POST", f"{_scim.ROOT}/Bulk")
def bulk(request: Request) -> Reply:
    """User bulk API. `bulkId:x` in later operations stands for the id of what an earlier one created."""
    _scim.check(request)
    document = _scim.document(request)
    if "Operations" in document:  # RFC 7644 writes it so, Webex's document does not
        document = {**document, "operations": document["Operations"]}
    body = _scim.parse(_Bulk, document)
    if len(body.operations) > _MOST:
        raise refused(f"The number of operations exceeds {_MOST}.")
    for operation in body.operations:
        _check(operation)
    made: dict[str, str] = {}
    rows: list[Json] = []
    failures = 0
    for operation in body.operations:
        row = _carry_out(request, operation, made)
        rows.append(row)
        failures += int(row["status"]) >= 400
        if body.fail_on_errors is not None and failures >= body.fail_on_errors:
            break
    return Reply(200, {"schemas": [_RESPONSE], "operations": rows})


def _check(operation: _Operation) -> None:
    if operation.method == "POST" and not operation.bulk_id:
        raise refused("bulkId is required for POST.")
    if operation.method != "DELETE" and operation.data is None:
        raise refused(f"data is required for {operation.method}.")
    if not operation.path.startswith(("/Users", "/Groups")):
        raise refused(f"Unknown path {operation.path}.")


def _carry_out(request: Request, operation: _Operation, made: dict[str, str]) -> Json:
    store = request.store
    root = f"/identity/scim/{store.org['id']}/v2"
    path = _resolved(operation.path, made)
    single = Request(operation.method, f"{root}{path}", {}, _resolved(operation.data, made), store, request.root,
                     actor=request.actor)  # fmt: skip
    reply = routing.handle(single)
    row: Json = {"method": operation.method, "status": str(reply.status)}
    if operation.bulk_id:
        row["bulkId"] = operation.bulk_id
    if reply.status >= 400:
        return {**row, "response": reply.body}
    if operation.method == "POST":
        key = reply.body["id"]
        made[operation.bulk_id or ""] = key
        path = f"{path}/{key}"
        _hide(request, key)
    return {**row, "location": f"{request.root}{root}{path}", "version": 'W/"1"'}


def _hide(request: Request, key: str) -> None:
    """What a bulk call created is not found by searches at once (§1.6)."""
    store = request.store
    seconds = store.switches.seconds("scim_visibility")
    record = store.people.get(key) or store.tables.get("groups", {}).get(key)
    if seconds and record is not None:
        record["scimHiddenUntil"] = store.clock.now() + seconds


def _resolved(value: Any, made: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _resolved(one, made) for name, one in value.items()}
    if isinstance(value, list):
        return [_resolved(one, made) for one in value]
    if isinstance(value, str) and "bulkId:" in value:
        for name, key in made.items():
            value = value.replace(f"bulkId:{name}", key)
    return value
