"""Auto attendants ("Features: Auto Attendant"; webex-behaviour.md §14).

    auto_attendants  {id, location, name, calling, businessSchedule: name, holidaySchedule?: name, businessHoursMenu{},
                      afterHoursMenu{}, languageCode, timeZone, extensionDialing, nameDialing, firstName, lastName,
                      directLineCallerIdName{}, dialByName?, files?: [{id, fileName, fileSize: KB, mediaFileType}],
                      forwarding?: see feature_forwarding.py}

`files` are the attendant's own announcement files, which only Control Hub can upload. `holidayMenu` does not exist and
is ignored like every unknown field; on holidays the after-hours menu plays.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from ..core import bodies, calling, errors, ids, owners, switches
from ..core.bodies import Body
from ..core.owners import Owner
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from ..numbers import _available
from . import _announcements, _attendant_menus, _names, _schedules, feature_forwarding
from ._attendant_menus import MENUS, Menu
from ._feature import Feature, show_address, show_location

switches.declare(
    "attendant_null_holiday", "keeps", "clears", row="1.8",
    text="`holidaySchedule: null` in a PUT; an empty text clears it in any case",
)  # fmt: skip

_OWNER = owners.register(owners.OwnerKind("auto_attendants", "AUTO_ATTENDANT", "AUTO_ATTENDANT"))
ATTENDANTS = Feature("auto_attendants", "AUTO_ATTENDANT", "autoAttendants", "autoAttendants", _OWNER)
_ONE = ATTENDANTS.in_location + "/{autoAttendantId}"
_SCHEDULES = {"businessSchedule": "businessHours", "holidaySchedule": "holidays"}
_KEPT = ("name", "businessSchedule", "holidaySchedule", "languageCode", "timeZone", "extensionDialing", "nameDialing",
         "firstName", "lastName", "directLineCallerIdName", "dialByName")  # fmt: skip

feature_forwarding.register(ATTENDANTS, "autoAttendantId")
_available.serve(ATTENDANTS.in_location + "/availableNumbers", _available.FEATURE)
_available.serve(ATTENDANTS.in_location + "/alternate/availableNumbers", _available.FEATURE)
_available.serve(ATTENDANTS.in_location + "/callForwarding/availableNumbers", _available.TARGET)


class Alternate(Body):
    phone_number: str
    ring_pattern: Literal["NORMAL", "LONG_LONG", "SHORT_SHORT_LONG", "SHORT_LONG_SHORT"]


class Attendant(Body):
    name: Annotated[str, Field(min_length=1)]
    phone_number: str | None = None
    extension: str | None = None
    alternate_numbers: Annotated[list[Alternate], Field(max_length=10)] | None = None
    first_name: str | None = None
    last_name: str | None = None
    language_code: str | None = None
    business_schedule: str
    holiday_schedule: str | None = None
    extension_dialing: Literal["ENTERPRISE", "GROUP"] = "ENTERPRISE"
    name_dialing: Literal["ENTERPRISE", "GROUP"] = "ENTERPRISE"
    time_zone: str | None = None
    business_hours_menu: Menu
    after_hours_menu: Menu
    direct_line_caller_id_name: _names.DirectLineCallerIdName | None = None
    dial_by_name: str | None = None


@route("GET", ATTENDANTS.collection)
def list_auto_attendants(request: Request) -> Reply:
    """Read the List of Auto Attendants: no menus, and only here the location."""
    return ATTENDANTS.list(request, _row)


def _head(store: Store, record: Json) -> Json:
    number = (record.get("calling") or {}).get("number")
    toll_free = bool(store.numbers.get(number or "", {}).get("tollFree"))
    shown = {"id": ATTENDANTS.id_of(record), "name": record["name"], "tollFreeNumber": toll_free}
    return {**shown, **show_address(store, record)}


def _row(store: Store, record: Json) -> Json:
    return {**_head(store, record), **show_location(store, record)}


@route("GET", _ONE)
def get_auto_attendant(request: Request) -> Reply:
    """Get Details for an Auto Attendant; what is not set is not there."""
    store, record = request.store, ATTENDANTS.find(request, "autoAttendantId")
    shown: Json = {name: record[name] for name in _KEPT if record.get(name)}
    alternates = [
        {
            "phoneNumber": one["number"],
            "ringPattern": one.get("ringPattern") or "NORMAL",
            "tollFreeNumber": bool(store.numbers.get(one["number"], {}).get("tollFree")),
        }
        for one in record["calling"].get("alternates", ())
    ]
    return Reply(
        200,
        {
            **_head(store, record),
            "enabled": True,
            **shown,
            "language": _names.language(record["languageCode"]),
            **({"alternateNumbers": alternates} if alternates else {}),
            **_names.show_caller_names(record),
            **{name: _attendant_menus.show(store, record[name]) for name in MENUS},
        },
    )


@route("POST", ATTENDANTS.in_location)
def create_auto_attendant(request: Request) -> Reply:
    """Create an Auto Attendant."""
    store, location, document = request.store, calling.location(request), request.document()
    calling.group(request)
    body = bodies.parse(Attendant, document)
    fields = _checked(store, location["id"], None, body, document)
    block = _address(store, location["id"], None, body, document)
    record: Json = {"id": store.new_id("auto_attendants"), "location": location["id"], "calling": block, **fields}
    # defaults are filled in once and do not follow a later rename
    record["languageCode"] = record.get("languageCode") or _names.language_of(store, location["id"])
    record["timeZone"] = record.get("timeZone") or location["timeZone"]
    record["firstName"] = record.get("firstName") or "."
    record["lastName"] = record.get("lastName") or record["name"]
    ATTENDANTS.add(store, record)
    return Reply(201, {"id": ATTENDANTS.id_of(record)})


@route("PUT", _ONE)
def update_auto_attendant(request: Request) -> Reply:
    """Update an Auto Attendant: merges, also inside the menus; a list of keys is replaced as a whole (§1.9)."""
    store, record, document = request.store, ATTENDANTS.find(request, "autoAttendantId"), request.document()
    if document.get("holidaySchedule", "") is None and store.switches["attendant_null_holiday"] == "clears":
        document = {**document, "holidaySchedule": ""}
    stored = {name: record[name] for name in (*_KEPT, *MENUS) if record.get(name) is not None}
    # an attendant whose schedule was deleted can still be changed
    stored.setdefault("businessSchedule", "")
    body = bodies.parse(Attendant, _attendant_menus.merged(stored, document))
    fields = _checked(store, record["location"], record, body, document)
    block = _address(store, record["location"], record, body, document)
    ATTENDANTS.change_address(store, record, block)
    record.update(fields)
    return Reply(204)


@route("DELETE", _ONE)
def delete_auto_attendant(request: Request) -> Reply:
    """Delete an Auto Attendant; keys of others that lead to its extension are not looked for (§14)."""
    ATTENDANTS.remove(request.store, ATTENDANTS.find(request, "autoAttendantId"))
    return Reply(204)


def _checked(store: Store, location: str, record: Json | None, body: Attendant, document: Json) -> Json:
    """The fields of the record that the body makes; a schedule is checked where it is sent."""
    ATTENDANTS.check_name(store, location, body.name, record)
    wire = body.wire()
    for name, kind in _SCHEDULES.items():
        chosen = wire[name]
        if document.get(name) is None or (name == "holidaySchedule" and not chosen):
            continue
        if not _schedules.has(store, location, kind, chosen):
            raise errors.platform(400, f"Schedule {chosen} does not exist in the location.")
    fields = {name: wire[name] for name in _KEPT if wire[name] is not None}
    _names.check_language(body.language_code)
    _names.check_caller_names(fields)
    fields["businessHoursMenu"] = _attendant_menus.checked(
        store, location, body.business_hours_menu, "businessHoursMenu"
    )
    fields["afterHoursMenu"] = _attendant_menus.checked(store, location, body.after_hours_menu, "afterHoursMenu")
    return fields


def _address(store: Store, location: str, record: Json | None, body: Attendant, document: Json) -> Json:
    """Number and extension as they are sent, and the alternate numbers, a list that is replaced."""
    sent: Json = {"phoneNumber": document.get("phoneNumber"), "extension": document.get("extension")}
    block = ATTENDANTS.address(store, location, record, {name: sent[name] for name in sent if name in document})
    owner = Owner(ATTENDANTS.table, record["id"]) if record else None
    if body.alternate_numbers is not None:
        block["alternates"] = [
            {
                "number": calling.check_number(store, location, one.phone_number, owner),
                "ringPattern": one.ring_pattern,
            }
            for one in body.alternate_numbers
        ]
    numbers = [one["number"] for one in block.get("alternates", ())] + ([block["number"]] if block["number"] else [])
    if len(set(numbers)) < len(numbers):
        raise errors.broadworks(400, 4201, "The phone number is already in use.")
    return block


@_schedules.on_use
def _named_schedules(store: Store, location: str, kind: str) -> Iterator[_schedules.Place]:
    """Where attendants hold the names of schedules."""
    field = "businessSchedule" if kind == "businessHours" else "holidaySchedule"
    for record in store.table("auto_attendants").values():
        if record["location"] == location:
            yield record, field


@route("GET", _ONE + "/announcements")
def list_announcement_files(request: Request) -> Reply:
    """Read the List of Auto Attendant Announcement Files: its own and those of the repository that it plays."""
    store, record = request.store, ATTENDANTS.find(request, "autoAttendantId")
    return Reply(200, {"announcements": [*_own_files(record), *_played_files(store, record)]})


def _own_files(record: Json) -> list[Json]:
    return [
        {
            **file,
            "id": ids.encode("ANNOUNCEMENT", file["id"]),
            "fileSize": str(file["fileSize"]),
            "level": "ENTITY",
            "isTextToSpeech": False,
        }
        for file in record.get("files", ())
    ]


def _played_files(store: Store, record: Json) -> list[Json]:
    return [_announcements.show_file(store, key) for key in dict.fromkeys(_announcements.inside(store, record))]


@route("DELETE", _ONE + "/announcements/{fileName}")
def delete_announcement_file(request: Request) -> Reply:
    """Delete an Auto Attendant Announcement File: one of its own; 6675 for one that a menu plays."""
    record, name = ATTENDANTS.find(request, "autoAttendantId"), request.params["fileName"]
    if any(file["fileName"] == name for file in _played_files(request.store, record)):
        raise errors.broadworks(400, 6675, "The announcement is referenced and cannot be deleted.")
    kept = [file for file in record.get("files", ()) if file["fileName"] != name]
    if len(kept) == len(record.get("files", ())):
        raise errors.not_found()
    record["files"] = kept
    return Reply(204)
