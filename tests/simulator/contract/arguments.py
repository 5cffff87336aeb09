"""Real arguments for a read: which objects of the tenant a template like `/locations/{location_id}/floors` can be
about, found by listing through the API itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from reconciler.simulator import EditRefused, Simulator
from reconciler.simulator.core import ids

from .methods import shape

Json = dict[str, Any]
_AT_MOST = 60
# Which collection an object of that prefix is taken from, where it is not the prefix itself.
_SAME_AS = {
    "/telephony/pstn/locations": "/telephony/config/locations",
    "/telephony/config/huntGroups": "/telephony/config/huntGroups",
}


class NoObject(LookupError):
    """The tenant has nothing that the parameter could be about."""


class Known:
    """The tenant as its API lists it. Everything is asked once, uncounted."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._bodies: dict[str, Json | None] = {}
        self.org = str(simulator.state()["org"]["id"])

    def get(self, path: str) -> Json:
        """The body of a GET; {} where the API refuses."""
        if path not in self._bodies:
            try:
                body = self._simulator.edit("GET", path)
            except EditRefused:
                body = None
            self._bodies[path] = body if isinstance(body, dict) else None
        return self._bodies[path] or {}

    def forget(self) -> None:
        """Ask again from here on."""
        self._bodies.clear()

    def rows(self, path: str) -> list[Json]:
        """The objects with an id in the lists of a body, whatever they are called."""
        return _with_ids(self.get(path))

    def bindings(self, template: str, limit: int) -> list[dict[str, str]]:
        """Up to `limit` sets of arguments for the parameters of a template, spread over what there is."""
        found = list(islice(self._bound(template.split("/")[1:], "", {}), _AT_MOST))
        if not found:
            raise NoObject(template)
        step = max(1, (len(found) - 1) // max(1, limit - 1)) if limit > 1 else len(found)
        return found[::step][:limit]

    def _bound(self, segments: list[str], prefix: str, bound: dict[str, str]) -> Iterator[dict[str, str]]:
        if not segments:
            yield bound
            return
        segment, rest = segments[0], segments[1:]
        parameter = re.fullmatch(r"\{(\w+)\}", segment)
        if parameter is None:
            yield from self._bound(rest, f"{prefix}/{segment}", bound)
            return
        for value in self.values(prefix, bound):
            yield from self._bound(rest, f"{prefix}/{value}", {**bound, parameter[1]: value})

    def values(self, prefix: str, bound: dict[str, str]) -> list[str]:
        """The ids that may follow a concrete prefix like `/locations/Y2l…/floors`."""
        form = prefix
        for name, value in bound.items():
            form = form.replace(f"/{value}", f"/{{{name}}}")
        special = _SPECIAL.get(shape(form))
        if special is not None:
            return special(self, prefix)
        location = re.fullmatch(r"/telephony/config/locations/([^/]+)/([^/]+)", prefix)
        if location and (rows := self.rows(f"/telephony/config/{location[2]}")) and "locationId" in rows[0]:
            return [row["id"] for row in rows if row["locationId"] == location[1]]
        own = self.rows(_SAME_AS.get(prefix, prefix)) or self.rows(prefix.rpartition("/")[0])
        return [row["id"] for row in own]

    def calling_people(self) -> list[str]:
        return [row["id"] for row in self.rows("/people?callingData=true") if row.get("locationId")]

    def professional_workspaces(self) -> list[str]:
        """Those whose licence lets all settings through (§13)."""
        basic = {row["id"] for row in self.rows("/licenses") if row["name"].endswith("Workspaces")}
        found = []
        for row in self.rows("/workspaces"):
            calling = row.get("calling", {})
            if calling.get("type") == "webexCalling" and not basic & set(calling["webexCalling"].get("licenses", [])):
                found.append(row["id"])
        return found

    def uncalled_person(self) -> str:
        return next(str(row["id"]) for row in self.rows("/people?callingData=true") if not row.get("locationId"))

    def people_at(self, place: str) -> list[str]:
        return [row["id"] for row in self.rows("/people?callingData=true") if row.get("locationId") == place]

    def places(self) -> dict[str, str]:
        return {row["name"]: row["id"] for row in self.rows("/locations")}

    def license(self, name: str) -> str:
        return next(str(row["id"]) for row in self.rows("/licenses") if row["name"].endswith(name))

    def first(self, path: str) -> str:
        """The id of the first object of a list, "" where there is none."""
        return next((str(row["id"]) for row in self.rows(path)), "")

    def last(self, path: str) -> str:
        return next((str(row["id"]) for row in reversed(self.rows(path))), "")

    def at(self, path: str, place: str) -> str:
        """The id of the first one in a location."""
        return next((str(row["id"]) for row in self.rows(path) if row.get("locationId") == place), "")

    def org_id(self) -> str:
        return ids.encode("ORGANIZATION", self.org)


def _with_ids(body: Json) -> list[Json]:
    found: list[Json] = []
    for value in body.values():
        if isinstance(value, dict):
            found += _with_ids(value)
        elif isinstance(value, list):
            found += [row for row in value if isinstance(row, dict) and row.get("id")]
    return found


def _events(known: Known, prefix: str) -> list[str]:
    """A schedule lists its events in itself."""
    return [row["id"] for row in known.rows(prefix.removesuffix("/events"))]


def _schedules(known: Known, prefix: str) -> list[str]:
    """Of one type; a person's list has the schedules of the location too."""
    wanted = ("PEOPLE",) if prefix.startswith("/people") else (None, "LOCATION")
    rows = known.rows(prefix.rpartition("/")[0])
    return [row["id"] for row in rows if row["type"] == prefix.rpartition("/")[2] and row.get("level") in wanted]


def _groups(known: Known, prefix: str) -> list[str]:
    """Every location has a group of its name, which only the location changes; those come last."""
    rows = known.rows(prefix)
    return [row["id"] for row in sorted(rows, key=lambda row: row.get("displayName") in known.places())]


def _devices(known: Known, prefix: str) -> list[str]:
    """A phone has one id as a device and another one for calling (FB#10)."""
    return [row["callingDeviceId"] for row in known.rows("/devices") if row.get("callingDeviceId")]


def _patterns(known: Known, prefix: str) -> list[str]:
    """One list has the translation patterns of the organisation and of all locations."""
    location = prefix.split("/")[4] if "/locations/" in prefix else None
    rows = known.rows("/telephony/config/callRouting/translationPatterns")
    return [row["id"] for row in rows if row.get("location", {}).get("id") == location]


def _announcements(known: Known, prefix: str) -> list[str]:
    place = prefix.split("/")[4] if "/locations/" in prefix else ""
    rows = known.rows("/telephony/config/announcements" + (f"?locationId={place}" if place else ""))
    return [row["id"] for row in rows if (row.get("level") == "LOCATION") == bool(place)]


def _media(known: Known, _: str) -> list[str]:
    """What stands behind `/media/urls/` in the address of a file."""
    files = [known.get(f"/telephony/config/announcements/{one}/fileUri") for one in _announcements(known, "")]
    return [one["fileUri"].partition("/media/urls/")[2] for one in files if "/media/urls/" in one.get("fileUri", "")]


_Special = Callable[[Known, str], list[str]]
_people: _Special = lambda known, _: known.calling_people()  # noqa: E731
_workspaces: _Special = lambda known, _: known.professional_workspaces()  # noqa: E731
_SPECIAL: dict[str, _Special] = {
    "/people": _people,
    "/telephony/config/people": _people,
    "/workspaces": _workspaces,
    "/telephony/config/workspaces": _workspaces,
    "/identity/scim": lambda known, _: [known.org],
    "/identity/organizations": lambda known, _: [known.org_id()],
    "/organizations": lambda known, _: [known.org_id()],
    "/contacts/organizations": lambda known, _: [known.org_id()],
    "/people/{}/features/schedules/businessHours": _schedules,
    "/people/{}/features/schedules/businessHours/{}/events": _events,
    "/telephony/config/devices": _devices,
    "/groups": _groups,
    "/identity/scim/{}/v2/Groups": _groups,
    "/telephony/config/callRouting/translationPatterns": _patterns,
    "/telephony/config/locations/{}/callRouting/translationPatterns": _patterns,
    "/telephony/config/announcements": _announcements,
    "/telephony/config/locations/{}/announcements": _announcements,
    "/telephony/config/media/urls": _media,
    "/telephony/config/locations/{}/schedules/businessHours": _schedules,
    "/telephony/config/locations/{}/schedules/businessHours/{}/events": _events,
}

# Arguments that a read requires beside its address.
QUERY: dict[str, Callable[[Known], Any]] = {
    "name": lambda known: "Main",
    "schedule_type": lambda known: "businessHours",
    "location_id": lambda known: known.rows("/telephony/config/locations")[0]["id"],
    "org_id": lambda known: known.org_id(),
    "action": lambda known: "modifyService",
    "from_": lambda known: "2026-01-01T00:00:00.000Z",
    "to_": lambda known: "2027-01-01T00:00:00.000Z",
}

# Optional ones without which the SDK sends a null, which its async client cannot.
OPTIONAL: dict[str, dict[str, Any]] = {
    "api.telephony.supported_devices": {"type_": "MPP"},
    "api.telephony.devices.supported_devices": {"type_": "MPP"},
}

# Arguments of writes that mean the same wherever they stand; the optional ones are sent too.
PLAIN: dict[str, Any] = {
    "enabled": True,
    "content": b"RIFF",
    "upload_as": "greeting.wav",
    "passcode": "274916",
    "code": "4711",
    "description": "Written by the contract",
    "access_codes": [{"code": "4712", "description": "Written by the contract"}],
    "pattern": {"name": "Written", "pattern": "14!", "action": "BLOCK", "transferEnabled": False},
    "selected": "LOCATION_NUMBER",
    "use_custom_access_codes": True,
    "use_custom_digit_patterns": True,
    "connected_line_id_privacy_on_redirected_calls": "NO_PRIVACY",
}
