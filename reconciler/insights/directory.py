"""Who is reached under a number or an extension, and what a destination of forwarding leads to.

An extension is looked for at the location that dials, then with the routing prefixes of all (ESN), then at the other
locations. What a PBX, a dial plan or a feature code may answer is never called nobody's.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from reconciler.insights.facts import TenantFacts
from reconciler.model.address import owner_address
from reconciler.model.snapshot import Current

#: What has an extension or a number, and so must be listed whole before "nobody has it" can be said.
DIALABLE = (
    "person",
    "workspace",
    "virtual_line",
    "hunt_group",
    "call_queue",
    "auto_attendant",
    "location.voice_portal",
)
#: Others that may have one; where they were read they count.
_ALSO = (
    "paging_group",
    "voicemail_group",
    "call_park_extension",
    "virtual_extension",
    "call_queue.dnis",
)
_PATTERNS = ("dial_plan", "dial_plan.patterns", "virtual_extension_range", "translation_pattern")


@dataclass(frozen=True)
class Reachability:
    """`ours`: these addresses answer; `nobody`: ours by number, but nobody has it; `outside`: leaves the tenant, to
    `country` (ISO 3166, empty when unknown); `unknown`: cannot be told."""

    where: Literal["ours", "nobody", "outside", "unknown"]
    addresses: tuple[str, ...] = ()
    country: str = ""


UNKNOWN = Reachability("unknown")


class Directory:
    """Numbers, extensions and prefixes of a tenant."""

    def __init__(self, facts: TenantFacts) -> None:
        self._facts = facts
        self.by_number: dict[str, list[str]] = defaultdict(list)
        self.by_extension: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._anywhere: dict[str, list[str]] = defaultdict(list)
        self._locations = {location.key: location.fields for location in facts.all("location")}
        self.prefixes = {name: prefix_of(fields) for name, fields in self._locations.items()}
        for kind in (*DIALABLE, *_ALSO):
            for current in facts.all(kind):
                self._add(current)
        self._inventory = {n.key: n for n in facts.all("number")}
        self._longest = max((len(digits) for digits in self._anywhere), default=0)
        self.by_esn: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for (place, extension), owners in sorted(self.by_extension.items()):
            if self.prefixes.get(place):
                self.by_esn[self.prefixes[place] + extension] += [(place, owner) for owner in owners]
        self._longest = max([self._longest, *map(len, self.by_esn)])

    def _add(self, current: Current) -> None:
        owner = owner_address(current.address)
        place = current.key if current.kind.startswith("location.") else str(current.fields.get("location") or "")
        for number in numbers_of(current):
            if owner not in self.by_number[number]:
                self.by_number[number].append(owner)
        extension = extension_of(current)
        if extension and owner not in self.by_extension[place, extension]:
            self.by_extension[place, extension].append(owner)
            self._anywhere[extension].append(owner)

    @cached_property
    def complete(self) -> bool:
        """Whether everything that can be dialled is known, so that "nobody has it" can be said."""
        return all(self._facts.proven(kind) for kind in (*DIALABLE, "number", "location"))

    def reach(self, destination: str, place: str) -> Reachability:
        """Where a call forwarded to this destination from a location ends up."""
        text = plain(destination)
        if text.startswith("+"):
            return self._number(text)
        if not text.isdigit():
            return UNKNOWN
        found = self.by_extension.get((place, text)) or [owner for _, owner in self.by_esn.get(text, ())]
        found = found or self._anywhere.get(text, [])
        if found:
            return Reachability("ours", tuple(found))
        if self._planned(text):
            return UNKNOWN
        if len(text) > self._longest:
            return self._dialled(text, place)
        location = self._locations.get(place) or {}
        dialing = location.get("internal_dialing")  # unread: some PBX may answer
        routed = dialing is None or bool((dialing.get("unknown_extensions") or {}).get("enabled"))
        outside = _outside_digit(location)
        if routed or not self.complete or (outside and text.startswith(outside)):
            return UNKNOWN
        return Reachability("nobody")

    def _number(self, number: str) -> Reachability:
        if number in self.by_number:
            return Reachability("ours", tuple(self.by_number[number]))
        row = self._inventory.get(number)
        if row is not None:
            taken = row.facts.get("owner") or row.facts.get("main") or not self.complete
            return UNKNOWN if taken else Reachability("nobody")
        if self._planned(number) or not self._facts.proven("number"):
            return UNKNOWN
        return Reachability("outside", country=_country(number))

    def _dialled(self, digits: str, place: str) -> Reachability:
        """National digits, perhaps after the digit that takes a line."""
        fields = self._locations.get(place) or {}
        country = (fields.get("address") or {}).get("country") or ""
        outside = _outside_digit(fields)
        without = digits.removeprefix(outside) if outside else digits
        for candidate in dict.fromkeys((without, digits)):
            number = _e164(candidate, country)
            if number:
                return self._number(number)
        return UNKNOWN

    def _planned(self, digits: str) -> bool:
        """Whether a dial plan takes it, to a PBX behind a trunk."""
        return any(pattern.fullmatch(digits) for pattern in self._dial_patterns)

    @cached_property
    def _dial_patterns(self) -> list[re.Pattern[str]]:
        """Digits that a dial plan sends elsewhere: `X` is a digit, `!` any number of them."""
        found: list[str] = []
        for kind in _PATTERNS:
            for current in self._facts.all(kind):
                for name in ("patterns", "dial_patterns", "matching_pattern"):
                    value = current.fields.get(name)
                    rows = value if isinstance(value, list) else [value]
                    found += [pattern for row in rows if (pattern := _pattern(row))]
        spelled = ("".join({"X": "[0-9]", "!": "[0-9]*"}.get(c, re.escape(c)) for c in text) for text in found)
        return [re.compile(text) for text in spelled]


def _pattern(row: Any) -> str:
    pattern = row.get("dial_pattern") if isinstance(row, dict) else row
    return pattern if isinstance(pattern, str) else ""


def plain(number: str) -> str:
    """A number without what only helps the eye: `+44-20 79` → `+442079`."""
    return re.sub(r"[\s().-]", "", number)


def prefix_of(location: Any) -> str:
    return str(((location or {}).get("calling") or {}).get("routing_prefix") or "")


def _outside_digit(location: Any) -> str:
    return str(((location or {}).get("calling") or {}).get("outside_dial_digit") or "")


def numbers_of(current: Current) -> Iterator[str]:
    """All numbers of a resource in E.164, whatever its artefact calls them."""
    fields = current.fields
    nested, section = fields.get("number"), fields.get("numbers")
    direct = nested.get("external") if isinstance(nested, dict) else None
    secondary = section.get("secondary") or () if isinstance(section, dict) else ()
    rows = [fields.get("phone_number"), direct, *secondary]
    others = fields.get("alternate_number_settings")
    alternates = others.get("alternate_numbers") if isinstance(others, dict) else None
    if isinstance(alternates, list):
        rows += [one.get("phone_number") for one in alternates if isinstance(one, dict)]
    for row in rows:
        if isinstance(row, str) and row.strip().startswith("+"):
            yield plain(row)


def extension_of(current: Current) -> str:
    nested = current.fields.get("number")
    found = current.fields.get("extension") or (nested.get("extension") if isinstance(nested, dict) else "")
    return found if isinstance(found, str) else ""


def _country(number: str) -> str:
    from phonenumbers import NumberParseException, parse, region_code_for_number

    try:
        return region_code_for_number(parse(number)) or ""
    except NumberParseException:
        return ""


def _e164(digits: str, country: str) -> str:
    from phonenumbers import NumberParseException, PhoneNumberFormat, format_number, is_possible_number, parse

    text = f"+{digits[2:]}" if digits.startswith("00") else digits
    try:
        found = parse(text, country or None)
    except NumberParseException:
        return ""
    return format_number(found, PhoneNumberFormat.E164) if is_possible_number(found) else ""
