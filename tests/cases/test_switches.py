"""What nobody knows of the real API is a switch of the simulator: the cases hold in both positions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reconciler.simulator.core import routing, switches
from tests.support.case import Case, cases, run
from tests.support.live import Live

#: The other position, and the kinds that can tell.
OTHER: dict[str, tuple[Any, tuple[str, ...]]] = {
    "people_put_without_extension": ("clear", ("person",)),
    "number_add_existing": ("ignore", ("number",)),
    "custom_permissions_after_off": ("dropped", ("person.outgoing_permissions", "workspace.outgoing_permissions")),
    "location_name_duplicate": ("accept", ("location",)),
    "location_name_filter": ("prefix", ("location", "location.calling")),
    "forwarding_needs_number": ("on", ()),  # a refusal of the API, which no plan can know
    "unwritable_call_types_shown": (
        "on",
        ("location.outgoing_permissions", "person.outgoing_permissions", "workspace.outgoing_permissions"),
    ),
    "extension_row_empty_number": ("off", ("workspace", "number")),
    "number_release": ("30s", ("number", "person", "workspace", "person.numbers", "workspace.numbers")),
}


def test_every_switch_is_here() -> None:
    routing.discover()
    assert OTHER.keys() <= {switch.name for switch in switches.declared()}


FLIPPED = [
    pytest.param(replace(case, switches={switch: value}, patient=value.endswith("s")), id=f"{switch}={value}-{case.name}")
    for switch, (value, kinds) in OTHER.items()
    for case in cases()
    if case.kind in kinds and not case.switches
]


@pytest.mark.parametrize("case", FLIPPED)
def test_case_in_the_other_position(case: Case, live: Live) -> None:
    run(case, live)
