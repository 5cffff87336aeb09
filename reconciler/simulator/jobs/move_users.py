"""Moving calling users to another location (`…/jobs/person/moveLocation`; webex-behaviour.md §15).

A move loses forwarding, secondary numbers and custom outgoing permissions. The extension is kept, replaced, or
removed by ""; the number moves along, is replaced by one of the target's, or is released by "".
"""

from __future__ import annotations

from pydantic import Field

from ..core import calling, errors, ids, numbering, switches
from ..core.bodies import Body, parse
from ..core.errors import job_item
from ..core.owners import Owner
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from ..locations import _callback_levels as levels
from ..locations import emergency_callback, pstn
from . import jobs
from .jobs import Kind, work

_PATH = "/telephony/config/jobs/person/moveLocation"
jobs.register(Kind("moveLocation", _PATH, seconds=20, steps=("moveUsers",), actions=("pause", "resume", "abandon")))
_MOST = 100
switches.declare(
    "move_users_at_once", "100", "1", row="15",
    text="how many users one job takes: as documented now, or as it once was",
)  # fmt: skip
switches.declare(
    "move_users_refused", "item", "request", row="15",
    text="a user who cannot be moved is an item error of the job, or all in the request are refused",
)  # fmt: skip
switches.declare(
    "move_of_callback", "refuse", "accept", row="15",
    text="moving whom a location or somebody there is called back through in an emergency: documented as 27967 and "
    "27968, or done",
)  # fmt: skip


class _User(Body):
    user_id: str | None = None
    extension: str | None = None
    phone_number: str | None = None


class _Move(Body):
    location_id: str | None = None
    only_check: bool | None = Field(None, alias="validate")
    users: list[_User] | None = None


class _Moves(Body):
    users_list: list[_Move] | None = None


class _Refused(Exception):
    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code, self.text = code, text


def _invalid(code: int, text: str) -> errors.ApiError:
    return errors.telephony(400, code, text)


@route("POST", _PATH)
def validate_or_move(request: Request) -> Reply:
    """Validate or Initiate Move Users Job. Validating is for one calling user; a single user without calling is
    moved at once, without a job."""
    store = request.store
    lists = parse(_Moves, request.document()).wire(sent=True).get("usersList")
    if not lists:
        raise _invalid(1026011, "Users list should not be empty.")
    if len(lists) > 1:
        raise _invalid(1026005, "Request is supported only for single location.")
    entry = lists[0]
    users = entry.get("users")
    if not users:
        raise _invalid(1026012, "Users should not be empty.")
    if entry.get("validate") is None:
        raise _invalid(1026006, "Attribute 'Validate' is required.")
    if not entry.get("locationId"):
        raise _invalid(1026006, "Attribute 'Location ID' is required.")
    if len(users) > (1 if entry["validate"] else min(_MOST, int(store.switches["move_users_at_once"]))):
        raise _invalid(1026005, "Request is supported only for single user.")
    target = ids.parse(entry["locationId"], "LOCATION")
    if store.calling_of(target) is None:
        raise _invalid(4152, "Location Not Found")
    moves = [_move(user) for user in users]
    if entry["validate"]:
        return Reply(200, {"response": {"usersList": [_validated(store, target, moves[0])]}})
    if store.switches["move_users_refused"] == "request":
        for move in moves:
            _refuse(store, target, move)
    if len(moves) == 1:
        person = store.people.get(moves[0]["user"])
        if person is None:
            raise _invalid(2150012, "User was not found.")
        if not person.get("calling"):
            return Reply(
                200, {"response": {"usersList": [{"userId": moves[0]["userId"], "errors": [], "impacts": []}]}}
            )
    job = jobs.start(store, "moveLocation", location=target, moves=moves)
    job["counts"] = {"totalMoves": len(moves), "moved": 0, "failed": 0, "pending": len(moves), "skipped": 0}
    return Reply(202, {"response": {"jobDetails": jobs.show(store, job)}})


def _refuse(store: Store, target: str, move: Json) -> None:
    try:
        _planned(store, target, move)
    except _Refused as refusal:
        raise _invalid(refusal.code, refusal.text) from refusal


def _move(user: Json) -> Json:
    """Absent and empty mean different things, so absent keys stay absent."""
    if not user.get("userId"):
        raise _invalid(1026006, "Attribute 'User ID' is required.")
    number = user.get("phoneNumber")
    if number and numbering.e164(number) != number:
        raise _invalid(1026017, "Phone number is not in e164 format.")
    kept = {name: user[name] for name in ("extension", "phoneNumber") if user.get(name) is not None}
    return {"userId": user["userId"], "user": ids.parse(user["userId"], "PEOPLE", bare=True), **kept}


