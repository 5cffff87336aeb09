"""Who sends calls on, to where, and whether always or only sometimes; of people, rooms and features alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from reconciler.insights.facts import TenantFacts, at, rows_at
from reconciler.insights.rule import place_of
from reconciler.model.address import owner_address
from reconciler.model.snapshot import Current

_FEATURES = ("hunt_group", "call_queue", "auto_attendant")
_MENUS = ("business_hours_menu", "after_hours_menu", "holiday_menu")


@dataclass(frozen=True)
class Forward:
    """`address` sends calls to `destination`, dialled at `place`; `when` in words, `always` without condition. A key of
    an attendant (`chosen`) is the caller's own doing."""

    address: str
    destination: str
    place: str
    when: str
    always: bool = False
    chosen: bool = False


def forwards(facts: TenantFacts) -> list[Forward]:
    """All of a tenant that were read and are switched on."""
    found = [one for kind in ("person", "workspace") for current in facts.all(kind) for one in _personal(current)]
    for kind in _FEATURES:
        for current in facts.all(kind):
            found += _policies(current)
        for current in facts.all(f"{kind}.forwarding"):
            found += _unconditional(current)
    return [one for one in found if one.destination]


def _personal(current: Current) -> Iterator[Forward]:
    section = current.fields.get("forwarding")
    for name, words in (("always", "all calls"), ("busy", "calls when busy"), ("no_answer", "unanswered calls")):
        branch = at(section, name)
        if isinstance(branch, dict) and branch.get("enabled"):
            yield _forward(current, branch.get("destination"), words, always=name == "always")


def _unconditional(current: Current) -> Iterator[Forward]:
    always = at(current.fields, "call_forwarding.always")
    if isinstance(always, dict) and always.get("enabled"):
        yield _forward(current, always.get("destination"), "all calls", always=True)


def _policies(current: Current) -> Iterator[Forward]:
    fields = current.fields
    if at(fields, "call_policies.no_answer.forward_enabled"):
        yield _forward(current, at(fields, "call_policies.no_answer.destination"), "unanswered calls")
    if at(fields, "call_policies.busy_redirect.enabled"):
        yield _forward(current, at(fields, "call_policies.busy_redirect.destination"), "calls when busy")
    if str(at(fields, "queue_settings.overflow.action")).startswith("TRANSFER"):
        yield _forward(current, at(fields, "queue_settings.overflow.transfer_number"), "calls that overflow")
    for menu in _MENUS:
        for key in rows_at(fields, f"{menu}.key_configurations"):
            if str(key.get("action")).startswith("TRANSFER"):
                words = f"key {key.get('key')} of the {menu.removesuffix('_menu').replace('_', ' ')} menu"
                yield _forward(current, key.get("value"), words, chosen=True)


def _forward(current: Current, destination: Any, when: str, *, always: bool = False, chosen: bool = False) -> Forward:
    text = destination if isinstance(destination, str) else ""
    return Forward(owner_address(current.address), text, place_of(current), when, always, chosen)
