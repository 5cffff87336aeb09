"""`location.calling`: Webex Calling at a location. It is enabled once, with the location's own data.

API: `/telephony/config/locations` (webex-behaviour.md §3). The main number is the seeds' *cabecera*. A number that
is not in the inventory is accepted and ignored: only the read-back tells.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from reconciler.errors import ApiError
from reconciler.kinds.contract.access import Reader, Writer
from reconciler.kinds.contract.kind import Calls, Rules, SectionKind
from reconciler.kinds.contract.wire import e164_number, language, read_document
from reconciler.model.marks import Claim, Late, Ref
from reconciler.model.plan import Change, Operation
from reconciler.model.resource import E164, Digits, Resource, Text
from reconciler.model.snapshot import Current, Fields
from reconciler.model.vocabulary import Language

#: Of a location without calling it may be 256 (§2).
_LONGEST_NAME = 80
_PLAIN = {
    "external_caller_id_name": "externalCallerIdName",
    "outside_dial_digit": "outsideDialDigit",
    "enforce_outside_dial_digit": "enforceOutsideDialDigit",
    "routing_prefix": "routingPrefix",
    "announcement_language": "announcementLanguage",
}


class Calling(Resource):
    """Webex Calling at a location; its presence enables calling."""

    main_number: Annotated[E164 | None, Ref("number"), Late(), Field(description="Main number (cabecera)")] = None
    calling_line_name: Annotated[Text | None, Late(), Field(description="Calling line id name")] = None
    external_caller_id_name: Text | None = None
    outside_dial_digit: Annotated[Digits | None, Field(max_length=1)] = None
    enforce_outside_dial_digit: bool = False
    routing_prefix: Annotated[
        Digits | None, Claim("routing_prefix"), Field(min_length=2, max_length=7, description="Unique in the tenant")
    ] = None
    announcement_language: Language = ""


async def fetch(reader: Reader, owner: Current) -> Fields | None:
    """The section, or None where calling is not enabled (GET says 404 or 400 then)."""
    try:
        document = await read_document(reader, reader.api.telephony.location.ep(owner.id))
    except ApiError as error:
        if error.status in (400, 404):
            return None
        raise
    if isinstance(limit := document.get("userLimit"), int):
        owner.most["users"] = limit
    line = document.get("callingLineId") or {}
    fields: Fields = {ours: document.get(theirs) or None for ours, theirs in _PLAIN.items()}
    fields["enforce_outside_dial_digit"] = bool(document.get("enforceOutsideDialDigit"))
    fields["announcement_language"] = language(document.get("announcementLanguage"))
    fields["main_number"] = e164_number(line.get("phoneNumber"))
    fields["calling_line_name"] = line.get("name") or None
    return fields


async def write(writer: Writer, owner: Current, now: Fields | None, want: Fields) -> None:
    if now is None:
        await _enable(writer, owner, want)
        want = {name: value for name, value in want.items() if name != "announcement_language"}
        now = {}
    body: dict[str, Any] = {
        theirs: "" if want[ours] is None else want[ours] for ours, theirs in _PLAIN.items() if ours in want
    }
    if "main_number" in want or "calling_line_name" in want:
        body["callingLineId"] = _calling_line(now, want)
    if not body:
        return
    answer = await writer.send("PUT", writer.api.telephony.location.ep(owner.id), body)
    if isinstance(answer, dict) and answer.get("batchJobId"):
        await writer.job_end(writer.api.telephony.jobs.update_routing_prefix.ep(answer["batchJobId"]))


async def _enable(writer: Writer, owner: Current, want: Fields) -> None:
    """Enabling repeats the location's data, languages in lower case, no empty address2 (§2, §3)."""
    document = await writer.get(writer.api.locations.ep(owner.id))
    body = {key: document[key] for key in ("id", "name", "timeZone", "preferredLanguage")}
    body["preferredLanguage"] = body["preferredLanguage"].lower()
    body["announcementLanguage"] = want.get("announcement_language") or body["preferredLanguage"]
    body["address"] = {key: value for key, value in document["address"].items() if value}
    await writer.send("POST", writer.api.telephony.location.ep(), body)


def _calling_line(now: Fields, want: Fields) -> dict[str, Any]:
    """Number and name always go together: a new number alone may clear the name (§3, row 30)."""
    line = {**now, **want}
    return {
        theirs: line[ours]
        for ours, theirs in (("main_number", "phoneNumber"), ("calling_line_name", "name"))
        if line.get(ours)
    }


def refuse(change: Change) -> str:
    if change.action == "delete":
        return "calling is not disabled by this tool: it deletes the location's users and features"
    if not change.before and len(change.key) > _LONGEST_NAME:
        return f"with calling a location's name has at most {_LONGEST_NAME} characters (25110), not {len(change.key)}"
    for name in ("main_number", "routing_prefix", "outside_dial_digit"):
        if change.action == "update" and change.want.get(name, "") is None:
            return f"{name} can be changed, but the API has no way to take it away"
    return ""


def warn(change: Change) -> list[str]:
    if change.before.get("routing_prefix") and "routing_prefix" in change.want:
        return ["a new routing prefix renumbers the ESN of everyone at this location (a job)"]
    return []


def _send_calls(operation: Operation) -> list[str]:
    """Enabling repeats the location's data, and leaves most fields to a second request; a prefix takes a job."""
    member = operation.members[0]
    want = set(member.want)
    enabling = operation.action == "create" or not (member.before or operation.step)
    start = ["GET /locations/{locationId}", "POST /telephony/config/locations"] if enabling else []
    rest = ["PUT /telephony/config/locations/{locationId}"] if want - {"announcement_language"} or not enabling else []
    job = "/telephony/config/jobs/updateRoutingPrefix/{jobId}"
    return [*start, *rest, *([f"GET {job}", f"GET {job}/errors"] if "routing_prefix" in want else [])]


KIND = SectionKind(
    name="location.calling",
    of="location",
    model=Calling,
    doc="Webex Calling at a location: main number, caller id, prefixes, announcement language.",
    source="POST /telephony/config/locations, GET/PUT /telephony/config/locations/{id}",
    requests=("GET /telephony/config/locations/{locationId}",),
    calls=Calls(send=_send_calls),
    fetch=fetch,
    always=True,
    write=write,
    rules=Rules(refuse=refuse, warn=warn),
)
