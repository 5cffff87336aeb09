"""Generated tenants, and desired states over what is in them and what is not: plain, contradictory and impossible."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from reconciler.simulator import generate_tenant, sample_tenant
from reconciler.simulator.core.store import numbers_of
from tests.properties import call_settings, line_features, oddities
from tests.support.state import normal

Json = dict[str, Any]
PROFESSIONAL, WORKSPACES, MESSAGING = "Webex Calling - Professional", "Webex Calling - Workspaces", "Messaging"
_CALL_TYPES = ("NATIONAL", "INTERNATIONAL", "TOLL_FREE")
_SAMPLE_SHARE = 6  # one in so many


class World:
    """A tenant and what can be said of it: who is where, which numbers are whose. `size` makes it, empty: the sample;
    `odd` in it makes it such as others leave one (oddities.py), and `settings` is what tenant.yaml says of it. In a
    `peaceful` one nobody wants what somebody has, but for those who swap. Names are in normal form."""

    def __init__(self, size: Json, *, peaceful: bool = False) -> None:
        self.size, self.peaceful = size, peaceful
        counts = {name: value for name, value in size.items() if name != "odd"}
        self.tenant = tenant = generate_tenant(**counts) if counts else sample_tenant()
        self.aliases = oddities.put_into(tenant, size.get("odd", {}))
        self.settings = oddities.settings(size.get("odd", {}))
        self.names = {one["id"]: normal(one["name"]) for one in tenant["locations"]}
        self.locations = sorted(self.names.values())
        self.numbers = {one["number"]: self.names[one["location"]] for one in tenant["numbers"]}
        self.people = {one["emails"][0].lower(): one for one in tenant["people"]}
        self.workspaces = {normal(one["displayName"]): one for one in tenant["workspaces"]}
        self.lines = {
            plural: [
                {"location": self.names[o["location"]], "name": line_features.name_of(o)}
                for o in tenant.get(plural, [])
            ]
            for plural in line_features.PLURALS
        }
        self.subscriptions: dict[str, list[str]] = {}
        for one in tenant["licenses"]:
            self.subscriptions.setdefault(one["name"], []).append(one["subscriptionId"])

    def __repr__(self) -> str:
        return f"World({self.size!r}, peaceful={self.peaceful})"

    def license(self, draw: DrawFn, name: str) -> str:
        """How a licence of that name is described; now and then by the name alone where two have it."""
        several = self.subscriptions.get(name, [])
        if len(several) < 2 or draw(st.integers(0, 11)) == 0:
            return name
        return f"{name} [{draw(st.sampled_from(several))}]"

    def location_of(self, record: Json) -> str:
        return str(self.names[record["calling"]["location"]]) if record.get("calling") else ""

    def members(self) -> list[str]:
        """The addresses of who can be in a group or be watched: whoever has a line."""
        called = [f"person/{email}" for email, one in self.people.items() if one.get("calling")]
        called += [f"workspace/{name}" for name, one in self.workspaces.items() if one.get("calling")]
        return called + [f"virtual_line/{one['location']}/{one['name']}" for one in self.lines["virtual_lines"]]

    def in_use(self, field: str, location: str) -> list[str]:
        """Extensions or numbers that somebody at that location has: to be swapped, taken over or fought about."""
        records = [*self.people.values(), *self.workspaces.values()] if not self.peaceful else []
        held = [r["calling"].get(field) for r in records if self.location_of(r) == location]
        return sorted(value for value in held if value)

    def numbers_at(self, location: str) -> list[str]:
        numbers = sorted(number for number, place in self.numbers.items() if place == location)
        return [one for one in numbers if one not in self._held()] or numbers if self.peaceful else numbers

    def _held(self) -> set[str]:
        blocks = [one.get("calling") or {} for one in (*self.people.values(), *self.workspaces.values())]
        return {number for block in blocks for number in numbers_of(block)}


_NEVER = st.just(False)


@st.composite
def tenants(
    draw: DrawFn,
    peaceful: st.SearchStrategy[bool] = _NEVER,
    *,
    directories: st.SearchStrategy[Json] = oddities.owners,
    without: frozenset[str] = frozenset(),
) -> World:
    odd = draw(oddities.oddities) | draw(directories)
    odd = {name: value for name, value in odd.items() if name not in without}
    if draw(st.integers(1, _SAMPLE_SHARE)) == 1:
        return World({"odd": odd} if odd else {}, peaceful=draw(peaceful))
    size: Json = {"odd": odd} if odd else {}
    size |= {"people": draw(st.integers(2, 12)), "locations": draw(st.integers(1, 3))}
    size |= {"workspaces": draw(st.integers(0, 5)), "seed": draw(st.integers(0, 5))}
    if features := draw(st.sampled_from([0, 0, 0, 8])):
        size["features"] = features
    return World(size, peaceful=draw(peaceful))


@st.composite
def desired_states(draw: DrawFn, world: World) -> Json:
    """One desired file; nobody is described twice and nothing is claimed twice, the rest is left to chance."""
    taken: set[tuple[str, str]] = set()
    swapped = swaps(draw, world, taken)
    swapped |= swaps_of_places(draw, world, taken, swapped)
    people = [person(draw, world, email, taken) for email in some(draw, world.people, 5)]
    people += [new_person(draw, world, f"new{n}@example.com", taken) for n in range(draw(st.integers(0, 2)))]
    rooms = [workspace(draw, world, name, taken) for name in some(draw, world.workspaces, 3)]
    rooms += [new_workspace(draw, world, f"Studio {n}", taken) for n in range(draw(st.integers(0, 1)))]
    numbers = [number(draw, world, one) for one in some(draw, world.numbers, 4)]
    numbers += [new_number(draw, world, f"+1555900{n:04d}") for n in range(draw(st.integers(0, 6)))]
    for entry in [*people, *rooms]:
        around = swapped.pop(entry.get("email") or entry["name"], {})
        if not {"location", "state"} & entry.keys() and not ("location" in around and "licenses" in entry):
            entry |= around
            if "location" in around:  # their second numbers stay behind
                entry.pop("numbers", None)
    people += [{"email": name, **value} for name, value in swapped.items() if "@" in name]
    by_alias(draw, world, people)
    rooms += [{"name": name, **value} for name, value in swapped.items() if "@" not in name]
    places = [location(draw, world, name) for name in some(draw, world.locations, 2)]
    if draw(st.integers(0, 3)) == 0:
        places.append(new_location(draw))
    found = {"people": people, "workspaces": rooms, "numbers": numbers, "locations": places}
    found |= lines(draw, world, taken)
    return {plural: entries for plural, entries in found.items() if entries}


def lines(draw: DrawFn, world: World, taken: set[tuple[str, str]]) -> dict[str, list[Json]]:
    """Paging groups and virtual lines; each has an extension of its own, or a number."""

    def reached(entry: Json) -> None:
        address(draw, world, entry, entry["location"], taken)
        if not {"extension", "phone_number"} & entry.keys():
            entry["extension"] = extension(draw, world, entry["location"], taken)

    return {
        plural: list(line_features.draw_some(draw, plural, there, world.locations, reached, world.members()))
        for plural, there in world.lines.items()
        if draw(st.integers(0, 2)) == 0
    }


def beside(desired: Json, what: str) -> Json:
    """Other fields of the same documents: what a second clone wants, and what neither of two may lose."""
    people, rooms = [], []
    for entry in desired.get("people", ()):
        if (branches := entry.get("forwarding")) and what == "forwarding":
            free = next(name for name in ("busy", "always", "no_answer") if name not in branches)
            people.append({"email": entry["email"], "forwarding": {free: {"destination": "1002"}}})
        elif (allowed := entry.get("outgoing_permissions")) and what == "permissions":
            free = next(name for name in _CALL_TYPES if name not in allowed)
            people.append({"email": entry["email"], "outgoing_permissions": {free: {"action": "BLOCK"}}})
    for entry in desired.get("workspaces", ()):
        if "license" not in entry and entry.get("state") != "absent" and {"notes", "capacity"} - entry.keys():
            wish = {"capacity": 7} if "capacity" not in entry else {"notes": "Theirs"}
            rooms.append({"name": entry["name"], **wish})
    return {plural: entries for plural, entries in (("people", people), ("workspaces", rooms)) if entries}


def swaps(draw: DrawFn, world: World, taken: set[tuple[str, str]]) -> dict[str, Json]:
    """A few of one place hand extensions, numbers or both around in a circle."""
    place = draw(st.sampled_from(world.locations))
    here = [name for name, one in (world.people | world.workspaces).items() if world.location_of(one) == place]
    chosen = some(draw, here, 4)
    found: dict[str, Json] = {name: {} for name in chosen}
    for ours, theirs in (("extension", "extension"), ("phone_number", "number")):
        values = [(world.people | world.workspaces)[name]["calling"].get(theirs) for name in chosen]
        if maybe(draw):
            for name, value in zip(chosen, [*values[1:], *values[:1]], strict=True):
                found[name][ours] = value
                taken.add((place if ours == "extension" else "number", str(value)))
    return {name: value for name, value in found.items() if value}


def swaps_of_places(draw: DrawFn, world: World, taken: set[tuple[str, str]], others: Json) -> dict[str, Json]:
    """Two or three people go each where the next one is, and take over their extension, with or without sections."""
    admin = world.tenant["org"]["admin"]  # may not move, and no snapshot knows whose token it is
    here = [k for k, one in world.people.items() if one.get("calling") and one["id"] != admin and k not in others]
    chosen = some(draw, here, 3) if draw(st.integers(0, 2)) == 0 else []
    places = [world.location_of(world.people[name]) for name in chosen]
    if len(set(places)) < 2:
        return {}
    found: dict[str, Json] = {}
    for name, theirs, place in zip(chosen, [*chosen[1:], *chosen[:1]], [*places[1:], *places[:1]], strict=True):
        extension = world.people[theirs]["calling"].get("extension")
        found[name] = {"location": place, "extension": extension}
        taken.add((place, str(extension)))
        if place != world.location_of(world.people[name]):
            found[name]["phone_number"] = None
        sections(draw, world, found[name], place, taken)
    return found


def by_alias(draw: DrawFn, world: World, people: list[Json]) -> None:
    """Now and then somebody is described by an address that is not their primary one."""
    for entry in people:
        if entry["email"] in world.aliases and draw(st.integers(0, 1)):
            entry["email"] = world.aliases[entry["email"]]


def some(draw: DrawFn, names: Any, most: int) -> list[str]:
    names = sorted(names)
    return draw(st.lists(st.sampled_from(names), unique=True, max_size=most)) if names else []


def maybe(draw: DrawFn) -> bool:
    return draw(st.booleans())


def person(draw: DrawFn, world: World, email: str, taken: set[tuple[str, str]]) -> Json:
    # Not the admin whose token this is: without them there is nobody to ask as.
    if draw(st.integers(0, 11)) == 0 and world.people[email]["id"] != world.tenant["org"]["admin"]:
        return {"email": email, "state": "absent"}
    here = world.location_of(world.people[email])
    entry: Json = {"email": email}
    if maybe(draw):
        entry["first_name"] = draw(st.sampled_from(["Alex", "Zoë", "Łukasz", "O'Neil"]))
    target = here
    if here and draw(st.integers(0, 2)) == 0:
        target = entry["location"] = draw(st.sampled_from(world.locations))
    if not here and maybe(draw):
        target = entry["location"] = draw(st.sampled_from(world.locations))
        entry["licenses"] = [world.license(draw, PROFESSIONAL), world.license(draw, MESSAGING)]
        entry["extension"] = extension(draw, world, target, taken)
    if not target:
        return entry
    if draw(st.integers(0, 11)) == 0:
        messages, calls = world.license(draw, MESSAGING), world.license(draw, PROFESSIONAL)
        return {"email": email, "licenses": draw(st.sampled_from([[messages], {messages: False}, {calls: True}]))}
    address(draw, world, entry, target, taken)
    sections(draw, world, entry, target, taken)
    return entry


def new_person(draw: DrawFn, world: World, email: str, taken: set[tuple[str, str]]) -> Json:
    entry: Json = {"email": email, "first_name": "New", "last_name": "Person"}
    if maybe(draw):
        entry["provisioning"] = "scim"
    if maybe(draw):
        entry |= {"location": draw(st.sampled_from(world.locations)), "licenses": [world.license(draw, PROFESSIONAL)]}
        entry["extension"] = extension(draw, world, entry["location"], taken)
        address(draw, world, entry, entry["location"], taken)
        sections(draw, world, entry, entry["location"], taken)
    return entry


def workspace(draw: DrawFn, world: World, name: str, taken: set[tuple[str, str]]) -> Json:
    if draw(st.integers(0, 7)) == 0:
        return {"name": name, "state": "absent"}
    entry: Json = {"name": name}
    if maybe(draw):
        entry["notes"] = draw(st.sampled_from(["Sofa", "Quiet", None]))
    if maybe(draw):
        entry["capacity"] = draw(st.sampled_from([1, 12, None]))
    if here := world.location_of(world.workspaces[name]):
        address(draw, world, entry, here, taken)
        sections(draw, world, entry, here, taken)
    else:
        without_calling(draw, world, entry, world.workspaces[name])
    return entry


def without_calling(draw: DrawFn, world: World, entry: Json, record: Json) -> None:
    """Where it is, or is to be where it is nowhere; now and then what it cannot have or where it cannot be."""
    if maybe(draw):
        entry["location"] = world.names.get(record.get("location") or "") or draw(st.sampled_from(world.locations))
    if maybe(draw):
        entry["license"] = None
    if draw(st.integers(0, 9)) == 0 and not world.peaceful:
        refused: list[Json] = [{"extension": "4999"}, {"location": world.locations[0]}, {"license": WORKSPACES}]
        entry |= draw(st.sampled_from(refused))


def new_workspace(draw: DrawFn, world: World, name: str, taken: set[tuple[str, str]]) -> Json:
    place = draw(st.sampled_from(world.locations))
    if draw(st.integers(0, 3)) == 0:
        return {"name": name, "location": place, **draw(st.sampled_from([{}, {"license": None}, {"capacity": 3}]))}
    entry = {"name": name, "location": place}
    entry["license"] = world.license(draw, draw(st.sampled_from([PROFESSIONAL, WORKSPACES])))
    return {**entry, "extension": extension(draw, world, place, taken)}


def address(draw: DrawFn, world: World, entry: Json, place: str, taken: set[tuple[str, str]]) -> None:
    if "extension" not in entry and maybe(draw):
        entry["extension"] = extension(draw, world, place, taken)
    if draw(st.integers(0, 2)) == 0:
        choices = [None, *world.in_use("number", place), *world.numbers_at(place)[:6], *world.numbers_at(place)[-3:]]
        choice = draw(st.sampled_from(choices))
        if choice is None or claim(taken, "number", choice):
            entry["phone_number"] = choice


def extension(draw: DrawFn, world: World, place: str, taken: set[tuple[str, str]]) -> str:
    """A fresh one, at times somebody's at that place; never one twice in one desired state."""
    used = world.in_use("extension", place)
    choice = draw(st.sampled_from(used)) if used and draw(st.integers(0, 5)) == 0 else "4000"
    fresh = 4000
    while not claim(taken, place, choice):
        fresh += 1
        choice = str(fresh)
    return choice


