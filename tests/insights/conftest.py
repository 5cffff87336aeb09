"""A tenant in memory in which nothing is wrong, and ways to break it."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.model.snapshot import Current, MemorySnapshot

ANA, BO, CY = "ana@example.com", "bo@example.com", "cy@example.com"
LONDON, YORK = "London", "York"


class World:
    """A snapshot to change: `add` a resource, `edit` fields of one by dotted paths, `forget` a kind."""

    def __init__(self) -> None:
        self.snapshot = MemorySnapshot(org={"id": "org", "name": "Example"})

    def add(self, kind: str, key: str, fields: dict[str, Any] | None = None, **facts: Any) -> None:
        self.snapshot.add(Current(kind, key, f"id of {key}", dict(fields or {}), facts))

    def edit(self, kind: str, key: str, **fields: Any) -> None:
        current = self.snapshot.kinds[kind][key]
        for path, value in fields.items():
            *parents, last = path.split("__")
            where = current.fields
            for parent in parents:
                where = where.setdefault(parent, {})
            where[last] = value

    def facts(self, kind: str, key: str, **facts: Any) -> None:
        self.snapshot.kinds[kind][key].facts.update(facts)

    def forget(self, kind: str) -> None:
        del self.snapshot.kinds[kind]

    def person(self, key: str, location: str, extension: str, number: str) -> None:
        fields = {"email": key, "display_name": key.partition("@")[0], "location": location, "extension": extension}
        branches = dict.fromkeys(("always", "busy", "no_answer", "business_continuity"))
        permissions = {"INTERNATIONAL": {"action": "BLOCK"}, "custom": False}
        self.add(
            "person",
            key,
            {**fields, "phone_number": number, "licenses": ["Calling"], "forwarding": branches,
             "outgoing_permissions": permissions},
            calling=True,
        )  # fmt: skip
        self.add("number", number, {"location": location, "state": "active"}, owner=f"PEOPLE {key}")


@pytest.fixture
def world() -> World:
    return tidy_world()


def tidy_world() -> World:
    """Two locations, three people, one of every feature, all as they should be."""
    world = World()
    for place, prefix, main in ((LONDON, "8201", "+442079460000"), (YORK, "8202", "+441904960000")):
        calling = {"main_number": main, "routing_prefix": prefix, "outside_dial_digit": "9"}
        world.add(
            "location",
            place,
            {"name": place, "address": {"country": "GB"}, "calling": calling, "pstn": {"trunk": "Gate"},
             "internal_dialing": {"unknown_extensions": None},
             "outgoing_permissions": {"INTERNATIONAL": {"action": "BLOCK"}}},
        )  # fmt: skip
        world.add("number", main, {"location": place, "state": "active"}, main=True)
        info = {"effective_value": main, "effective_level": "LOCATION_NUMBER"}
        world.add("location.emergency_callback_number", place, {"location": place, "location_info": info})
        portal = {"location": place, "name": "Voice Portal", "extension": "9999"}
        world.add("location.voice_portal", place, portal)
    world.person(ANA, LONDON, "1001", "+442079460001")
    world.person(BO, LONDON, "1002", "+442079460002")
    world.person(CY, YORK, "2001", "+441904960001")
    world.add("license", "Calling", {"total": 20})
    world.add("trunk", "Gate", {"location": LONDON})
    world.add("trunk.details", "Gate", {"location": LONDON, "status": "online", "in_use": True})
    world.add("dial_plan", "PBX", {"name": "PBX"})
    world.add("dial_plan.patterns", "PBX", {"dial_patterns": ["53XXXXXXX"]})
    features(world)
    return world


def features(world: World) -> None:
    agents = [{"id": f"person/{ANA}", "join_enabled": True}, {"id": f"person/{BO}", "join_enabled": True}]
    quiet = {"call_forwarding": {"always": {"enabled": False}}}
    for kind, name, extension in (("hunt_group", "Sales", "1101"), ("call_queue", "Help", "1102")):
        fields = {"name": name, "location": LONDON, "extension": extension, "enabled": True, "agents": agents}
        policies = {"no_answer": {"forward_enabled": False}, "busy_redirect": {"enabled": False}}
        overflow = {"overflow": {"action": "PERFORM_BUSY_TREATMENT"}}
        others = {"alternate_numbers": [{"phone_number": None}]}
        more = {"call_policies": policies, "queue_settings": overflow, "alternate_number_settings": others}
        world.add(kind, f"{LONDON}/{name}", {**fields, **more})
        world.add(f"{kind}.forwarding", f"{LONDON}/{name}", {"location": LONDON, **quiet})
    keys = [{"key": "1", "action": "TRANSFER_WITHOUT_PROMPT", "value": "1101"}]
    fields = {"name": "Door", "location": LONDON, "extension": "1103", "enabled": True, "business_schedule": "Day"}
    menu = {"business_hours_menu": {"key_configurations": keys}, "holiday_schedule": "Feasts"}
    world.add("auto_attendant", f"{LONDON}/Door", {**fields, **menu})
    world.add("auto_attendant.forwarding", f"{LONDON}/Door", {"location": LONDON, **quiet})
    for kind, name in (("businessHours", "Day"), ("holidays", "Feasts")):
        world.add("schedule", f"{LONDON}/{kind}/{name}", {"name": name, "type": kind, "location": LONDON})
    line = {"location": LONDON, "number": {"extension": "1104"}, "number_of_devices_assigned": 1}
    world.add("virtual_line", f"{LONDON}/Fax", line)
    one = [{"id": f"person/{ANA}"}]
    world.add("paging_group", f"{LONDON}/All", {"location": LONDON, "targets": one, "originators": one})
    world.add("call_pickup", f"{LONDON}/Row", {"location": LONDON, "agents": one})
    world.add("call_park", f"{LONDON}/Park", {"location": LONDON, "agents": one})
    told = {"notifications": {"enabled": True}, "message_storage": {"storage_type": "INTERNAL"}}
    world.add("voicemail_group", f"{LONDON}/Box", {"location": LONDON, "extension": "1105", **told})
    world.add("group", "Staff", {"display_name": "Staff"})
    world.add("group.members", "Staff", {"members": one})
    room = {"location": LONDON, "extension": "1201", "phone_number": None, "license": "Calling", "forwarding": {}}
    world.add("workspace", "Room", room, calling=True)
    world.add("workspace.devices", "Room", {"location": LONDON, "devices": [{"model": "8865"}]})
    world.add(
        "device", "Phone", {"workspace_id": "workspace/Room", "connection_status": "connected", "error_codes": []}
    )
