"""Every rule: silent on a clean tenant, and loud about the one thing that is broken in it (S27)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reconciler.insights import judge, known_rules
from tests.insights.conftest import ANA, BO, CY, LONDON, YORK, World

Break = Callable[[World], None]
ON = {"enabled": True}
CASES: dict[str, tuple[Break, str]] = {}


def breaks(rule: str, address: str) -> Callable[[Break], Break]:
    """A case: after this change the rule speaks of this address."""

    def keep(change: Break) -> Break:
        assert rule not in CASES
        CASES[rule] = (change, address)
        return change

    return keep


def forward(world: World, who: str, destination: str, branch: str = "always") -> None:
    world.edit("person", who, **{f"forwarding__{branch}": {"enabled": True, "destination": destination}})


@breaks("person-unreachable", f"person/{ANA}")
def _(world: World) -> None:
    world.edit("person", ANA, extension=None, phone_number=None)


@breaks("person-without-number", f"person/{ANA}")
def _(world: World) -> None:
    world.edit("person", ANA, phone_number=None)


@breaks("unassigned-numbers", f"location/{YORK}")
def _(world: World) -> None:
    world.add("number", "+441904960009", {"location": YORK, "state": "inactive"})


@breaks("inactive-number-assigned", "number/+442079460001")
def _(world: World) -> None:
    world.edit("number", "+442079460001", state="inactive")


@breaks("location-without-main-number", f"location/{YORK}")
def _(world: World) -> None:
    world.edit("location", YORK, calling__main_number=None)


@breaks("location-without-emergency-number", f"location.emergency_callback_number/{YORK}")
def _(world: World) -> None:
    world.edit("location.emergency_callback_number", YORK, location_info={"effective_level": "NONE"})


@breaks("location-without-pstn", f"location/{YORK}")
def _(world: World) -> None:
    world.edit("location", YORK, pstn={"trunk": None, "route_group": None, "provider": None})


@breaks("routing-prefix-shared", f"location/{YORK}")
def _(world: World) -> None:
    world.edit("location", YORK, calling__routing_prefix="8201")


@breaks("extension-clash", f"person/{ANA}")
def _(world: World) -> None:
    world.edit("location", YORK, calling__routing_prefix="820")  # 820 + 11001 is 8201 + 1001
    world.edit("person", CY, extension="11001")


@breaks("extension-like-prefix", f"person/{CY}")
def _(world: World) -> None:
    world.edit("person", CY, extension="82011001")


@breaks("extension-without-prefix", f"person/{ANA}")
def _(world: World) -> None:
    for place in (LONDON, YORK):
        world.edit("location", place, calling__routing_prefix=None)
    world.edit("person", CY, extension="1001")


@breaks("license-unused", "license/Attendant")
def _(world: World) -> None:
    world.add("license", "Attendant", {"total": 3})


@breaks("license-over", "license/Calling")
def _(world: World) -> None:
    world.edit("license", "Calling", total=2)


@breaks("license-nearly-used", "license/Calling")
def _(world: World) -> None:
    for number in range(14):
        world.add("person", f"p{number:02}@example.com", {"licenses": ["Calling"]}, calling=False)


@breaks("ambiguous-name", "workspace/Room")
def _(world: World) -> None:
    world.add("workspace", "Room", {"location": YORK}, calling=False)


@breaks("duplicate-name", f"person/{ANA}")
def _(world: World) -> None:
    world.edit("person", CY, display_name="  ANA ")


@breaks("duplicate-email", f"person/{ANA}")
def _(world: World) -> None:
    world.add("person.details", BO, {"emails": [BO, ANA.upper()]})


@breaks("international-allowed", f"person/{ANA}")
def _(world: World) -> None:
    world.edit("person", ANA, outgoing_permissions={"custom": True, "INTERNATIONAL": {"action": "ALLOW"}})


@breaks("premium-allowed", f"person/{ANA}")
def _(world: World) -> None:
    world.edit("person", ANA, outgoing_permissions={"custom": True, "PREMIUM_SERVICES_I": {"action": "ALLOW"}})


@breaks("forwarding-to-nobody", f"person/{ANA}")
def _(world: World) -> None:
    forward(world, ANA, "1999", "busy")


@breaks("forwarding-loop", f"person/{ANA}")
def _(world: World) -> None:
    forward(world, ANA, "1002")
    forward(world, BO, "82022001")
    world.edit("person", CY, forwarding__always={"enabled": True, "destination": "+442079460001"})


@breaks("forwarding-circle", f"person/{ANA}")
def _(world: World) -> None:
    forward(world, ANA, "1002", "no_answer")
    forward(world, BO, "1001", "busy")


@breaks("forwarding-outside", f"person/{ANA}")
def _(world: World) -> None:
    forward(world, ANA, "9020 7946 0999")


@breaks("forwarding-abroad", "call_queue/London/Help")
def _(world: World) -> None:
    overflow = {"action": "TRANSFER_TO_PHONE_NUMBER", "transfer_number": "+34910000000"}
    world.edit("call_queue", "London/Help", queue_settings={"overflow": overflow})


@breaks("hunt-group-without-agents", "hunt_group/London/Sales")
def _(world: World) -> None:
    world.edit("hunt_group", "London/Sales", agents=[])


@breaks("queue-without-agents", "call_queue/London/Help")
def _(world: World) -> None:
    world.edit("call_queue", "London/Help", agents=[])


@breaks("agents-away", "call_queue/London/Help")
def _(world: World) -> None:
    forward(world, ANA, "2001")
    world.edit("call_queue", "London/Help", agents=[{"id": f"person/{ANA}"}])


@breaks("queue-nobody-joined", "call_queue/London/Help")
def _(world: World) -> None:
    world.edit("call_queue", "London/Help", agents=[{"id": f"person/{ANA}", "join_enabled": False}])


@breaks("paging-without-members", "paging_group/London/All")
def _(world: World) -> None:
    world.edit("paging_group", "London/All", targets=[])


@breaks("pickup-or-park-empty", "call_pickup/London/Row")
def _(world: World) -> None:
    world.edit("call_pickup", "London/Row", agents=[])


@breaks("voicemail-group-unheard", "voicemail_group/London/Box")
def _(world: World) -> None:
    off = {"enabled": False}
    world.edit("voicemail_group", "London/Box", notifications=off, email_copy_of_message=off)


@breaks("feature-disabled", "hunt_group/London/Sales")
def _(world: World) -> None:
    world.edit("hunt_group", "London/Sales", enabled=False)


@breaks("group-empty", "group/Staff")
def _(world: World) -> None:
    world.edit("group.members", "Staff", members=[])


@breaks("virtual-line-unused", "virtual_line/London/Fax")
def _(world: World) -> None:
    world.edit("virtual_line", "London/Fax", number_of_devices_assigned=0)


@breaks("attendant-without-schedule", "auto_attendant/London/Door")
def _(world: World) -> None:
    world.add("auto_attendant", "York/Door", {"location": YORK, "extension": "2103", "business_hours_menu": {}})
    world.edit("auto_attendant", "London/Door", business_schedule="")
    world.forget("schedule")


@breaks("attendant-schedule-missing", "auto_attendant/London/Door")
def _(world: World) -> None:
    world.edit("auto_attendant", "London/Door", holiday_schedule="Nights")


@breaks("schedule-unused", f"schedule/{YORK}/businessHours/Day")
def _(world: World) -> None:
    world.add("schedule", f"{YORK}/businessHours/Day", {"name": "Day", "type": "businessHours", "location": YORK})


@breaks("workspace-without-device", "workspace/Room")
def _(world: World) -> None:
    world.edit("workspace.devices", "Room", devices=[])
    world.edit("device", "Phone", workspace_id="workspace/Other")


@breaks("device-without-owner", "device/Phone")
def _(world: World) -> None:
    world.edit("device", "Phone", workspace_id=None)


@breaks("device-offline", "device/Phone")
def _(world: World) -> None:
    world.edit("device", "Phone", connection_status="disconnected", error_codes=["sipprofileregistration"])


@breaks("trunk-offline", "trunk/Gate")
def _(world: World) -> None:
    world.edit("trunk.details", "Gate", status="offline")


@breaks("trunk-unused", "trunk/Gate")
def _(world: World) -> None:
    world.edit("trunk.details", "Gate", in_use=False)


@breaks("dial-plan-empty", "dial_plan/PBX")
def _(world: World) -> None:
    world.edit("dial_plan.patterns", "PBX", dial_patterns=[])


def test_a_clean_tenant_has_no_insight_and_no_rule_is_silent(world: World) -> None:
    judged = judge(world.snapshot)
    assert [(one.rule, one.address, one.what) for one in judged.insights] == []
    assert dict(judged.silent) == {}
    assert {risk.score for risk in judged.risk} == {0}


def test_every_rule_has_a_case() -> None:
    assert set(CASES) == set(known_rules())


@pytest.mark.parametrize("rule", sorted(known_rules()))
def test_a_seeded_anomaly_is_reported(world: World, rule: str) -> None:
    change, address = CASES[rule]
    change(world)
    found = [one for one in judge(world.snapshot).insights if one.rule == rule]
    assert address in [one.address for one in found]
    assert all(one.what and one.why and one.fix and one.title for one in found)


@pytest.mark.parametrize("rule", sorted(known_rules()))
def test_a_rule_without_what_it_needs_says_nothing_and_is_named(world: World, rule: str) -> None:
    change, _ = CASES[rule]
    change(world)
    needed = {*known_rules()[rule].needs, *known_rules()[rule].proven}
    for kind in needed & set(world.snapshot.kinds):
        world.forget(kind)
    judged = judge(world.snapshot)
    assert (rule in judged.silent) == bool(needed)
    assert not [one for one in judged.insights if one.rule == rule and needed]


@pytest.mark.parametrize("rule", sorted(rule.id for rule in known_rules().values() if rule.proven))
def test_what_rests_on_a_list_that_is_not_proven_is_not_said(world: World, rule: str) -> None:
    change, _ = CASES[rule]
    change(world)
    world.snapshot.gaps[known_rules()[rule].proven[0]] = "a page was missing"
    judged = judge(world.snapshot)
    assert rule in judged.silent
    assert rule not in {one.rule for one in judged.insights}