def _validated(store: Store, target: str, move: Json) -> Json:
    found: list[Json] = []
    impacts: list[Json] = []
    try:
        _planned(store, target, move)
        block = store.people[move["user"]]["calling"]
        losses = (
            ("forwarding", 19702, "The user's call forwarding settings will be reset."),
            ("alternates", 19703, "The user's alternate numbers will be removed."),
            ("outgoingPermission", 19704, "The user's outgoing permission settings will be reset."),
        )
        impacts = [{"code": code, "message": text} for name, code, text in losses if block.get(name)]
        if "extension" in move and move["extension"] != block.get("extension"):
            impacts.insert(0, {"code": 19701, "message": "The user's extension will be reset."})
    except _Refused as refusal:
        found = [{"code": refusal.code, "message": refusal.text}]
    return {"userId": move["userId"], "errors": found, "impacts": impacts}


def _planned(store: Store, target: str, move: Json) -> Json:
    """The calling block behind the move, or the reason why not."""
    person = store.people.get(move["user"])
    if person is None:
        raise _Refused(4003, "User Not Found")
    block = person.get("calling")
    if not block:
        raise _Refused(1026010, "User is not a valid Calling User.")
    if block["location"] == target:
        raise _Refused(25378, "Target location is same as user's current location.")
    try:
        calling.check_room(store, target)
    except errors.ApiError as refusal:
        raise _Refused(1026015, refusal.body["message"]) from refusal
    owner = Owner("people", person["id"])
    if store.switches["move_of_callback"] == "refuse":
        _check_callback(store, block["location"], owner)
    extension = move.get("extension", block.get("extension")) or None
    if extension:
        try:
            calling.check_extension(store, target, extension, None)
        except errors.ApiError as refusal:
            text = f"The extension is not available. It is already assigned to a user : {extension}"
            raise _Refused(int(refusal.body["errorCode"]), text) from refusal
    number = _planned_number(store, target, move, block, owner)
    if not extension and not number:
        raise _Refused(1026016, "User should have either phone number or extension.")
    return {"location": target, "extension": extension, "number": number}


def _check_callback(store: Store, location: str, owner: Owner) -> None:
    if emergency_callback.users(store, owner):
        raise _Refused(27967, "User is configured as the ECBN user for another user in the current group.")
    if levels.of_location(store, location)["member"] == list(owner):
        raise _Refused(27968, "User is configured as the ECBN user for the current group.")


def _planned_number(store: Store, target: str, move: Json, block: Json, owner: Owner) -> str | None:
    number: str | None = block.get("number")
    if number is not None and calling.is_main(store, number):
        raise _Refused(19604, f"The {number} number of the user is the same as the calling line ID of the group.")
    if "phoneNumber" in move:
        wanted: str = move["phoneNumber"]
        if not wanted:
            return None
        try:
            return calling.check_number(store, target, wanted, None)
        except errors.ApiError as refusal:
            raise _Refused(27966, f"Number {wanted} is not available.") from refusal
    if number is None:
        return None
    if store.numbers[number]["state"] != "ACTIVE":
        raise _Refused(10030004, f"Phone number {number} is not active.")
    before, after = pstn.connection_of(store, block["location"]), pstn.connection_of(store, target)
    if (before or {}).get("type") != (after or {}).get("type"):
        raise _Refused(10050010, "The number cannot be moved between these PSTN connections.")
    return number


@work("moveLocation")
def _move_all(store: Store, job: Json) -> None:
    """Each user by itself: one that cannot be moved is an item error of a job that completes."""
    moved = 0
    for position, move in enumerate(job["moves"]):
        try:
            block = _planned(store, job["location"], move)
            if jobs.fails(store, position):
                raise _Refused(1026015, "Error occurred while moving user number to target location.")
        except _Refused as refusal:
            job["errors"].append(job_item(move["userId"], position + 1, str(refusal.code), refusal.text))
            continue
        person = store.people[move["user"]]
        if block["number"] is not None:
            store.numbers[block["number"]]["location"] = job["location"]
        calling.set_calling(store, Owner("people", person["id"]), person, block)
        moved += 1
    total = len(job["moves"])
    job["counts"] = {"totalMoves": total, "moved": moved, "failed": total - moved, "pending": 0, "skipped": 0}
