"""Voicemail groups of a location (developer.webex.com "Location Call Settings: Voicemail"; webex-behaviour.md §14).

    voicemail_groups  {id, location, name, calling, enabled, passcode: never shown, languageCode, timeZone, greeting,
                       greetingDescription?, firstName?, lastName?, messageStorage{}, notifications{}, faxMessage{},
                       transferToNumber{}, emailCopyOfMessage{}, directLineCallerIdName?, dialByName?, settledAt?}

A fax number is held by the group as an alternate number of its `calling` block.
"""

from __future__ import annotations

from typing import Literal

from ..core import calling, errors, ids, owners, paging, switches
from ..core.bodies import Body, nested, parse
from ..core.owners import Owner, OwnerKind
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from ..numbers import _available
from . import _names
from ._feature import Feature, show_address, show_location

switches.declare(
    "voicemail_group_busy", "0s", "25s", row="1.6",
    text="how long after the creation of a voicemail group the next one in its location fails with 502",
)  # fmt: skip
switches.declare(
    "voicemail_group_pages", "whole", "torn", row="1.5",
    text="small pages of the list: right, or each but the first repeats a row of the page before and lacks one",
)  # fmt: skip
switches.declare(
    "voicemail_group_language_key", "languageCode", "language", row="14",
    text="under which key the details give the language; writes know `languageCode` only",
)  # fmt: skip
switches.declare(
    "voicemail_group_passcode", "6-30", "any", row="14",
    text="passcodes that are taken: 6 to 30 digits as for people, or any digits",
)  # fmt: skip

_TABLE = "voicemail_groups"
GROUPS = Feature(
    _TABLE, "VOICEMAIL_GROUP", "voicemailGroups", "voicemailGroups",
    owners.register(OwnerKind(_TABLE, "VOICEMAIL_GROUP", "VOICEMAIL_GROUP")),
)  # fmt: skip
_PATH = GROUPS.in_location
_ONE = _PATH + "/{voicemailGroupId}"
_CLEARED = frozenset({"phoneNumber", "dialByName", "directLineCallerIdName"})  # by null or ""
_BLOCKS = ("messageStorage", "notifications", "faxMessage", "transferToNumber", "emailCopyOfMessage")


class Storage(Body):
    storage_type: Literal["INTERNAL", "EXTERNAL"]
    external_email: str | None = None
    mwi_enabled: bool | None = None


class Notifications(Body):
    enabled: bool
    destination: str | None = None
    sms_destination: str | None = None


class Fax(Body):
    enabled: bool
    phone_number: str | None = None
    extension: str | None = None


class Transfer(Body):
    enabled: bool
    destination: str | None = None


class EmailCopy(Body):
    enabled: bool
    email_id: str | None = None


class Fields(Body):
    name: str
    phone_number: str | None = None
    extension: str
    first_name: str | None = None
    last_name: str | None = None
    language_code: str
    message_storage: Storage
    notifications: Notifications
    fax_message: Fax
    transfer_to_number: Transfer
    email_copy_of_message: EmailCopy
    direct_line_caller_id_name: _names.DirectLineCallerIdName | None = None
    dial_by_name: str | None = None


class Create(Fields):
    passcode: str


class Record(Fields):
    """What a PUT makes of a record: the objects inside merge too."""

    passcode: str | None = None
    enabled: bool
    greeting: Literal["DEFAULT", "CUSTOM"]
    greeting_description: str | None = None


def _check(store: Store, location: str, record: Json | None, wanted: Json) -> None:
    """A whole group as it would be stored, without its address."""
    if wanted["name"] != (record or {}).get("name"):
        GROUPS.check_name(store, location, wanted["name"], record)
    _names.check_language(wanted["languageCode"])
    _names.check_caller_names(wanted)
    if wanted["messageStorage"]["storageType"] == "EXTERNAL" and not wanted["messageStorage"].get("externalEmail"):
        raise errors.missing_field("messageStorage.externalEmail")
    if wanted["faxMessage"]["enabled"] and not wanted["faxMessage"].get("phoneNumber"):
        raise errors.missing_field("faxMessage.phoneNumber")
    passcode = wanted.get("passcode")
    if passcode is not None and not _suits(store, passcode):
        raise errors.platform(400, "The passcode does not comply with the passcode rules.")


def _suits(store: Store, passcode: str) -> bool:
    return passcode.isdigit() and (store.switches["voicemail_group_passcode"] == "any" or 6 <= len(passcode) <= 30)


def _address(store: Store, location: str, record: Json | None, wanted: Json, sent: Json) -> Json:
    """The address with the fax number in it."""
    block = GROUPS.address(store, location, record, {**sent, "extension": wanted["extension"]})
    block["alternates"] = []
    fax = wanted["faxMessage"]
    if fax["enabled"]:
        number = calling.check_number(store, location, fax["phoneNumber"], _owner(record))
        if number == block["number"]:
            raise errors.broadworks(400, 4201, "The phone number is already in use.")
        block["alternates"] = [{"number": number}]
    if fax["enabled"] and fax.get("extension"):
        calling.check_extension(store, location, fax["extension"], _owner(record))
    return block


