"""What a desired state means, read off the simulator's own state: no kind, no reader and no diff of the product's.

`unmet` says what is not as described; `describes` whether a value may change at all because of a desired state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from reconciler.simulator.settings.outgoing_permissions import DEFAULTS
from tests.properties import call_settings, line_features
from tests.support.state import normal

Json = dict[str, Any]
_KINDS = {"people": ("person", "email"), "workspaces": ("workspace", "name"), "numbers": ("number", "number")}
_KINDS["locations"] = ("location", "name")
_KINDS |= {plural: (kind, "name") for plural, kind in line_features.PLURALS.items()}
_BRANCHES = {"always": "always", "busy": "busy", "no_answer": "noAnswer", "business_continuity": "businessContinuity"}
_PLAIN = {
    "people": {"first_name": "firstName", "last_name": "lastName", "display_name": "displayName"},
    "workspaces": {"notes": "notes", "capacity": "capacity"},
    "locations": {},
    "numbers": {},
}
_LINES = line_features.PLURALS
_CALLING = {"outside_dial_digit": "outsideDialDigit", "routing_prefix": "routingPrefix"}


def unmet(desired: Json, state: Json) -> dict[str, list[str]]:
    """By address (`person/ana@example.com`, `person.forwarding/…`), what is not as this desired state has it."""
    tenant = _Tenant(state)
    found: dict[str, list[str]] = {}
    for plural, entries in desired.items():
        kind, key = _KINDS[plural]
        for entry in entries:
            for section, what in tenant.differences(plural, entry, entry[key]):
                name = f"{kind}.{section}" if section else kind
                found.setdefault(f"{name}/{_key(plural, entry)}", []).append(what)
    return found


def _key(plural: str, entry: Json) -> str:
    return f"{entry['location']}/{entry['name']}" if plural in _LINES else str(entry[_KINDS[plural][1]])


def describes(desired: Json) -> Callable[[str, bool], bool]:
    """Whether a path of the tenant's state may change because of this: what is described, and what goes with it; of
    what is created (the second argument) everything."""
    open_ = [prefix for plural, entries in desired.items() for entry in entries for prefix in _open(plural, entry)]
    named = {f"{plural}/{entry[_KINDS[plural][1]]}" for plural, entries in desired.items() for entry in entries}

    def described(path: str, new: bool) -> bool:
        return any(path == one or path.startswith(f"{one}/") for one in open_) or (new and object_of(path) in named)

    return described


def object_of(path: str) -> str:
    """`people/ana@example.com` of whatever is below it."""
    return "/".join(path.split("/")[:2])


def _open(plural: str, entry: Json) -> Iterator[str]:
    path = f"{plural}/{entry[_KINDS[plural][1]]}"
    if plural in _LINES:
        yield from line_features.opens(plural, entry)
        return
    yield from (f"{path}/calling/{below}" for below in call_settings.opens(entry))
    if plural == "numbers" or entry.get("state") == "absent" or _is_new(entry):
        yield path
        return
    for ours, theirs in _PLAIN[plural].items():
        if ours in entry:
            yield f"{path}/{theirs}"
    if {"first_name", "last_name"} & entry.keys():
        yield f"{path}/displayName"
    if {"licenses", "location", "license"} & entry.keys() and plural != "locations":
        # with the licence everything of calling comes and goes; a move loses settings and takes the number along
        yield from (f"{path}/{name}" for name in ("licenses", "calling", "location", "callingType"))
        yield "numbers"
    sections = {"forwarding": ("forwarding",), "numbers": ("alternates", "distinctiveRing")}
    sections |= {"outgoing_permissions": ("outgoingPermission",), "pstn": ("pstn",)}
    sections |= {"internal_dialing": ("internalDialing",), "extension": ("extension",), "phone_number": ("number",)}
    for name, theirs_of in sections.items():
        if name in entry:
            yield from (f"{path}/calling/{theirs}" for theirs in theirs_of)
    for name in (entry.get("calling") or {}) if plural == "locations" else ():
        yield f"{path}/calling/{'callingLineId' if name == 'main_number' else _CALLING.get(name, name)}"


def _is_new(entry: Json) -> bool:
    """Only what is to be created says so much."""
    return "last_name" in entry or bool(entry.get("license")) or "address" in entry


def owner_of(address: str) -> str:
    """`person/ana@example.com` of a section of hers."""
    kind, _, key = address.partition("/")
    return f"{kind.partition('.')[0]}/{key}"


class _Tenant:
    def __init__(self, state: Json) -> None:
        self.records: dict[str, dict[str, list[Json]]] = {}
        keys = {"people": "emails", "workspaces": "displayName", "numbers": "number", "locations": "name"}
        for plural, key in keys.items():
            for record in state[plural]:
                name = record[key][0].lower() if key == "emails" else record[key]
                self.records.setdefault(plural, {}).setdefault(normal(name), []).append(record)
        self.place = {normal(record["name"]): record["id"] for record in state["locations"]}
        self.at = {record["id"]: record for record in state["locations"]}
        self.license: dict[str, str] = {}
        listed = [record for record in state["licenses"] if record["listed"]]
        for record in listed:
            name = normal(record["name"])
            shared = sum(normal(one["name"]) == name for one in listed) > 1
            self.license[record["id"]] = f"{name} [{record['subscriptionId']}]" if shared else name
        self.routes = {r["id"]: normal(r["name"]) for table in ("trunks", "route_groups") for r in state[table]}
        self.lines = {plural: state.get(plural, []) for plural in _LINES}
        self.addresses = dict(self._addresses(state))

    def differences(self, plural: str, entry: Json, key: str) -> Iterator[tuple[str, str]]:
        """(section, what) for each thing that is not as it should be."""
        if plural in _LINES:
            place = self.place.get(normal(entry["location"]))
            yield from (("", what) for what in line_features.unmet(self.lines[plural], entry, place, self.addresses))
            return
        found = self.records.get(plural, {}).get(normal(key.lower() if plural == "people" else key), [])
        if entry.get("state") == "absent":
            yield from (("", "still there") for _ in found)
            return
        if len(found) != 1:
            yield "", f"{len(found)} of it are there"
            return
        record = found[0]
        calling = record.get("calling") or {}
        for ours, theirs in _PLAIN[plural].items():
            if ours in entry and normal(record.get(theirs) or None) != normal(entry[ours] or None):
                yield "", f"{ours} is {record.get(theirs)!r}"
        if plural == "numbers":
            yield from self._number(record, entry)
        elif plural == "locations":
            yield from self._location(calling, entry)
        else:
            yield from self._place(record if plural == "workspaces" else calling, entry)
            yield from self._owner(record, calling, entry)

    def _addresses(self, state: Json) -> Iterator[tuple[tuple[str, str], str]]:
        """Who may be a member of something, by table and uuid."""
        yield from ((("people", one["id"]), f"person/{one['emails'][0].lower()}") for one in state["people"])
        rooms = state["workspaces"]
        yield from ((("workspaces", one["id"]), f"workspace/{normal(one['displayName'])}") for one in rooms)
        for one in self.lines["virtual_lines"]:
            place = normal(self.at[one["location"]]["name"])
            yield ("virtual_lines", one["id"]), f"virtual_line/{place}/{line_features.name_of(one)}"

    def _number(self, record: Json, entry: Json) -> Iterator[tuple[str, str]]:
        if entry["state"].upper() != record["state"]:
            yield "", f"state is {record['state']}"
        if "location" in entry and self.place.get(normal(entry["location"])) != record["location"]:
            yield "", "at another location"

    def _place(self, somewhere: Json, entry: Json) -> Iterator[tuple[str, str]]:
        """A person is somewhere by calling, a workspace without it too."""
        if "location" in entry and somewhere.get("location") != self.place.get(normal(entry["location"])):
            yield "", "not at its location"

    def _owner(self, record: Json, calling: Json, entry: Json) -> Iterator[tuple[str, str]]:
        for ours, theirs in (("extension", "extension"), ("phone_number", "number")):
            if ours in entry and (calling.get(theirs) or None) != entry[ours]:
                yield "", f"{ours} is {calling.get(theirs)!r}"
        held = {self.license[one] for one in record["licenses"] if one in self.license}
        wanted = entry.get("licenses")
        if isinstance(wanted, dict):
            yield from (("", f"license {name}") for name, on in wanted.items() if (normal(name) in held) != on)
        elif wanted is not None and held != {normal(name) for name in wanted}:
            yield "", f"licenses are {sorted(held)}"
        if "license" in entry and (normal(entry["license"]) not in held if entry["license"] else bool(held)):
            yield "", f"license is {sorted(held)}"
        if "forwarding" in entry:
            yield from (("forwarding", what) for what in _forwarding(calling, entry["forwarding"]))
        if "numbers" in entry:
            have = {one["number"] for one in calling.get("alternates") or []}
            if have != set((entry["numbers"] or {}).get("secondary", [])):
                yield "numbers", f"secondary are {sorted(have)}"
        if "outgoing_permissions" in entry:
            yield from (("outgoing_permissions", what) for what in self._allowed(calling, entry))
        yield from call_settings.unmet(record, entry, self.addresses)

    def _allowed(self, calling: Json, entry: Json) -> Iterator[str]:
        own = calling.get("outgoingPermission") or {}
        if entry["outgoing_permissions"] is None:
            if own.get("useCustomEnabled"):
                yield "own permissions are used"
            return
        place = self.at.get(calling.get("location"), {}).get("calling") or {}
        effective = own["custom"] if own.get("useCustomEnabled") else place.get("outgoingPermission")
        yield from _permissions(effective, entry)

    def _location(self, calling: Json, entry: Json) -> Iterator[tuple[str, str]]:
        for ours, wanted in (entry.get("calling") or {}).items():
            have = calling.get(_CALLING.get(ours, ours))
            if ours == "main_number":
                have = (calling.get("callingLineId") or {}).get("phoneNumber")
            if ours != "announcement_language" and have != wanted:
                yield "calling", f"{ours} is {have!r}"
        if "pstn" in entry and (calling.get("pstn") or {}).get("route") not in self._routes(entry["pstn"]):
            yield "pstn", f"goes by {calling.get('pstn')}"
        if "internal_dialing" in entry:
            wanted, have = entry["internal_dialing"]["unknown_extensions"], calling.get("internalDialing") or {}
            off = not have or have.get("enabled") is False
            if (wanted is None or wanted.get("enabled") is False) != off:
                yield "internal_dialing", f"is {have}"
            elif not off and have.get("route") not in self._routes(wanted):
                yield "internal_dialing", f"goes by {have}"
        if "outgoing_permissions" in entry:
            have = calling.get("outgoingPermission")
            yield from (("outgoing_permissions", what) for what in _permissions(have, entry))

    def _routes(self, wanted: Json) -> list[str]:
        names = {normal(name) for name in wanted.values()}
        return [one for one, name in self.routes.items() if name in names]


def _forwarding(calling: Json, wanted: Json | None) -> Iterator[str]:
    have = calling.get("forwarding") or {}
    for ours, theirs in _BRANCHES.items():
        branch = have.get(theirs) or {}
        if wanted is None or (ours in wanted and wanted[ours] is None):
            if branch.get("enabled"):
                yield f"{ours} is on"
        elif ours in wanted:
            if not branch.get("enabled") or branch.get("destination") != wanted[ours]["destination"]:
                yield f"{ours} goes to {branch.get('destination')!r}"
            elif "voicemail" in wanted[ours] and branch["destinationVoicemailEnabled"] != wanted[ours]["voicemail"]:
                yield f"{ours} has another voicemail setting"


def _permissions(have: Json | None, entry: Json) -> Iterator[str]:
    for call_type, wanted in entry["outgoing_permissions"].items():
        action, transfer = DEFAULTS[call_type]
        found = (have or {}).get(call_type) or {"action": action, "transferEnabled": transfer}
        other_transfer = "transfer" in wanted and found["transferEnabled"] != wanted["transfer"]
        if found["action"] != wanted["action"] or other_transfer:
            yield f"{call_type} is {found}"