def claim(taken: set[tuple[str, str]], space: str, value: str) -> bool:
    free = (space, value) not in taken
    taken.add((space, value))
    return free


def sections(draw: DrawFn, world: World, entry: Json, place: str, taken: set[tuple[str, str]]) -> None:
    if draw(st.integers(0, 2)) == 0:
        entry["forwarding"] = draw(st.none() | st.dictionaries(_BRANCHES, _branch(), min_size=1, max_size=2))
    if draw(st.integers(0, 3)) == 0:
        free = [one for one in world.numbers_at(place) if one not in world.in_use("number", place)][:8]
        chosen = [one for one in some(draw, free, 2) if claim(taken, "number", one)]
        entry["numbers"] = {"secondary": chosen} if chosen or maybe(draw) else None
    if draw(st.integers(0, 3)) == 0:
        entry["outgoing_permissions"] = draw(st.none() | _permissions())
    if draw(st.integers(0, 2)) == 0:
        entry |= call_settings.draw_some(draw, world.members())


_BRANCHES = st.sampled_from(["always", "busy", "no_answer", "business_continuity"])


def _branch() -> st.SearchStrategy[Json | None]:
    destination = st.sampled_from(["1001", "530100", "+12125550101", "*98"])
    return st.none() | st.fixed_dictionaries({"destination": destination}, optional={"voicemail": st.booleans()})


