"""Generated tenants: people with some 40 leaf fields in YAML by location, and the snapshot that they equal but for 1 %.

desired/tenant.yaml
desired/<location>/location.yaml   the location and its number range
desired/<location>/people.yaml     its people
state/                             the same, as an export would have written it
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reconciler.model.snapshot import Current, MemorySnapshot
from reconciler.repository import store

PER_LOCATION = 200
ORG = "Y2lzY29zcGFyazovL3VzL09SR0FOSVpBVElPTi8wMDAwMDAwMA"
_BLOCKED = ("INTERNATIONAL", "PREMIUM_SERVICES_I", "PREMIUM_SERVICES_II", "CHARGEABLE_DIRECTORY_ASSISTED")
_TYPES = ("INTERNAL_CALL", "LOCAL", "TOLL_FREE", "TOLL", "NATIONAL", "OPERATOR_ASSISTED", *_BLOCKED)


@dataclass(frozen=True)
class Person:
    """One person by number; `changed` differs from the snapshot in a forwarding and in a permission."""

    number: int
    changed: bool = False

    @property
    def location(self) -> str:
        return location(self.number // PER_LOCATION)

    def fields(self) -> dict[str, Any]:
        n = self.number
        action = "ALLOW" if self.changed else "BLOCK"
        return {
            "email": f"user{n:06d}@example.com",
            "first_name": f"First{n % 997}",
            "last_name": f"Last{n % 9973}",
            "display_name": f"First{n % 997} Last{n % 9973}",
            "location": self.location,
            "extension": f"{n % PER_LOCATION + 1000}",
            "phone_number": phone(n),
            "licenses": ["Webex Calling - Professional"],
            "numbers": {"secondary": [], "distinctive_ring": False},
            "forwarding": {
                "always": None,
                "busy": {"enabled": True, "destination": f"53{n % 89999 + 10000}", "voicemail": self.changed},
                "no_answer": {"enabled": True, "destination": f"+3460{n:07d}", "voicemail": True, "rings": 5},
                "business_continuity": {"enabled": True, "destination": "5399000", "voicemail": False},
            },
            "outgoing_permissions": {
                name: {"action": action if name in _BLOCKED[:1] else "ALLOW", "transfer": name not in _BLOCKED}
                for name in _TYPES
            },
        }

    def yaml(self) -> str:
        """As a person would write it; by hand, because a dumper would take longer than all measurements."""
        fields = self.fields()
        forwarding, permissions = fields["forwarding"], fields["outgoing_permissions"]
        lines = [
            f"  - email: {fields['email']}",
            f"    first_name: {fields['first_name']}",
            f"    last_name: {fields['last_name']}",
            f"    display_name: {fields['display_name']}",
            f"    location: {fields['location']}",
            f'    extension: "{fields["extension"]}"',
            f'    phone_number: "{fields["phone_number"]}"',
            "    licenses: [Webex Calling - Professional]",
            "    numbers:",
            "      secondary: []",
            "      distinctive_ring: false",
            "    forwarding:",
        ]
        for name, branch in forwarding.items():
            lines.append(f"      {name}:" + (" null" if branch is None else ""))
            lines += [f"        {field}: {_scalar(value)}" for field, value in (branch or {}).items()]
        lines.append("    outgoing_permissions:")
        for name, permission in permissions.items():
            lines.append(f"      {name}:")
            lines += [f"        {field}: {_scalar(value)}" for field, value in permission.items()]
        return "\n".join(lines) + "\n"


def location(number: int) -> str:
    return f"Site {number:04d}"


def phone(number: int) -> str:
    return f"+3491{number:07d}"


def changed(size: int, how: str) -> set[int]:
    """1 % of the people: `spread` over all files, or `clustered` in as few as hold them."""
    count = max(1, size // 100)
    return set(range(count)) if how == "clustered" else set(range(0, size, size // count))


def write(root: Path, size: int, how: str = "spread", *, with_state: bool = True) -> None:
    """A tenant of that many people below `root`; its desired state differs from its snapshot in 1 % of them."""
    (root / "desired").mkdir(parents=True, exist_ok=True)
    (root / "desired/tenant.yaml").write_text(f"schema_version: 1\norg: {{name: Benchmark, id: {ORG}}}\n")
    different = changed(size, how)
    for number in range(-(-size // PER_LOCATION)):
        folder = root / "desired" / f"site-{number:04d}"
        folder.mkdir(exist_ok=True)
        (folder / "location.yaml").write_text(_location_yaml(number))
        (folder / "people.yaml").write_text(people_yaml(number, size, different))
    if with_state:
        store.write(root / "state", snapshot(size))


def people_yaml(number: int, size: int, different: set[int]) -> str:
    """The file of one location's people."""
    return "people:\n" + "".join(Person(n, n in different).yaml() for n in _at(number, size))


def snapshot(size: int) -> MemorySnapshot:
    """The tenant as exported."""
    found = MemorySnapshot(org={"id": ORG, "name": "Benchmark"})
    found.add(Current("license", "Webex Calling - Professional", "l0", {"name": "Webex Calling - Professional"}))
    for number in range(-(-size // PER_LOCATION)):
        name = location(number)
        found.add(Current("location", name, f"loc{number}", _location_fields(number)))
        for n in _at(number, size):
            fields = {"number": phone(n), "location": name, "state": "active"}
            found.add(Current("number", phone(n), phone(n), fields, {"location": name, "owner": f"PEOPLE {n}"}))
            person = Person(n).fields()
            person["outgoing_permissions"]["custom"] = True
            found.add(Current("person", person["email"], f"id{n:08d}", person, {"calling": True}))
    return found


def _at(number: int, size: int) -> Iterator[int]:
    return iter(range(number * PER_LOCATION, min((number + 1) * PER_LOCATION, size)))


def _location_fields(number: int) -> dict[str, Any]:
    address = {"address1": f"Street {number}", "city": "Madrid", "postal_code": "28013", "country": "ES"}
    return {
        "name": location(number),
        "address": address,
        "time_zone": "Europe/Madrid",
        "preferred_language": "es_es",
        "calling": {"announcement_language": "es_es"},
    }


def _location_yaml(number: int) -> str:
    return (
        f"locations:\n  - name: {location(number)}\n"
        f'    address: {{address1: Street {number}, city: Madrid, postal_code: "28013", country: ES}}\n'
        "    time_zone: Europe/Madrid\n    calling: {announcement_language: es_es}\n"
    )


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) and not value.isalpha() and "_" not in value else str(value)
