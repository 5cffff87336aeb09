"""Tenants as no form would let anybody make them, and as years of imports, tools and renames do."""

from __future__ import annotations

import random
from typing import Any

from reconciler.simulator import generate_tenant

State = dict[str, Any]

NAMES = (
    "Sala / Room", "yes", "null", "0042", "1e3", "- dash", "a: b", "# hash", "'quoted'", '"double"', "{curly}", "*star",
    "&anchor", "!tag", "%percent", "@at", "50 % off", "Ünïcödé 🎧", "سلام", "會議室", "x" * 257, "tab\tinside",
    "new\nline", "State", "CON", "..", "[1]", "~", "=", "<<", "2026-12-01", "trailing:", "person/ana", "REMOVE",
    "a,b;c|d",
)  # fmt: skip
LANGUAGES = ("en_SG", "en-GB", "zh_Hant_TW", "es_419", "fil_PH", "qq_QQ", "english", "", "nb_NO")
ZONES = ("US/Eastern", "Mars/Base", "Etc/GMT+5", "", "Asia/Calcutta")
COUNTRIES = ("es", "ESP", "XK", "GB", "")
EMAILS = (
    "r/d{n}@example.com",
    "o'neil{n}@example.com",
    "UPPER.{n}@Example.COM",
    "a+b{n}@example.com",
    "{n}@sub.example.co",
)
EXTENSIONS = ("7", "12345678901", "12a", "00", "999999999")
DESTINATIONS = ("7", "+1", "abc", "sip:ana@example.com", "*55", "9" * 40)
NUMBERS = ("+4512", "12125550199", "+99999999999999999", "+15550000")


def odd_tenant(seed: int) -> State:
    """A small tenant of which about every second thing is odd in some way; the same seed gives the same one."""
    draw = random.Random(seed)
    tenant = generate_tenant(people=9, locations=4, workspaces=5, seed=seed)

    def maybe(record: State, field: str, values: tuple[Any, ...]) -> None:
        if draw.random() < 0.4:
            record[field] = draw.choice(values)

    for number, person in enumerate(tenant["people"]):
        if draw.random() < 0.5:
            person["emails"] = [draw.choice(EMAILS).format(n=number)]
        for field in ("displayName", "firstName", "lastName"):
            maybe(person, field, NAMES)
        if person.get("calling"):
            maybe(person["calling"], "extension", EXTENSIONS)
            if draw.random() < 0.5:
                person["calling"]["forwarding"] = _forwarding(draw)
    for number, location in enumerate(tenant["locations"]):
        if draw.random() < 0.5:
            location["name"] = f"{draw.choice(NAMES)}{'' if draw.random() < 0.3 else number}"
        maybe(location, "preferredLanguage", LANGUAGES)
        maybe(location, "timeZone", ZONES)
        maybe(location["address"], "country", COUNTRIES)
        maybe(location["address"], "postalCode", ("007", "", " 1 ", "x" * 300))
        if location.get("calling"):
            maybe(location["calling"], "announcementLanguage", LANGUAGES)
            maybe(location["calling"], "routingPrefix", ("1", "x8", "00", "12345678"))
            maybe(location["calling"], "outsideDialDigit", ("", "99", "#"))
    for workspace in tenant["workspaces"]:
        maybe(workspace, "displayName", NAMES)
        maybe(workspace, "type", ("spaceship", "huddle"))
        maybe(workspace, "notes", ("a\nb", "x" * 300, "  ", "# no comment"))
        maybe(workspace, "capacity", (0, -1, 12))
        if workspace.get("calling"):
            maybe(workspace["calling"], "extension", EXTENSIONS)
    for kind in ("licenses", "trunks", "route_groups"):
        for record in tenant[kind]:
            if draw.random() < 0.1:
                record["name"] = draw.choice(NAMES)
    tenant["numbers"] += [
        {"number": number, "location": tenant["locations"][0]["id"], "state": draw.choice(("ACTIVE", "INACTIVE"))}
        for number in NUMBERS
        if draw.random() < 0.5
    ]
    return tenant


def _forwarding(draw: random.Random) -> State:
    branch = {"enabled": True, "destination": draw.choice(DESTINATIONS), "destinationVoicemailEnabled": False}
    return {
        draw.choice(("always", "busy")): {**branch, "ringReminderEnabled": True},
        "noAnswer": {**branch, "destination": "1234", "numberOfRings": draw.choice((0, 3, 25))},
    }