def _permissions() -> st.SearchStrategy[Json]:
    value = st.fixed_dictionaries(
        {"action": st.sampled_from(["ALLOW", "BLOCK", "AUTH_CODE"])}, optional={"transfer": st.booleans()}
    )
    return st.dictionaries(st.sampled_from(_CALL_TYPES), value, min_size=1, max_size=2)


def number(draw: DrawFn, world: World, one: str) -> Json:
    return {"number": one, "state": draw(st.sampled_from(["active", "active", "inactive", "absent"]))}


def new_number(draw: DrawFn, world: World, one: str) -> Json:
    return {
        "number": one,
        "location": draw(st.sampled_from(world.locations)),
        "state": draw(st.sampled_from(["active", "inactive"])),
    }


def location(draw: DrawFn, world: World, name: str) -> Json:
    entry: Json = {"name": name}
    if maybe(draw):
        entry["calling"] = {"outside_dial_digit": draw(st.sampled_from(["8", "9"]))}
    if maybe(draw):
        entry["calling"] = {"main_number": draw(st.sampled_from(world.numbers_at(name)[-10:]))}
    groups, trunks = ([one["name"] for one in world.tenant[c]] for c in ("route_groups", "trunks"))
    route = st.sampled_from([*({"route_group": one} for one in groups), *({"trunk": one} for one in trunks)])
    if maybe(draw):
        entry["pstn"] = draw(route)
    if maybe(draw):
        off = st.sampled_from([None, {"enabled": False}])
        entry["internal_dialing"] = {"unknown_extensions": draw(route | off)}
    if maybe(draw):
        entry["outgoing_permissions"] = draw(_permissions())
    return entry


def new_location(draw: DrawFn) -> Json:
    entry: Json = {
        "name": "New Site",
        "address": {"address1": "1 New Road", "city": "Newton", "postal_code": "10001", "state": "NY", "country": "US"},
        "time_zone": "America/New_York",
        "preferred_language": "en_us",
    }
    if maybe(draw):
        entry["calling"] = {"announcement_language": "en_us", "routing_prefix": "8999"}
    return entry