def _stored(wanted: Json) -> Json:
    """Without number and extension, which stand in the `calling` block."""
    return {name: value for name, value in wanted.items() if name not in ("phoneNumber", "extension")}


def _owner(record: Json | None) -> Owner | None:
    return Owner(_TABLE, record["id"]) if record else None


def _refuse_busy(store: Store, location: str) -> None:
    """Live tests try five times, five seconds apart (§1.6); why it fails and with which code is not known."""
    for other in GROUPS.records(store).values():
        if other["location"] == location and other.get("settledAt", 0) > store.clock.now():
            raise errors.platform(502, "Upstream service returned an error.")


@route("POST", _PATH)
def create_voicemail_group(request: Request) -> Reply:
    """Create a new Voicemail Group for a Location."""
    calling.calling_half(request)
    store, location = request.store, calling.location(request)["id"]
    sent = parse(Create, request.document()).wire(sent=True)
    _refuse_busy(store, location)
    _check(store, location, None, sent)
    block = _address(store, location, None, sent, sent)
    record: Json = {
        **_stored({name: value for name, value in sent.items() if value is not None}),
        "id": store.new_id(_TABLE),
        "location": location,
        "calling": block,
        "enabled": True,
        "greeting": "DEFAULT",
        "timeZone": store.locations[location]["timeZone"],
    }
    if seconds := store.switches.seconds("voicemail_group_busy"):
        record["settledAt"] = store.clock.now() + seconds
    GROUPS.add(store, record)
    return Reply(201, {"id": GROUPS.id_of(record)})


@route("PUT", _ONE)
def update_voicemail_group(request: Request) -> Reply:
    """Modify Location Voicemail Group: merges, the objects inside too. What null means is documented for few fields;
    for the others it is as good as not sent."""
    store, record = request.store, GROUPS.find(request, "voicemailGroupId")
    document = {name: value for name, value in request.document().items() if value is not None or name in _CLEARED}
    stored = {**record, "extension": record["calling"]["extension"], "phoneNumber": record["calling"]["number"]}
    wanted = parse(Record, nested(stored, document)).wire(sent=True)
    _check(store, record["location"], record, wanted)
    number = {"phoneNumber": wanted["phoneNumber"]} if "phoneNumber" in document else {}
    block = _address(store, record["location"], record, wanted, number)
    GROUPS.change_address(store, record, block)
    record |= _stored(wanted)
    return Reply(204)


@route("DELETE", _ONE)
def delete_voicemail_group(request: Request) -> Reply:
    """Delete a Voicemail Group for a Location."""
    GROUPS.remove(request.store, GROUPS.find(request, "voicemailGroupId"))
    return Reply(204)


@route("GET", _ONE)
def get_voicemail_group(request: Request) -> Reply:
    """Get Location Voicemail Group: never the passcode; `timeZone` is not documented and comes all the same."""
    store, record = request.store, GROUPS.find(request, "voicemailGroupId")
    shown: Json = {
        "id": GROUPS.id_of(record),
        "name": record["name"],
        **show_address(store, record),
        "tollFreeNumber": False,
        "firstName": record.get("firstName") or ".",
        "lastName": record.get("lastName") or record["calling"].get("number") or record["name"],
        "enabled": record["enabled"],
        store.switches["voicemail_group_language_key"]: record["languageCode"],
        "greeting": record["greeting"],
        "greetingUploaded": record["greeting"] == "CUSTOM",
        "voiceMessageForwardingEnabled": False,
        "timeZone": record["timeZone"],
        **_names.show_caller_names(record),
    }
    for name in _BLOCKS:
        shown[name] = {key: value for key, value in record[name].items() if value is not None}
    if record.get("greetingDescription"):
        shown["greetingDescription"] = record["greetingDescription"]
    return Reply(200, shown)


@route("GET", GROUPS.collection)
def list_voicemail_groups(request: Request) -> Reply:
    """List VoicemailGroup: name, number and extension are searched for a part."""
    store, query = request.store, request.query
    location = ids.parse(query["locationId"], "LOCATION") if "locationId" in query else ""
    name, number = query.get("name", "").lower(), query.get("phoneNumber", "")
    rows = [
        record
        for record in GROUPS.records(store).values()
        if (not location or record["location"] == location)
        and name in record["name"].lower()
        and any(number in (record["calling"].get(key) or "") for key in ("number", "extension"))
    ]
    if store.switches["voicemail_group_pages"] == "torn":
        _tear(rows, query.get("start", ""))
    return paging.by_offset(request, rows, GROUPS.list_key, default=2000, limit=2000, show=lambda row: _row(store, row))


def _tear(rows: list[Json], start: str) -> None:
    """The row before the page changes places with its first: one is seen twice, the other never."""
    position = int(start) if start.isdigit() else 0
    if 0 < position < len(rows):
        rows[position - 1], rows[position] = rows[position], rows[position - 1]


def _row(store: Store, record: Json) -> Json:
    return {
        "id": GROUPS.id_of(record),
        "name": record["name"],
        **show_location(store, record),
        **show_address(store, record),
        "enabled": record["enabled"],
        "tollFreeNumber": False,
    }


_available.serve(_PATH + "/availableNumbers", _available.FEATURE)
_available.serve(_PATH + "/faxMessage/availableNumbers", _available.FEATURE)
