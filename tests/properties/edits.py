"""What another admin does meanwhile, as data: `{"edit": "forwarding", "of": "people/ana@example.com", "value": …}`.

Each goes through the simulator's own API, as a request of somebody else. What the API refuses did not happen.
"""

from __future__ import annotations

import contextlib
from typing import Any

from hypothesis import strategies as st

from reconciler.simulator import Simulator
from reconciler.simulator.core import ids
from reconciler.simulator.service import EditRefused
from tests.properties.worlds import World
from tests.support.state import by_name

Json = dict[str, Any]
_PERSON = ("first_name", "title", "extension", "number", "forwarding", "permission", "uncalling", "delete")
_ROOM = ("notes", "capacity", "extension", "forwarding", "permission", "delete")


def edits(world: World, desired: Json) -> st.SearchStrategy[Json]:
    """One edit of something in this tenant: mostly of what is described, or about to be created."""
    new_people = [f"people/new{n}@example.com" for n in range(2)]
    ours = {f"{plural}/{e.get('email') or e.get('number') or e['name']}" for plural in desired for e in desired[plural]}
    people, rooms, numbers = (
        [one for one in sorted(ours) if one.startswith(plural)] or [f"{plural}/{name}" for name in sorted(known)[:6]]
        for plural, known in (("people", world.people), ("workspaces", world.workspaces), ("numbers", world.numbers))
    )
    value = st.integers(0, 3)

    def of(kinds: tuple[str, ...], which: list[str]) -> st.SearchStrategy[Json]:
        return st.fixed_dictionaries(
            {"edit": st.sampled_from(kinds), "of": st.sampled_from(which), "value": value}
        )  # fmt: skip

    choices = [of(_PERSON, people), of(_PERSON, people + new_people), of(("state", "delete"), numbers)]
    choices += [of(("create",), [*new_people, "workspaces/Studio 0", "numbers/+15559000000", "numbers/+15559000001"])]
    choices += [of(("dial_digit", "permission"), [f"locations/{name}" for name in world.locations])]
    if rooms:
        choices += [of(_ROOM, [*rooms, "workspaces/Studio 0"])]
    return st.one_of(choices)


def carry_out(server: Simulator, edit: Json) -> bool:
    """Whether there was something to edit, and the API took it."""
    state = server.state()
    admins = [one["id"] for one in state["people"] if one["id"] != state["org"]["admin"]]
    if not admins:
        return False
    collection, name = edit["of"].split("/", 1)
    record = by_name(state).get(edit["of"])
    with contextlib.suppress(EditRefused, KeyError, TypeError):  # refused, or it has none of what is edited
        if edit["edit"] == "create":
            return record is None and _create(server, collection, name, state, edit["value"], admins[0])
        if record is not None:
            change = {"people": _person, "workspaces": _room, "numbers": _number, "locations": _location}[collection]
            change(server, record, edit, admins[0])
            return True
    return False


def _person(server: Simulator, record: Json, edit: Json, by: str) -> None:
    path, value = f"/people/{ids.encode('PEOPLE', record['id'])}", edit["value"]
    if edit["edit"] == "delete":
        server.edit("DELETE", path, actor=by)
    elif edit["edit"] in ("forwarding", "permission"):
        _setting(server, path, edit, by)
    else:
        document = server.edit("GET", f"{path}?callingData=true", actor=by)
        if edit["edit"] == "extension":
            document["extension"] = f"49{value}0"
        elif edit["edit"] == "number":
            document["phoneNumbers"] = []
        elif edit["edit"] == "uncalling":
            calling = [one["id"] for one in server.state()["licenses"] if one["name"].startswith("Webex Calling")]
            document["licenses"] = [one for one in document["licenses"] if not any(map(_is(one), calling))]
            for name in ("locationId", "extension", "phoneNumbers"):
                document.pop(name, None)
        else:
            document[{"first_name": "firstName", "title": "title"}[edit["edit"]]] = f"Edited {value}"
        server.edit("PUT", f"{path}?callingData=true", document, actor=by)


def _is(encoded: str) -> Any:
    return (ids.decode(encoded) or ("", ""))[1].endswith


def _room(server: Simulator, record: Json, edit: Json, by: str) -> None:
    path, value = f"/workspaces/{ids.encode('PLACE', record['id'])}", edit["value"]
    if edit["edit"] == "delete":
        server.edit("DELETE", path, actor=by)
    elif edit["edit"] in ("forwarding", "permission"):
        _setting(server, path, edit, by)
    else:
        body = {name: record[name] for name in ("displayName", "capacity", "type", "notes") if record.get(name)}
        if edit["edit"] == "extension":
            calling = {"locationId": ids.encode("LOCATION", record["calling"]["location"]), "extension": f"48{value}0"}
            if record["calling"].get("number"):
                calling["phoneNumber"] = record["calling"]["number"]
            body["calling"] = {"type": "webexCalling", "webexCalling": calling}
        else:
            body[edit["edit"]] = 20 + value if edit["edit"] == "capacity" else f"Edited {value}"
        server.edit("PUT", path, body, actor=by)


def _setting(server: Simulator, path: str, edit: Json, by: str) -> None:
    if edit["edit"] == "forwarding":
        branch = {"enabled": bool(edit["value"]), "destination": f"47{edit['value']}0"}
        server.edit("PUT", f"{path}/features/callForwarding", {"callForwarding": {"always": branch}}, actor=by)
        return
    types = [{"callType": "NATIONAL", "action": ("ALLOW", "BLOCK")[edit["value"] % 2], "transferEnabled": False}]
    body = {"useCustomEnabled": True, "useCustomPermissions": True, "callingPermissions": types}
    server.edit("PUT", f"{path}/features/outgoingPermission", body, actor=by)


def _number(server: Simulator, record: Json, edit: Json, by: str) -> None:
    path = f"/telephony/config/locations/{ids.encode('LOCATION', record['location'])}/numbers"
    body: Json = {"phoneNumbers": [record["number"]]}
    if edit["edit"] == "state":
        body["action"] = "DEACTIVATE" if record["state"] == "ACTIVE" else "ACTIVATE"
    server.edit("DELETE" if edit["edit"] == "delete" else "PUT", path, body, actor=by)


def _location(server: Simulator, record: Json, edit: Json, by: str) -> None:
    path, value = f"/telephony/config/locations/{ids.encode('LOCATION', record['id'])}", edit["value"]
    if edit["edit"] == "dial_digit":
        server.edit("PUT", path, {"outsideDialDigit": str(1 + value)}, actor=by)
        return
    types = [{"callType": "NATIONAL", "action": ("ALLOW", "BLOCK")[value % 2], "transferEnabled": False}]
    server.edit("PUT", f"{path}/outgoingPermission", {"callingPermissions": types}, actor=by)


def _create(server: Simulator, collection: str, name: str, state: Json, value: int, by: str) -> bool:
    place = state["locations"][value % len(state["locations"])]["id"]
    location = ids.encode("LOCATION", place)
    if collection == "people":
        body: Json = {"emails": [name], "displayName": "By somebody else", "firstName": "By", "lastName": "Else"}
        server.edit("POST", "/people", body, actor=by)
    elif collection == "workspaces":
        server.edit("POST", "/workspaces", {"displayName": name, "notes": f"Edited {value}"}, actor=by)
    else:
        body = {"phoneNumbers": [name], "state": ("ACTIVE", "INACTIVE")[value % 2]}
        server.edit("POST", f"/telephony/config/locations/{location}/numbers", body, actor=by)
    return True
