"""Where a destination leads, and which circles are found."""

from __future__ import annotations

import pytest

from reconciler.insights import TenantFacts, judge
from reconciler.insights.directory import Directory
from tests.insights.conftest import ANA, BO, CY, LONDON, YORK, World
from tests.insights.test_rules import forward


@pytest.mark.parametrize(
    ("destination", "place", "where", "to"),
    [
        ("1001", LONDON, "ours", ANA),
        ("82011001", YORK, "ours", ANA),
        ("+44 20 7946 0001", YORK, "ours", ANA),
        ("9020 7946 0001", LONDON, "ours", ANA),
        ("2001", LONDON, "ours", CY),
        ("1999", LONDON, "nobody", ""),
        ("9888", LONDON, "unknown", ""),  # no extension, and begins with the digit for a line
        ("+442079460009", LONDON, "nobody", ""),
        ("+442079460000", LONDON, "unknown", ""),  # the main number: somebody answers, nobody says who
        ("+34910000000", LONDON, "outside", ""),
        ("00 34 910 000 000", LONDON, "outside", ""),
        ("531234567", LONDON, "unknown", ""),  # the dial plan sends it to the PBX
        ("9112", LONDON, "unknown", ""),  # begins with the digit for a line
        ("*55", LONDON, "unknown", ""),
    ],
)
def test_destinations(world: World, destination: str, place: str, where: str, to: str) -> None:
    world.add("number", "+442079460009", {"location": LONDON, "state": "active"})
    reach = Directory(TenantFacts(world.snapshot)).reach(destination, place)
    assert (reach.where, reach.addresses) == (where, (f"person/{to}",) if to else ())


def test_a_voice_portal_is_somebody(world: World) -> None:
    """Its extension, with and without the prefix, and a number of its own; without it nobody can be called nobody."""
    world.add("number", "+442079460009", {"location": LONDON, "state": "active"})
    reach = Directory(TenantFacts(world.snapshot)).reach
    assert [reach(to, LONDON).where for to in ("9999", "82029999", "+442079460009")] == ["ours", "ours", "nobody"]
    world.edit("location.voice_portal", LONDON, phone_number="+442079460009")
    forward(world, ANA, "9999", "busy")
    forward(world, BO, "+442079460009", "busy")
    assert [one.rule for one in judge(world.snapshot).insights] == []
    world.forget("location.voice_portal")
    assert "forwarding-to-nobody" in judge(world.snapshot).silent


def test_a_pbx_may_answer_what_nobody_here_has(world: World) -> None:
    world.edit("location", LONDON, internal_dialing={"unknown_extensions": {"enabled": True, "trunk": "Gate"}})
    assert Directory(TenantFacts(world.snapshot)).reach("1999", LONDON).where == "unknown"
    assert Directory(TenantFacts(world.snapshot)).reach("1999", YORK).where == "nobody"


def test_the_country_tells_abroad_from_outside(world: World) -> None:
    forward(world, ANA, "+442079460999", "busy")
    forward(world, CY, "+34910000000", "busy")
    found = {one.rule: one.address for one in judge(world.snapshot).insights}
    assert found == {"forwarding-outside": f"person/{ANA}", "forwarding-abroad": f"person/{CY}"}


def test_a_loop_through_a_hunt_group_and_an_attendant_is_one_insight(world: World) -> None:
    forward(world, ANA, "1101")
    always = {"always": {"enabled": True, "destination": "1103"}}
    world.edit("hunt_group.forwarding", "London/Sales", call_forwarding=always)
    back = {"always": {"enabled": True, "destination": "82011001"}}
    world.edit("auto_attendant.forwarding", "London/Door", call_forwarding=back)
    (loop,) = [one for one in judge(world.snapshot).insights if "forwarding" in one.rule]
    assert loop.rule == "forwarding-loop" and loop.severity == "serious"
    assert "auto_attendant/London/Door → person/ana@example.com → hunt_group/London/Sales → auto_att" in loop.what


def test_who_forwards_to_themselves_is_a_loop(world: World) -> None:
    forward(world, BO, "1002")
    assert [one.what for one in judge(world.snapshot).insights if one.rule == "forwarding-loop"] == [
        f"all calls go round: person/{BO} → person/{BO}"
    ]


def test_who_forwards_always_never_comes_to_the_other_branches(world: World) -> None:
    forward(world, ANA, "2001")
    forward(world, ANA, "1002", "no_answer")
    forward(world, BO, "1001", "no_answer")
    assert "forwarding-circle" not in {one.rule for one in judge(world.snapshot).insights}


def test_a_long_chain_without_an_end_takes_no_stack(world: World) -> None:
    for number in range(3000, 5000):
        world.person(f"p{number}@example.com", LONDON, str(number), f"+44207947{number}")
        forward(world, f"p{number}@example.com", str(number + 1 if number < 4999 else 3000))
    (loop,) = [one for one in judge(world.snapshot).insights if one.rule == "forwarding-loop"]
    assert loop.address == "person/p3000@example.com" and loop.what.count("→") == 8
