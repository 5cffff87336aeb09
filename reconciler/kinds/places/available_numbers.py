"""Numbers that may still be chosen, by purpose. API: `…/availableNumbers` (webex-behaviour.md §4, §13).

A variant of the whole organisation is asked per location, because its rows do not say where a number is. A variant
under one person, workspace or virtual line offers the numbers of that one's location: one of each location is asked,
so no number stands twice (S20). Variants that are not here do not exist.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reconciler.kinds.contract.kind import Column, SectionKind
from reconciler.kinds.contract.observed import MEMBERS, Shape, of_location, rows_of, texts
from reconciler.model.snapshot import Current

_OWNERS = (*MEMBERS, "hunt_group", "call_queue", "auto_attendant", "paging_group", "voicemail_group", "route_list")
_SHAPE = Shape(refs={"numbers[].owner.id": _OWNERS})
_COLUMNS = (
    *texts(("location", "Location")),
    Column("numbers", "list", "Numbers: state, main or toll-free or service number, and who has it"),
)
_WORDS = {"person": "people", "workspace": "workspaces", "virtual_line": "virtual lines"}
#: By path: our name, what the numbers are for, and in whose settings there is such a list.
_VARIANTS = {
    "secondary": ("secondary", "second number", ("person", "workspace")),
    "callForwarding": ("call_forward", "target of forwarding", MEMBERS),
    "callIntercept": ("intercept", "target of call intercept", ("person", "workspace")),
    "emergencyCallbackNumber": ("ecbn", "emergency callback number", MEMBERS),
    "faxMessage": ("fax", "fax number", MEMBERS),
}
_MEMBERS = {
    "person": ("people", "personId"),
    "workspace": ("workspaces", "workspaceId"),
    "virtual_line": ("virtualLines", "lineId"),
}


def _by_key(owner: Current) -> Any:
    return owner.key


def _professional_first(workspace: Current) -> Any:
    """Workspaces of the basic tier are refused (405/25409), so they are asked only where there is no other."""
    return "Professional" not in str(workspace.fields.get("license")), workspace.key


def _of_organisation(kind: str, variant: str, path: str) -> SectionKind:
    name = f"available_numbers.{kind}_{variant}"
    return SectionKind(
        name=name,
        doc=f"First numbers that new {_WORDS[kind]} of a location may get.",
        requests=(f"GET {path}",),
        columns=_COLUMNS,
        of="calling_location",
        look=rows_of(name, path, "phoneNumbers", "numbers", _SHAPE, lambda row: {"locationId": "{id}"}, max="2000"),
        paged="numbers",
        derived=True,
    )


def _of_member(kind: str, variant: str, first: Callable[[Current], Any]) -> SectionKind:
    plural, parameter = _MEMBERS[kind]
    short, purpose, _ = _VARIANTS[variant]
    name = f"available_numbers.{kind}_{short}"
    path = f"/telephony/config/{plural}/{{}}/{variant}/availableNumbers"
    return SectionKind(
        name=name,
        doc=f"Numbers that {_WORDS[kind]} of a location may have as {purpose}.",
        requests=(f"GET {path.format('{' + parameter + '}')}",),
        columns=_COLUMNS,
        of=kind,
        calling=True,
        one_per_location=first,
        look=of_location(rows_of(name, path.format("{id}"), "phoneNumbers", "numbers", _SHAPE, max="2000")),
        paged="numbers",
        derived=True,
    )


KINDS = (
    _of_organisation("person", "primary", "/telephony/config/people/primary/availableNumbers"),
    _of_organisation("workspace", "available", "/telephony/config/workspaces/availableNumbers"),
    _of_organisation("virtual_line", "available", "/telephony/config/virtualLines/availableNumbers"),
    *(
        _of_member(kind, variant, _professional_first if kind == "workspace" else _by_key)
        for variant, (_, _, kinds) in _VARIANTS.items()
        for kind in kinds
    ),
)
