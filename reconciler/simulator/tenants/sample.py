"""The tenant of tests, demo and docs: small, invented, and the same every time.

All numbers come from ranges reserved for fiction (Ofcom's drama numbers, the North American 555-01xx).
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from .builder import Builder, Json, custom_permissions, forwarding

ORG = "8f2b6a10-3c57-4d1e-9b64-0f5e7a9c2d31"
_FIRST = ("Amelia", "José", "Zoë", "Liam", "Łukasz", "Priya", "Noah", "Björn", "Chloé", "Mateo", "Ingrid", "Omar",
          "Siân", "Hiro", "Fatima", "Søren", "Grace", "Niamh", "Andrés", "Mei")  # fmt: skip
_LAST = ("Ashford", "Núñez", "Okafor", "Lindqvist", "Kowalski", "Ramírez", "Fairweather", "Ó Briain", "Tanaka",
         "Müller", "Harcourt", "Dvořák", "Whitlock", "D'Angelo", "Sørensen", "Castellan", "Brightwater")  # fmt: skip
_ASCII = str.maketrans("éëŁłöÉíâøáúñćžřÓüôÁ", "eeLloEiaoaunczrOuoA")


def sample_tenant() -> dict[str, Any]:
    """A fresh copy of "Example Telephony": 3 calling locations, 60 people, 8 workspaces."""
    copied: dict[str, Any] = json.loads(_sample())
    return copied


@lru_cache(maxsize=1)
def _sample() -> str:
    build = Builder(ORG, "Example Telephony", "example.com")
    licenses = build.licenses()
    build.pstn_options()
    keys = {name: build.uuid("location", name) for name in ("London HQ", "Manchester", "New York")}
    trunks = {
        "London HQ": build.trunk("London Gateway", keys["London HQ"]),
        "Manchester": build.trunk("Manchester Gateway", keys["Manchester"]),
        "New York": build.trunk("New York Gateway", keys["New York"]),
    }
    uk = build.route_group("UK Routes", [trunks["London HQ"], trunks["Manchester"]])
    build.route_group("Transatlantic", [trunks["New York"], trunks["London HQ"]])
    _locations(build, {"type": "LOCAL_GATEWAY", "routeType": "ROUTE_GROUP", "route": uk},
               {"type": "LOCAL_GATEWAY", "routeType": "TRUNK", "route": trunks["New York"]})  # fmt: skip
    _people(build, licenses, keys)
    _workspaces(build, licenses, keys)
    return json.dumps(build.tenant)


def _half(name: str, number: str, prefix: str, language: str, pstn: Json) -> Json:
    return {
        "announcementLanguage": language,
        "callingLineId": {"name": name, "phoneNumber": number},
        "routingPrefix": prefix,
        "outsideDialDigit": "9",
        "enforceOutsideDialDigit": False,
        "externalCallerIdName": name,
        "voicePortal": "9999",
        "pstn": pstn,
        "internalDialing": None,
    }


def _locations(build: Builder, by_group: Json, by_trunk: Json) -> None:
    """London goes out by route group and routes unknown extensions; Manchester the same; New York by its trunk.
    In every inventory the last ten numbers are INACTIVE."""
    places: tuple[tuple[str, Json, str, str, str, str, int, Json], ...] = (
        ("London HQ", {"address1": "1 Example Square", "city": "London", "postalCode": "EC1A 1AA", "country": "GB"},
         "Europe/London", "en_gb", "8201", "+442079460", 0, by_group),
        ("Manchester", {"address1": "2 Sample Street", "address2": "Floor 3", "city": "Manchester",
                        "postalCode": "M1 1AA", "country": "GB"},
         "Europe/London", "en_gb", "8202", "+441614960", 0, by_group),
        ("New York", {"address1": "3 Fiction Avenue", "city": "New York", "state": "NY", "postalCode": "10001",
                      "country": "US"},
         "America/New_York", "en_us", "8203", "+12125550", 100, by_trunk),
    )  # fmt: skip
    for name, address, zone, language, prefix, stem, first, pstn in places:
        half = _half(name, f"{stem}{first:03d}", prefix, language, pstn)
        record = build.location(name, address, zone, language, half)
        if name == "London HQ":
            half["internalDialing"] = {"routeType": pstn["routeType"], "route": pstn["route"]}
        if name == "Manchester":
            half["outgoingPermission"] = custom_permissions(INTERNATIONAL="ALLOW")["custom"]
        for position in range(100):
            state = "INACTIVE" if position >= 90 else "ACTIVE"
            build.number(f"{stem}{first + position:03d}", record["id"], state)


def _number(place: str, position: int) -> str:
    stem, first = {
        "London HQ": ("+442079460", 0),
        "Manchester": ("+441614960", 0),
        "New York": ("+12125550", 100),
    }[place]
    return f"{stem}{first + position:03d}"


def _people(build: Builder, licenses: dict[str, str], keys: dict[str, str]) -> None:
    """60 people: 50 with calling (25 with a number, 5 with a second one, 6 forwarding, 4 with custom outgoing
    permissions), 10 with messaging only. The first one is the admin, and holds the licence that is in no list."""
    places = tuple(keys)
    for index in range(60):
        first, last = _FIRST[index % len(_FIRST)], _LAST[(index * 7) % len(_LAST)]
        local = f"{first}.{last}".translate(_ASCII).lower().replace(" ", "").replace("'", "")
        email = f"{local}@example.com"
        if index >= 50:
            build.person(email, first, last, [licenses["MS"]], None)
            continue
        place = places[index % 3]
        number = _number(place, 10 + index // 3) if index % 2 == 0 else None
        block: Json = {
            "location": keys[place],
            "extension": f"{index % 3 * 1000 + 100 + index:04d}",
            "number": number,
        }
        if index in (0, 6, 12, 18, 24):
            block["alternates"] = [{"number": _number(place, 50 + index), "ringPattern": "NORMAL"}]
        if index in (2, 3, 4):
            block["forwarding"] = forwarding(_number(place, 1))
        if index in (7, 8, 9):
            block["forwarding"] = forwarding("0100", rings=5)
        if index in (5, 10, 20, 30):
            block["outgoingPermission"] = custom_permissions(INTERNATIONAL="ALLOW", PREMIUM_SERVICES_I="AUTH_CODE")
        held = [licenses["BCSTD"], licenses["MS"]]
        person = build.person(email, first, last, held, block)
        if index == 0:
            person["roles"] = ["id_full_admin"]
            person["licenses"].append(licenses["WAM"])
            build.tenant["org"]["admin"] = person["id"]
        if index in (1, 11):
            person["phoneNumbers"] = [{"type": "mobile", "value": "+447700900123"}]
        if index % 4 == 0:
            person["title"], person["department"] = "Engineer", "Operations"


def _workspaces(build: Builder, licenses: dict[str, str], keys: dict[str, str]) -> None:
    """6 Professional, one of the basic tier, one without calling."""
    names = ("Board Room", "Focus 1", "Focus 2", "Lobby", "Café", "Workshop")
    for index, name in enumerate(names):
        place = tuple(keys)[index % 3]
        number = _number(place, 40 + index) if index % 2 == 0 else None
        block: Json = {"location": keys[place], "extension": f"7{index:03d}", "number": number}
        if index == 0:
            block["forwarding"] = forwarding("0100", rings=4)
            block["alternates"] = [{"number": _number(place, 48), "ringPattern": "NORMAL"}]
        record = build.workspace(name, keys[place], "webexCalling", [licenses["BCSTD"]], block)
        record.update({"capacity": 4 + index, "type": "meetingRoom", "notes": f"Room {index + 1}"})
    basic: Json = {"location": keys["London HQ"], "extension": "7100", "number": None}
    build.workspace("Reception Phone", keys["London HQ"], "webexCalling", [licenses["BCCA"]], basic)
    build.workspace("Quiet Corner", keys["Manchester"], "freeCalling", [], None)
