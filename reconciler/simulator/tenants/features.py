"""Features for generated tenants, made through the API itself, so that they are what the API would have made."""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle, islice
from typing import Any

from ..core import ids, routing
from ..core.routing import Request
from ..core.store import Store

Json = dict[str, Any]
_MADE = 1736931600.0  # builder.CREATED, in seconds
_BOUNCE = {"callBounceEnabled": True, "callBounceMaxRings": 5}
_WEEK = {"startDate": "2026-01-05", "endDate": "2026-01-05", "startTime": "09:00", "endTime": "17:00",
         "allDayEnabled": False}  # fmt: skip


class Site:
    """A location with calling, its people, and the next free extension of its features."""

    def __init__(self, location: str, people: list[str]) -> None:
        self.id = ids.encode("LOCATION", location)
        self._people = cycle(people) if people else iter(())
        self._extension = 6000

    def agents(self, count: int) -> list[Json]:
        return [{"id": key} for key in dict.fromkeys(islice(self._people, count))]

    def extension(self) -> str:
        self._extension += 1
        return f"{self._extension}"


def furnish(tenant: Json, count: int) -> Json:
    """The tenant with `count` features, spread over its calling locations: hunt groups, queues, attendants, pickups,
    paging groups, voicemail groups, virtual lines, park extensions in turn."""
    store = Store(tenant)
    store.clock.run(0)
    store.clock.at(_MADE)
    sites = [
        Site(key, [ids.encode("PEOPLE", one["id"]) for one in store.people.values()
                   if (one.get("calling") or {}).get("location") == key][:200])
        for key, record in store.locations.items() if record.get("calling")
    ]  # fmt: skip
    if not sites:
        return tenant
    for site in sites:
        event = {"name": "Week", **_WEEK}
        _send(store, f"{_place(site)}/schedules", {"type": "businessHours", "name": "Office", "events": [event]})
    for number in range(count):
        site, make = sites[number % len(sites)], _MAKERS[(number + number // len(sites)) % len(_MAKERS)]
        path, body = make(site, f"{number + 1:04d}")
        _send(store, path, body)
    furnished = store.dump()
    for name in ("audit_events", "audit_sequence", "clock"):  # nobody did this, and at no time
        furnished.pop(name, None)
    return furnished


def _send(store: Store, path: str, body: Json) -> None:
    reply = routing.handle(Request("POST", f"/v1/telephony/config{path}", {}, body, store))
    if reply.status >= 400:
        raise ValueError(f"the API refuses {path}: {reply.body}")


def _place(site: Site) -> str:
    return f"/locations/{site.id}"


def _hunt_group(site: Site, number: str) -> tuple[str, Json]:
    redirect = {"enabled": False}
    policies = {"policy": "CIRCULAR", "waitingEnabled": False, "groupBusyEnabled": False,
                "allowMembersToControlGroupBusyEnabled": False, "busyRedirect": redirect,
                "businessContinuityRedirect": redirect,
                "noAnswer": {"nextAgentEnabled": True, "nextAgentRings": 5, "forwardEnabled": False,
                             "numberOfRings": 15, "destinationVoicemailEnabled": False}}  # fmt: skip
    return f"{_place(site)}/huntGroups", {
        "name": f"Group {number}", "extension": site.extension(), "enabled": True, "callPolicies": policies,
        "agents": site.agents(4),
    }  # fmt: skip


def _call_queue(site: Site, number: str) -> tuple[str, Json]:
    settings = {"queueSize": 20, "overflow": {"action": "PERFORM_BUSY_TREATMENT", "greeting": "DEFAULT"}}
    policies = {"routingType": "PRIORITY_BASED", "policy": "CIRCULAR", "callBounce": _BOUNCE,
                "distinctiveRing": {"enabled": True, "ringPattern": "NORMAL"}}  # fmt: skip
    return f"{_place(site)}/queues", {
        "name": f"Queue {number}", "extension": site.extension(), "callPolicies": policies,
        "queueSettings": settings, "agents": site.agents(6),
    }  # fmt: skip


def _auto_attendant(site: Site, number: str) -> tuple[str, Json]:
    keys = [{"key": "0", "action": "TRANSFER_WITHOUT_PROMPT", "value": "1001"}, {"key": "9", "action": "EXIT"}]
    menu = {"greeting": "DEFAULT", "extensionEnabled": True, "keyConfigurations": keys}
    return f"{_place(site)}/autoAttendants", {
        "name": f"Attendant {number}", "extension": site.extension(), "businessSchedule": "Office",
        "businessHoursMenu": menu, "afterHoursMenu": menu,
    }  # fmt: skip


def _call_pickup(site: Site, number: str) -> tuple[str, Json]:
    # a member can be in one pickup group only, so these have none
    return f"{_place(site)}/callPickups", {"name": f"Pickup {number}", "agents": []}


def _paging_group(site: Site, number: str) -> tuple[str, Json]:
    targets = [agent["id"] for agent in site.agents(5)]
    return f"{_place(site)}/paging", {
        "name": f"Paging {number}", "extension": site.extension(), "targets": targets, "originators": targets[:1],
    }  # fmt: skip


def _voicemail_group(site: Site, number: str) -> tuple[str, Json]:
    off = {"enabled": False}
    return f"{_place(site)}/voicemailGroups", {
        "name": f"Mailbox {number}", "extension": site.extension(), "passcode": "482951", "languageCode": "en_us",
        "messageStorage": {"storageType": "INTERNAL"}, "notifications": off, "faxMessage": off,
        "transferToNumber": off, "emailCopyOfMessage": off,
    }  # fmt: skip


def _virtual_line(site: Site, number: str) -> tuple[str, Json]:
    return "/virtualLines", {
        "firstName": "Line", "lastName": number, "locationId": site.id, "extension": site.extension(),
    }  # fmt: skip


def _park_extension(site: Site, number: str) -> tuple[str, Json]:
    return f"{_place(site)}/callParkExtensions", {"name": f"Park {number}", "extension": site.extension()}


_MAKERS: tuple[Callable[[Site, str], tuple[str, Json]], ...] = (
    _hunt_group, _call_queue, _auto_attendant, _call_pickup, _paging_group, _voicemail_group, _virtual_line,
    _park_extension,
)  # fmt: skip
