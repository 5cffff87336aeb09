"""`person`: a user of the organisation and, with a calling licence, of a location.

API: `/people` (webex-behaviour.md §8). The key is the address that somebody signs in with; others are aliases, a fact.
PUT was documented to replace and seen to merge: every write starts from a fresh read and sends back what nobody
manages, which is right in both. A change of licences goes by `PATCH /licenses/users`, with location and extension or
number where it gives calling. The location of a calling user changes only through the move job (§15).
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from reconciler.errors import ApiError, StaleError
from reconciler.kinds.contract.access import Reader, Scope, Writer
from reconciler.kinds.contract.kind import Batch, ResourceKind, Rules, Step
from reconciler.kinds.contract.traits import Dialled, Listing
from reconciler.kinds.contract.wire import e164_number, named, read_document
from reconciler.kinds.people import _person_calls, _person_create, _person_licenses, _person_move
from reconciler.kinds.people._person_calls import calls
from reconciler.kinds.settings.forwarding import expand_policy
from reconciler.model.address import split_address
from reconciler.model.audit import Audited
from reconciler.model.marks import Claim, Key, Method, Ref
from reconciler.model.plan import Change, Member
from reconciler.model.remote_id import uuid_of
from reconciler.model.resource import E164, Email, Extension, NameSet, Resource, Text
from reconciler.model.snapshot import UNNAMED, Current, Fields
from reconciler.model.text import folded, mail_spellings

FEW = 5
#: By which somebody is called.
_ADDRESS = ("extension", "phone_number")
#: What needs the name of the location beside itself.
_PLACED = ("location", "licenses", "numbers", "outgoing_permissions", "forwarding", "emergency_callback_number")
_NO_ADDRESS = "a calling person needs an extension or a phone_number in the same request (behaviour row 9)"
_NO_PLACE = "a calling person needs a location in the same request (behaviour row 9)"
#: What PUT /people/{id} takes (OpenAPI, webex-admin.json); all else in a read is the server's own.
_WRITABLE = (
    "emails",
    "phoneNumbers",
    "extension",
    "locationId",
    "displayName",
    "firstName",
    "lastName",
    "nickName",
    "avatar",
    "orgId",
    "roles",
    "licenses",
    "department",
    "manager",
    "managerId",
    "title",
    "addresses",
    "siteUrls",
    "loginEnabled",
)


class Person(Resource):
    email: Annotated[Email, Key(), Field(description="Primary e-mail; the key")]
    first_name: Text = ""
    last_name: Text = ""
    display_name: Text = ""
    location: Annotated[Text, Ref("location", needs=("location.calling",))] = ""
    extension: Annotated[
        Extension | None, Claim("extension", per="location"), Field(description="Text, without routing prefix")
    ] = None
    phone_number: Annotated[
        E164 | None, Ref("number"), Claim("number"), Field(description="Primary number, from the inventory")
    ] = None
    licenses: Annotated[
        NameSet | dict[str, bool],
        Ref("license"),
        Field(
            description="By name, `Name [subscription]` or id: a list is all of it, a mapping name: true|false a part"
        ),
    ] = []
    provisioning: Annotated[
        Literal["people", "scim"], Method(), Field(description="By which API the person is created")
    ] = "people"


def settle(want: Fields, have: Fields) -> Fields:
    """A mapping of licences becomes the list that it leads to from the current one; losing calling is losing
    extension and number, which are then free for others."""
    licenses = want.get("licenses")
    if licenses is None:
        return want
    held = have.get("licenses") or ()
    if isinstance(licenses, dict):
        kept = set(held) - {name for name, on in licenses.items() if not on}
        licenses = sorted(kept | {name for name, on in licenses.items() if on})
    lost = {"extension": None, "phone_number": None} if calls(held) and not calls(licenses) else {}
    return {**lost, **want, "licenses": licenses}


async def scan(reader: Reader, scope: Scope) -> list[Current]:
    """Pages of 100 with calling data; single look-ups when few are wanted."""
    if scope.keys is not None and len(scope.keys) <= FEW:
        found = [await _by_email(reader, key, scope) for key in sorted(scope.keys)]
        return list({person.id: person for person in found if person}.values())  # who is asked for by two addresses
    people, several = [], []
    left = None if scope.keys is None else set(scope.keys)
    async for document in reader.pages(reader.api.people.ep(), "items", callingData="true", max="100"):
        if not document.get("emails"):  # the API pads an empty page with a row that is nobody (§1.5)
            continue
        if _is_unsure(document):
            several.append(document)
        else:
            people.append(await _current(reader, document, scope))
        if left is not None:
            left.difference_update(map(folded, document["emails"]))
            if not left:
                break
    await _logins(reader, several)
    return people + [await _current(reader, document, scope) for document in several]


async def find(reader: Reader, key: str, remote_id: str) -> Current | None:
    if not remote_id:
        return await _by_email(reader, key, Scope())
    try:
        document = await read_document(reader, reader.api.people.ep(remote_id), callingData="true")
    except ApiError as error:
        if error.status == 404:
            return None
        raise
    if document.get("emails") and folded(document["emails"][0]) != key:
        await _logins(reader, [document])
        if _login(document) != key:
            raise StaleError(f"this person signs in as {_login(document)} now", do="plan again")
    return await _current(reader, document, Scope(), key)


async def _by_email(reader: Reader, key: str, scope: Scope) -> Current | None:
    for mail in mail_spellings(key):
        async for document in reader.pages(reader.api.people.ep(), "items", email=mail, callingData="true", max="10"):
            if key in map(folded, document.get("emails") or ()):
                await _logins(reader, [document])
                return await _current(reader, document, scope)
    return None


def _is_unsure(document: Mapping[str, Any]) -> bool:
    """Whether nothing says which of several addresses somebody signs in with: no order of them is promised."""
    return len(document.get("emails") or ()) > 1 and not document.get("userName")


async def _logins(reader: Reader, documents: Iterable[dict[str, Any]]) -> None:
    """Add `userName`, which only lists by id tell, to those of these documents that leave it open."""
    unsure = {uuid_of(one["id"]): one for one in documents if _is_unsure(one)}
    for some in _person_move.lists([one["id"] for one in unsure.values()]):
        async for row in reader.pages(reader.api.people.ep(), "items", id=",".join(some)):
            known = unsure.get(uuid_of(str(row.get("id"))))
            if known is not None and row.get("userName"):
                known["userName"] = row["userName"]


def _login(document: Mapping[str, Any]) -> str:
    """The address that somebody signs in with: the one that is said, if it is one of theirs, else the first."""
    mails = [folded(mail) for mail in document["emails"]]
    said = folded(document.get("userName") or "")
    return said if said in mails else mails[0]


async def create(writer: Writer, key: str, want: Fields) -> None:
    by_scim = want.get("provisioning") == "scim"
    await (_person_create.by_scim if by_scim else _person_create.by_people)(writer, key, want)


async def update(writer: Writer, current: Current, want: Fields) -> None:
    """Licences by themselves, the rest by a PUT; `steps` keeps the two apart, and older plans have both in one."""
    if "licenses" not in want:
        await _put(writer, current, want)
        return
    await _person_licenses.assign(writer, current, want)
    rest = {name: value for name, value in want.items() if name not in ("licenses", "location", *_ADDRESS)}
    fresh = await find(writer, current.key, current.id) if rest else None  # a PUT sends back what is there now
    if fresh is not None:
        await _put(writer, fresh, rest)


async def _put(writer: Writer, current: Current, want: Fields) -> None:
    document: Mapping[str, Any] = current.wire
    body = {name: document[name] for name in _WRITABLE if name in document}
    # The first is the login. None is written otherwise than it was read.
    body["emails"] = sorted(body.get("emails", [current.key]), key=lambda mail: folded(mail) != current.key)
    for ours, theirs in (("first_name", "firstName"), ("last_name", "lastName"), ("display_name", "displayName")):
        if ours in want:
            body[theirs] = want[ours]
    if "location" in want:
        body["locationId"] = await writer.id_of("location", want["location"])
    if "extension" in want:
        body["extension"] = want["extension"] or ""  # left out it may stay (§17.9)
    # `work_extension` is derived and read only; the work number is the only one that is ours (§8).
    others = [n for n in body.get("phoneNumbers", []) if n.get("type") not in ("work", "work_extension")]
    number = want["phone_number"] if "phone_number" in want else current.fields["phone_number"]
    body["phoneNumbers"] = [*([{"type": "work", "value": number}] if number else []), *others]
    try:
        await writer.send("PUT", writer.api.people.ep(current.id), body, callingData="true")
    except ApiError as error:
        if error.status in (400, 403) and "director" in error.message.lower():
            error.do = _person_licenses.OWNED
        raise


#: Of those, what is nobody's business here and nobody else's than an admin's: it is to be after a run as it was before.
_BESIDE = ("department", "title", "manager", "managerId", "addresses", "avatar", "loginEnabled")


def beside(current: Current) -> Fields:
    """Of their document what a write sends back and nobody manages."""
    document: Mapping[str, Any] = current.wire or {}
    found = {name: document[name] for name in _BESIDE if document.get(name) not in (None, "", [], {})}
    others = [n for n in document.get("phoneNumbers") or () if n.get("type") not in ("work", "work_extension")]
    return found | ({"phoneNumbers": others} if others else {})


async def _find_moved(reader: Reader, members: list[Member]) -> dict[str, Current]:
    """All of them again: few one by one, more with lists by id, which tell place and address and no licences."""
    keys = {member.id: split_address(member.address)[1] for member in members}
    if len(members) <= _person_move.ALONE or "" in keys:
        alone = [await find(reader, split_address(member.address)[1], member.id) for member in members]
        return {current.key: current for current in alone if current}
    key_of = {uuid_of(remote_id): key for remote_id, key in keys.items()}
    found = {}
    for some in _person_move.lists(sorted(keys)):
        async for document in reader.pages(reader.api.people.ep(), "items", id=",".join(some), callingData="true"):
            if key := key_of.get(uuid_of(document["id"])):
                found[key] = await _current(reader, document, Scope(fields=_person_move.FIELDS), key)
    return found


async def _send_moved(writer: Writer, action: str, members: list[Member], found: Mapping[str, Current | None]) -> None:
    """One job for those who are still elsewhere. Who is there already, by an attempt whose answer was lost, only gets
    what else is wanted; the job would refuse them."""
    known = [(member, current) for member in members if (current := found[member.address])]
    for member, current in known:
        if current.fields["location"] == member.want["location"]:
            whole = await find(writer, current.key, current.id)  # a list by id lacks what the PUT has to send back
            if whole is not None:
                await update(writer, whole, member.want)
    away = [(member, one.id) for member, one in known if one.fields["location"] != member.want["location"]]
    if away:
        await _person_move.start(writer, away)


async def delete(writer: Writer, current: Current) -> None:
    await writer.send("DELETE", writer.api.people.ep(current.id))


async def _current(reader: Reader, document: dict[str, Any], scope: Scope, key: str = "") -> Current:
    """The person in normal form; names behind ids only where somebody wants them, because they cost a list."""
    location = document.get("locationId")
    work = next((n["value"] for n in document.get("phoneNumbers") or [] if n.get("type") == "work"), None)
    key = key or _login(document)
    unknown: dict[str, str] = {}
    fields: Fields = {
        "email": key,
        "first_name": document.get("firstName"),
        "last_name": document.get("lastName"),
        "display_name": document.get("displayName"),
        "extension": document.get("extension") or None,
        "phone_number": e164_number(work),
    }
    facts: Fields = {"calling": bool(location)}
    # Losing calling frees the extension there; permissions, outside digit, and whom a number calls back are of a place.
    if scope.wants(*_PLACED, *_ADDRESS):
        fields["location"] = await named(reader, "location", location, unknown, "location") if location else None
    if scope.wants("licenses"):
        held = document.get("licenses") or []
        known = await _person_licenses.names_of(reader, held)
        fields["licenses"] = sorted(known)
        if why := reader.unlisted("license"):
            fields["licenses"], unknown["licenses"] = sorted(held), f"the list of license could not be read: {why}"
        elif unnamed := sorted(set(held) - set(known.values())):
            facts[UNNAMED] = {"licenses": unnamed}
    if roles := document.get("roles"):
        facts["roles"] = sorted(roles)
    if aliases := sorted({folded(mail) for mail in document["emails"]} - {key}):
        facts["aliases"] = aliases
    status = {"status": document.get("status")}
    return Current("person", key, document["id"], fields, facts, unknown, wire=document, passing=status)


def clash(want: Fields, current: Current) -> str:
    """Who calls is somewhere and has an address; and without calling the API takes a place or an address with a
    success of which nothing comes."""
    have = current.fields
    after, before = ChainMap(settle(want, have), have), have.get("licenses") or ()
    called, was_called = (any(side.get(name) for name in _ADDRESS) for side in (after, have))
    if "licenses" not in want:
        if not was_called and not have.get("location"):
            return _without_calling(want)
        return _NO_ADDRESS if was_called and not called else ""
    if not calls(after["licenses"]):
        kept = {name: value for name, value in want.items() if name != "location" or not have.get("location")}
        return _without_calling(kept)
    if not called and (was_called or not calls(before)):
        return _NO_ADDRESS
    return _NO_PLACE if not calls(before) and not after.get("location") else ""


def entitles(fields: Fields) -> frozenset[str]:
    """What makes somebody call: licences, or a place, which an organisation may hand out with a licence of its own."""
    licenses = {name for name in fields.get("licenses") or () if calls([name])}
    return frozenset({*licenses, *(["place"] if fields.get("location") else [])})


def _without_calling(want: Fields) -> str:
    asked = [name for name in ("location", *_ADDRESS) if want.get(name)]
    words = " and no ".join(asked)
    return f"without a calling licence there is no {words}: set null, or give the licence" if asked else ""


def steps(change: Change) -> list[Step]:
    """A change of location is a job of its own, one of licences a request of its own; the rest is a PUT after them."""
    moved = frozenset(change.want) & _person_move.FIELDS if _person_move.moves(change) else frozenset()
    licensed = _person_licenses.fields_of(change) - moved
    rest = frozenset(change.want) - moved - licensed
    named = [Step("move", moved)] if moved else []
    named += [Step(_person_licenses.STEP, licensed)] if licensed else []
    return [*named, *([Step("", rest)] if rest or not named else [])]


def warn(change: Change) -> list[str]:
    if _person_move.moves(change):
        number = "" if "phone_number" in change.want else "; the number moves with the person"
        return [
            "moves to another location by a job: call forwarding, secondary numbers and custom outgoing permissions "
            f"are lost unless they are described here (then they are set again){number}"
        ]
    if change.action == "delete":
        return ["deletes the user and all of their settings; the number goes back to the inventory"]
    lost = set(change.before.get("licenses") or ()) - set(change.want.get("licenses") or ())
    if change.action == "update" and any(name.startswith("Webex Calling") for name in lost):
        return ["losing a calling licence may delete extension, numbers and all calling settings"]
    return []


def refuse(change: Change) -> str:
    if change.action == "update" and change.want.get("location", "-") in (None, ""):
        return "a person leaves a location by losing the calling licence, not by clearing the location"
    if why := _person_licenses.refuse(change):
        return why
    if change.action != "create":
        return ""
    if not ({"first_name", "last_name", "display_name"} & {n for n, v in change.want.items() if v}):
        return "a new person needs a name"
    called = any(change.want.get(name) for name in _ADDRESS)
    if "licenses" in change.want and not calls(change.want["licenses"]):
        return _without_calling(change.want)
    if not called and (change.want.get("location") or "licenses" in change.want):
        return _NO_ADDRESS
    return _NO_PLACE if "licenses" in change.want and not change.want.get("location") else ""


KIND = ResourceKind(
    name="person",
    listing=Listing(by_location=True),
    dialled=Dialled(("first_name", "last_name")),
    model=Person,
    doc="A user: names, licences, location, extension, primary number.",
    source="GET/POST /people, GET/PUT/DELETE /people/{id}, POST /telephony/config/jobs/person/moveLocation",
    requests=("GET /people",),
    replaces=True,
    beside=beside,
    page=100,
    audited=Audited(("USERS", "CALLING"), ("USER", "PERSON", "PEOPLE")),
    plural="people",
    aliases=("usuarios", "persons", "users"),
    key="email",
    shard="location",
    await_jobs=_person_move.await_all,
    batches={
        "move": Batch(
            most={"update": _person_move.MOST},
            together=_person_move.together,
            find=_find_moved,
            send=_send_moved,
            divides=True,
        )
    },
    lags=True,
    calls=_person_calls.CALLS,
    scan=scan,
    find=find,
    create=create,
    update=update,
    delete=delete,
    complete=expand_policy,
    entitles=entitles,
    rules=Rules(refuse=refuse, warn=warn, clash=clash, settle=settle, steps=steps),
)
