"""Somebody else writes to the same objects while a run is under way: another admin, or a second clone."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from reconciler.simulator.core import ids
from tests.properties.differential.desk import Desk
from tests.properties.differential.running import Case
from tests.properties.differential.worlds import World, around, world

ITEM = 6
Json = dict[str, Any]
_SECTIONS = ("forwarding", "outgoing_permissions")
#: By what is shared: what we want, what they want. Never the same field, always in one document of the API.
_WISHES: dict[str, tuple[Json, Json]] = {
    "profile": ({"first_name": "Ours"}, {"last_name": "Theirs"}),
    "forwarding": (
        {"forwarding": {"busy": {"destination": "1001"}}},
        {"forwarding": {"always": {"destination": "530100"}}},
    ),
    "permissions": (
        {"outgoing_permissions": {"NATIONAL": {"action": "AUTH_CODE"}}},
        {"outgoing_permissions": {"TOLL_FREE": {"action": "BLOCK"}}},
    ),
    "room": ({"notes": "Ours"}, {"capacity": 7}),
}


def draw(chance: Random) -> Case:
    made = world(chance, people=12)
    who, shared = chance.choice(["admin", "clone", "clone"]), chance.choice([*_WISHES, "new rooms"])
    plural = "workspaces" if "room" in shared else "people"
    if shared == "new rooms":
        names = [{"name": f"Fresh {n}"} for n in range(2)]
        ours, theirs = {"notes": "Sofa"}, {"notes": "Sofa"}
    else:
        names = _names(made, plural)
        ours, theirs = _WISHES[shared]
    for name in names:
        made.describe(plural, {**name, **ours})
    others = [{**name, **theirs} for name in names[: 1 if who == "admin" else None]]
    written = {plural: [{**name, **ours} for name in names]}
    around(made)
    written = made.described
    number, codes = chance.randint(1, 30), [0]

    def act(desk: Desk) -> bool:
        clone = desk.clone()
        desk.describe({plural: others}, clone)

        def they() -> None:
            codes.clear()
            if who == "admin":
                _by_hand(desk, plural, others[0])
                codes.append(0)
                return
            with desk.sim.meanwhile():
                codes.append(desk.approving("apply", root=clone).code)

        codes.clear()
        desk.during(number, they)
        said = desk.apply()
        if not codes:  # they come after us, then
            desk.on_request = lambda count: None
            codes.append(0 if who == "admin" else desk.approving("apply", root=clone).code)
            if who == "admin":
                _by_hand(desk, plural, others[0])
        return said.code == 0 and codes == [0]

    right = {**written, plural: [_both(entry, others) for entry in written[plural]]}
    return Case(made, act, _doubled, written=written, right=right)


def _names(made: World, plural: str) -> list[Json]:
    if plural == "workspaces":
        return [{"name": one["displayName"]} for one in made.rooms()[:2]]
    return [{"email": one["emails"][0]} for one in made.chance.sample(made.people(), 4)]


def _both(ours: Json, others: list[Json]) -> Json:
    for theirs in others:
        if theirs.get("email", theirs.get("name")) == ours.get("email", ours.get("name")):
            both = {name: {**theirs.get(name, {}), **ours[name]} for name in _SECTIONS if ours.get(name)}
            return {**theirs, **ours, **both}
    return ours


def _by_hand(desk: Desk, plural: str, entry: Json) -> None:
    """What they want, in Control Hub."""
    state = desk.state()
    if plural == "workspaces":
        room = next((one for one in state[plural] if one["displayName"] == entry["name"]), None)
        if room is None:
            desk.edit("POST", "/workspaces", {"displayName": entry["name"], "notes": entry["notes"]})
        elif "capacity" in entry:
            body = {name: room[name] for name in ("displayName", "notes") if room.get(name)}
            desk.edit("PUT", f"/workspaces/{ids.encode('PLACE', room['id'])}", {**body, "capacity": entry["capacity"]})
        return
    person = next(one for one in state["people"] if one["emails"][0] == entry["email"])
    path = f"/people/{ids.encode('PEOPLE', person['id'])}"
    if "forwarding" in entry:
        always = {"enabled": True, "destination": "530100", "ringReminderEnabled": False}
        body = {"callForwarding": {"always": {**always, "destinationVoicemailEnabled": False}}}
        desk.edit("PUT", f"{path}/features/callForwarding", body)
    elif "outgoing_permissions" in entry:
        types = [{"callType": "TOLL_FREE", "action": "BLOCK", "transferEnabled": False}]
        body = {"useCustomEnabled": True, "useCustomPermissions": True, "callingPermissions": types}
        desk.edit("PUT", f"{path}/features/outgoingPermission", body)
    else:
        document = desk.edit("GET", f"{path}?callingData=true")
        desk.edit("PUT", f"{path}?callingData=true", {**document, "lastName": "Theirs"})


def _doubled(desk: Desk, before: Json) -> Iterator[str]:
    """Two who create unseen may both do so; but who ends last may not say that all is well."""
    names = [one["displayName"] for one in desk.state()["workspaces"]]
    for one in sorted({one for one in names if names.count(one) > 1}):
        if desk.said[-1].code == 0:
            yield f"workspaces/{one}: {names.count(one)} of it, and exit 0"
