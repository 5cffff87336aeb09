"""Who it was: the right person, or nobody; never somebody else."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.drift import Difference, Field, State
from reconciler.drift.attribution import Attribution, Subjects, attribute
from reconciler.model.audit import AuditEvent
from reconciler.webex.audit import bare, event_of

ANA = "ea880467-75b9-551c-aa37-5a24b48b0066"
SITE = "910150bd-78fe-5960-ad6b-dbea0d21400f"


def event(at: int, actor: str, **more: Any) -> AuditEvent:
    values = {"target": ANA, "description": "User was updated", "email": f"{actor}@example.com", **more}
    return AuditEvent(id=f"e{at}", at=f"2026-01-01T00:00:{at:02d}.000Z", actor=actor, name=actor.title(), **values)


def drifted(path: str = "display_name", kind: str = "person", key: str = "ana@example.com", **more: Any) -> Difference:
    return Difference(f"{kind}/{key}", kind, key, (Field(path, State.DRIFTED, "A", "A", "B"),), **{"id": ANA, **more})


def who(difference: Difference, *events: AuditEvent, subjects: Subjects | None = None) -> Attribution:
    (found,) = attribute([difference], events, subjects).values()
    return found


def test_the_only_one_who_touched_it() -> None:
    found = who(
        drifted(), event(1, "eva", ip="192.0.2.7", text="Eva updated user Ana"), event(2, "ben", target="other")
    )
    assert (found.name, found.email, found.ip, found.action) == (
        "Eva",
        "eva@example.com",
        "192.0.2.7",
        "Eva updated user Ana",
    )
    assert found.at == "2026-01-01T00:00:01.000Z"


def test_nobody_touched_it() -> None:
    found = who(drifted(), event(1, "eva", target="other"))
    assert not found.known and found.why == "no audit event about it since the snapshot"


def test_two_who_touched_it_are_nobody_and_are_named_as_candidates() -> None:
    for events in permutations([event(1, "eva"), event(2, "ben"), event(3, "eva")]):
        found = who(drifted(), *events)
        assert not found.known and "2 people" in found.why
        assert found.among == ("Ben <ben@example.com>", "Eva <eva@example.com>")


def test_events_that_name_fields_tell_their_people_apart() -> None:
    events = event(1, "eva", fields=frozenset({"display_name"})), event(2, "ben", fields=frozenset({"extension"}))
    assert who(drifted("display_name"), *events).name == "Eva"
    assert who(drifted("extension"), *events).name == "Ben"
    assert not who(drifted("location"), *events).known


def test_of_two_who_named_the_field_the_last_one_left_the_value() -> None:
    fields = frozenset({"display_name"})
    assert who(drifted(), event(2, "ben", fields=fields), event(1, "eva", fields=fields)).name == "Ben"


def test_events_about_one_setting_are_not_about_another() -> None:
    events = event(1, "eva", description="Call forwarding was updated"), event(2, "ben")
    assert who(drifted("always", "person.forwarding"), *events).name == "Eva"
    assert who(drifted("display_name"), *events).name == "Ben"
    only = who(drifted("display_name"), events[0])
    assert not only.known and "1 about other settings" in only.why


@pytest.mark.parametrize(("name", "path"), [("person", "display_name"), ("person.forwarding", "always")])
def test_what_a_kind_is_not_filed_under_has_not_changed_it(name: str, path: str) -> None:
    """Ana logged in; Eva is the one who changed her."""
    events = event(1, "eva", category="USERS"), event(2, "ana", category="LOGINS", description="User logged in")
    assert who(drifted(path, name), *events).name == "Eva"
    assert not who(drifted(path, name), events[1]).known
    assert who(drifted(path, name), event(3, "ben", category="NEW_CATEGORY")).name == "Ben"


def test_a_name_in_the_text_of_an_event_is_not_a_setting() -> None:
    found = who(drifted("display_name"), event(1, "eva", text="Eva updated user Forwarding Desk"))
    assert found.name == "Eva"


def test_an_id_is_worth_more_than_a_name() -> None:
    same_name = event(1, "eva", target=SITE, target_name="ana@example.com")
    assert not who(drifted(), same_name).known
    assert who(drifted(), event(1, "eva", target="", target_name="Ana@Example.com")).name == "Eva"


def test_a_number_is_changed_on_behalf_of_its_location() -> None:
    number = drifted("state", "number", "+15550000001", id="+15550000001", place="Site 001")
    about_numbers = event(1, "eva", target=SITE, description="Numbers was updated")
    about_the_site = event(2, "ben", target=SITE, description="Internal dialing was updated")
    subjects = Subjects({"Site 001": SITE})
    assert who(number, about_numbers, about_the_site, subjects=subjects).name == "Eva"
    assert not who(number, about_numbers).known


def test_an_event_without_a_person_names_nobody() -> None:
    assert who(drifted(), event(1, "", email="")).why == "the audit event does not say who it was"


@given(st.lists(st.tuples(st.sampled_from(("eva", "ben", "zoe")), st.sampled_from((ANA, SITE))), max_size=6))
def test_m12_who_is_named_is_the_only_one(touched: list[tuple[str, str]]) -> None:
    events = [event(place, actor, target=target) for place, (actor, target) in enumerate(touched)]
    actors = {actor for actor, target in touched if target == ANA}
    found = who(drifted(), *events)
    assert found.known == (len(actors) == 1)
    assert not found.known or {found.actor} == actors
    assert len(found.among) == (len(actors) if len(actors) > 1 else 0)


@pytest.mark.parametrize(
    ("remote", "uuid"),
    [
        ("NWIzZTBiZDgtZjg4Ni00MjViLWIzMTgtYWNlYjliN2EwZGFj", "5b3e0bd8-f886-425b-b318-aceb9b7a0dac"),
        ("Y2lzY29zcGFyazovL3VzL1BFT1BMRS81YjNlMGJkOC1mODg2LTQyNWItYjMxOC1hY2ViOWI3YTBkYWM", None),
        ("5b3e0bd8-f886-425b-b318-aceb9b7a0dac", None),
    ],
)
def test_ids_of_events_come_in_several_encodings(remote: str, uuid: str | None) -> None:
    assert bare(remote) == "5b3e0bd8-f886-425b-b318-aceb9b7a0dac" == (uuid or bare(remote))


@pytest.mark.parametrize(
    ("data", "fields"),
    [
        ({"updatedFields": ["displayName", "extension"]}, {"display_name", "extension"}),
        ({"changedAttributes": "displayName, extension"}, {"display_name", "extension"}),
        ({"changes": [{"field": "displayName"}, {"name": "extension"}]}, {"display_name", "extension"}),
        ({"changeSet": {"displayName": {"from": "A", "to": "B"}}}, {"display_name"}),
        ({"changes": "Ana changed a lot"}, set()),
        ({}, set()),
    ],
)
def test_the_fields_that_an_event_names(data: dict[str, Any], fields: set[str]) -> None:
    assert event_of({"id": "1", "data": data}).fields == fields


def test_an_event_with_nothing_in_it_is_an_event() -> None:
    assert event_of({}) == AuditEvent("", "", "")
