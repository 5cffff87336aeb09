"""The POSTs that only ask: validateNumbers, validateExtensions (webex-behaviour.md §4). HTTP 200 whatever is found."""

from __future__ import annotations

from ..core import calling, numbering
from ..core.bodies import Body, parse
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store

_ORG = "/telephony/config/actions/validateExtensions/invoke"
_LOCATION = "/telephony/config/locations/{locationId}/actions/validateExtensions/invoke"


class _Numbers(Body):
    phone_numbers: list[str]


class _Extensions(Body):
    extensions: list[str]


@route("POST", "/telephony/config/actions/validateNumbers/invoke")
def validate_numbers(request: Request) -> Reply:
    """Validate phone numbers: of duplicates in the list the first one stays Available."""
    store, seen = request.store, set()
    rows: list[Json] = []
    for text in parse(_Numbers, request.document()).phone_numbers:
        number = numbering.e164(text) if text.startswith("+") else None
        if number is None or numbering.too_long(number):
            state, detail = "Invalid", [f"[Error 8362] DN is invalid : {text}"]
        elif number in seen:
            state, detail = "Duplicate In List", [f"[Error 8360] Duplicate DN in the request : {text}"]
        elif number in store.numbers:
            state, detail = "Duplicate", [f"[Error 8363] DN is in use : {text}"]
        else:
            state, detail = "Available", []
        seen.add(number)
        rows.append({"phoneNumber": text, "state": state, "tollFreeNumber": False, "detail": detail})
    status = "OK" if all(row["state"] == "Available" for row in rows) else "ERRORS"
    return Reply(200, {"status": status, "phoneNumbers": rows})


@route("POST", _ORG)
def validate_extensions(request: Request) -> Reply:
    """Validate Extensions of the organisation: one in use somewhere is still VALID."""
    return _extensions(parse(_Extensions, request.document()).extensions, None, request.store)


@route("POST", _LOCATION)
def validate_location_extensions(request: Request) -> Reply:
    """Validate Extensions of one location: here those in use are DUPLICATE."""
    calling.calling_half(request)
    body = parse(_Extensions, request.document())
    return _extensions(body.extensions, calling.location(request)["id"], request.store)


def _extensions(extensions: list[str], location: str | None, store: Store) -> Reply:
    seen: set[str] = set()
    rows: list[Json] = []
    for extension in extensions:
        row: Json = {"extension": extension, "state": "VALID"}
        taken = store.extensions.get(location, {}) if location else {}
        if fault := numbering.extension_fault(extension):
            row = {"extension": extension, "state": "INVALID", "errorCode": fault[0],
                   "message": f"[Error {fault[0]}] {fault[1]}"}  # fmt: skip
        elif extension in seen:
            row = {"extension": extension, "state": "DUPLICATE_IN_LIST", "errorCode": 9498}
        elif extension in taken:
            text = f"The extension is not available. It is already assigned to a user : {extension}"
            row = {"extension": extension, "state": "DUPLICATE", "errorCode": 9495,
                   "message": f"[Error 9495] {text}"}  # fmt: skip
        seen.add(extension)
        rows.append(row)
    status = "OK" if all(row["state"] == "VALID" for row in rows) else "ERRORS"
    return Reply(200, {"status": status, "extensionStatus": rows})
