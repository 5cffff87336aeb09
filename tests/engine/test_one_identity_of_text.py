"""One identity of text (M27, G8): what a person takes for one name is one, on both sides, and is written as it was."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from reconciler import pipeline
from reconciler.adopt import adopt
from reconciler.errors import InputError
from reconciler.model.selection import Selection
from reconciler.model.text import alike, normal, normalised, skeleton
from reconciler.repository import store
from reconciler.simulator import generate_tenant, sample_tenant
from tests.support.live import Live, changes_of
from tests.support.odd_names import oddly_named, plain
from tests.support.state import differences

pytestmark = pytest.mark.issue10(3)
PRO = "Webex Calling - Professional"
NFD = "Cafe\u0301"


@pytest.fixture
def odd(server: Any, tmp_path: Path) -> Live:
    return Live(server, tmp_path, oddly_named(sample_tenant()))


def renamed(live: Live, collection: str, name: str, to: str, field: str = "name") -> str:
    """Another admin gives something another name; its id."""
    state = live.state()
    record = next(one for one in state[collection] if one[field] == name)
    record[field] = to
    live.server.load(state)
    return str(record["id"])


def raw_names(state: dict[str, Any]) -> dict[str, list[Any]]:
    """To the last blank: what `differences` takes for the same is not."""
    rooms = [[one["displayName"], one.get("notes")] for one in state["workspaces"]]
    people = [[one["displayName"], one.get("firstName"), one["emails"]] for one in state["people"]]
    places = [[one["name"], one["address"].get("address1"), one["timeZone"]] for one in state["locations"]]
    return {"rooms": rooms, "people": people, "places": places}


def test_adopting_all_of_a_tenant_with_odd_names_leaves_no_change_live_or_offline(odd: Live) -> None:
    odd.remember()
    (odd.root / "desired" / "case.yaml").unlink()
    (odd.root / "desired" / "tenant.yaml").unlink()
    snapshot = store.open(odd.root / "state")
    done = adopt(odd.root, snapshot, {"id": odd.org_id, "name": "Odd"})
    assert done.left == []
    odd.forget()
    assert odd.plan().changes == []
    assert pipeline.plan_offline(odd.root).changes == []
    assert pipeline.plan_offline(odd.root, cache=False).changes == []
    assert odd.writes() == {}
    names = {plain(one["displayName"]) for one in odd.state()["workspaces"]}
    assert set(snapshot.keys("workspace")) == names


def test_a_snapshot_of_before_is_read_in_normal_form(odd: Live) -> None:
    """As an earlier version wrote it: every name as the tenant has it."""
    snapshot = odd.export()
    raw = {one["id"]: one["displayName"] for one in odd.state()["workspaces"]}
    odd.describe({"workspaces": [{"name": plain(name)} for name in raw.values()]})
    for current, name in zip(list(snapshot.kinds["workspace"].values()), sorted(raw.values(), key=plain), strict=True):
        current.key = current.fields["name"] = name
    snapshot.kinds["workspace"] = {one.key: one for one in snapshot.kinds["workspace"].values()}
    store.write(odd.root / "state", snapshot)
    assert pipeline.plan_offline(odd.root).changes == []
    found = store.open(odd.root / "state")
    assert found.keys("workspace") == sorted(plain(name) for name in raw.values())


def test_two_of_one_name_in_a_snapshot_of_before_are_ambiguous(live: Live) -> None:
    snapshot = live.export()
    first, second = (snapshot.kinds["workspace"][name] for name in ("Focus 1", "Focus 2"))
    second.fields["location"] = first.fields["location"]
    second.key = second.fields["name"] = "Focus 1 "
    snapshot.kinds["workspace"] = {one.key: one for one in snapshot.kinds["workspace"].values()}
    store.write(live.root / "state", snapshot)
    live.describe({"workspaces": [{"name": "Focus 1"}]})
    with pytest.raises(InputError) as raised:
        pipeline.plan_offline(live.root)
    assert first.id in str(raised.value) and second.id in str(raised.value)


@pytest.mark.parametrize(("there", "wanted"), [("Lobby ", "Lobby"), (NFD, "Café"), ("\u00a0Lobby", "Lobby")])
def test_a_name_that_is_equal_in_normal_form_is_no_second_room(live: Live, there: str, wanted: str) -> None:
    renamed(live, "workspaces", "Lobby" if "Lobby" in there else "Café", there, "displayName")
    live.describe({"workspaces": [{"name": wanted, "capacity": 33}]})
    plan = live.plan()
    assert changes_of(plan) == {f"workspace/{wanted}": "update"}
    before = live.state()
    assert {one.verdict for one in live.apply(plan).outcomes} == {"verified"}
    # what nobody edited is as it was, to the last blank
    assert differences(before, live.state()) == {f"workspaces/{wanted}/capacity"}
    assert raw_names(live.state()) == raw_names(before)
    assert live.plan().changes == []


def test_a_location_that_another_admin_renamed_by_a_blank_moves_nobody(live: Live) -> None:
    snapshot = live.export()
    people = [one.fields for one in snapshot.kinds["person"].values() if one.fields.get("location") == "Manchester"]
    renamed(live, "locations", "Manchester", "Manchester ")
    entries = [{"email": one["email"], "location": "Manchester", "extension": one["extension"]} for one in people]
    live.describe({"locations": [{"name": "Manchester", "time_zone": "Europe/London"}], "people": entries})
    assert len(entries) > 10 and live.plan().changes == []
    live.remember()
    assert pipeline.plan_offline(live.root).changes == []


def test_what_is_referred_to_by_its_plain_name_is_found(odd: Live) -> None:
    """Route groups, trunks, licences, locations: the reference is to the one that a person means."""
    desired = {
        "locations": [
            {
                "name": "New York",
                "pstn": {"route_group": "UK Routes"},
                "internal_dialing": {"unknown_extensions": {"trunk": "London Gateway"}},
            }
        ],
        "people": [
            {"email": "new@example.com", "first_name": "New", "location": "New York", "extension": "4400",
             "licenses": [PRO]}
        ],
    }  # fmt: skip
    odd.describe(desired)
    assert {one.verdict for one in odd.apply(odd.plan()).outcomes} == {"verified"}
    state = odd.state()
    place = next(one for one in state["locations"] if plain(one["name"]) == "New York")
    group = next(one for one in state["route_groups"] if plain(one["name"]) == "UK Routes")
    assert place["calling"]["pstn"]["route"] == group["id"]
    assert odd.plan().changes == []


def test_writing_one_field_rewrites_no_name_that_nobody_edited(odd: Live) -> None:
    """A document that goes back whole goes back as it was read: e-mail in its own case, address with its blanks."""
    state = odd.state()
    person = next(one for one in state["people"] if one.get("calling") and one["emails"][0].startswith("Zoe"))
    email = person["emails"][0].lower()
    odd.describe(
        {
            "people": [{"email": email, "extension": "0777"}],
            "locations": [{"name": "Manchester", "address": {"city": "Salford"}}],
        }
    )
    plan = odd.plan()
    assert {one.verdict for one in odd.apply(plan).outcomes} == {"verified"}
    changed = differences(state, odd.state())
    assert changed == {f"people/{email}/calling/extension", "locations/Manchester/address/city"}
    assert raw_names(odd.state()) == raw_names(state)


def test_two_objects_of_one_name_are_ambiguous_with_both_ids(live: Live) -> None:
    first = renamed(live, "workspaces", "Focus 2", "Focus 1 ", "displayName")
    second = next(one["id"] for one in live.state()["workspaces"] if one["displayName"] == "Focus 1")
    live.describe({"workspaces": [{"name": "Focus 1", "capacity": 3}]})
    with pytest.raises(InputError) as raised:
        live.plan()
    assert all(live.remote("PLACE", one) in str(raised.value) for one in (first, second))


def test_targets_and_protections_mean_the_same_name(live: Live) -> None:
    live.describe({"workspaces": [{"name": "Café", "state": "absent"}]}, protect=[f"workspace/{NFD} "])
    for pattern in (f"workspace/{NFD}", "workspace/Café ", "workspace/ Café"):
        plan = live.plan(Selection(target=(pattern,)))
        assert [finding.rule for finding in plan.findings] == ["protected"]
    live.describe({"people": [{"email": "amelia.ashford@example.com", "first_name": "Amy"}]})
    assert changes_of(live.plan(Selection(target=("person/Amelia.ASHFORD@example.com",))))


@pytest.mark.parametrize("escaped", ["\\u0065\\u0301", "e\\u0301"])
def test_letters_that_are_spelled_with_escapes_are_composed_too(live: Live, escaped: str) -> None:
    (live.root / "desired" / "case.yaml").write_text(f'workspaces:\n  - {{name: "Caf{escaped}", capacity: 3}}\n')
    assert changes_of(live.plan()) == {"workspace/Café": "update"}


@pytest.mark.parametrize("char", ["\u200b", "\u2060", "\ufeff", "\u202e", "\u2066", "\x07", "\x9f", "\u2028", "\n"])
@pytest.mark.parametrize("form", ["yaml", "csv"])
def test_what_nobody_sees_is_refused_in_names_and_named(live: Live, char: str, form: str) -> None:
    if form == "yaml":
        text = json.dumps({"workspaces": [{"name": f"Sa{char}la", "capacity": 3}]}, ensure_ascii=True)
        (live.root / "desired" / "case.yaml").write_text(text)
    else:
        (live.root / "desired" / "case.yaml").unlink()
        cell = f'"Sa{char}la"'
        (live.root / "desired" / "workspaces.csv").write_text(f"name,capacity\n{cell},3\n", encoding="utf-8")
    with pytest.raises(InputError) as raised:
        live.plan()
    assert f"U+{ord(char):04X}" in str(raised.value)
    assert char == "\n" or char not in str(raised.value)


@pytest.mark.parametrize(
    "name", ["👩\u200d💻 Lab", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "Zoë", "❤\ufe0f Room", "東京"]
)
def test_emoji_and_persian_keep_their_joiners(live: Live, name: str) -> None:
    live.describe(
        {"workspaces": [{"name": name, "location": "London HQ", "license": "Webex Calling - Workspaces",
                         "extension": "4499"}]}
    )  # fmt: skip
    assert {one.verdict for one in live.apply(live.plan()).outcomes} == {"verified"}
    assert name in {one["displayName"] for one in live.state()["workspaces"]}
    assert live.plan().changes == []


@pytest.mark.parametrize("mail", ["ana\u200b@example.com", "ana\u00ad@example.com", "\u202aana@example.com\u202c"])
def test_an_address_with_what_nobody_sees_makes_no_second_account(live: Live, mail: str) -> None:
    live.describe({"people": [{"email": mail, "first_name": "Ana"}]})
    with pytest.raises(InputError) as raised:
        live.plan()
    assert "U+" in str(raised.value) and mail not in str(raised.value)


def test_a_number_that_was_copied_with_its_direction_marks_is_told(live: Live) -> None:
    live.describe({"people": [{"email": "amelia.ashford@example.com", "phone_number": "\u202a+442079460011\u202c"}]})
    with pytest.raises(InputError) as raised:
        live.plan()
    assert "\\u202a+442079460011\\u202c" in str(raised.value) and "write +442079460011" in str(raised.value)


def test_normal_form_is_reached_at_once_and_keeps_what_is_in_it() -> None:
    for text in ("plain", "José", "  a  ", "👩\u200d💻", "a\u00a0b", ""):
        assert normal(normal(text)) == normal(text)
        assert unicodedata.is_normalized("NFC", normal(text))
    same = {"a": ["x", {"b": "é"}], "n": 1, "none": None}
    assert normalised(same) is same
    assert normalised({"a": [f"{NFD} ", {NFD: "x "}]}) == {"a": ["Café", {"Café": "x"}]}


def test_what_looks_alike_is_known_as_such() -> None:
    assert all(
        alike(*pair) for pair in [("ana", "\u0430na"), ("José", "Jose\u0301"), ("a b", "a\u00a0b"), ("a", "a\u00ad")]
    )
    assert not any(alike(*pair) for pair in [("ana", "Ana"), ("ana", "anna"), ("a", "a")])
    assert skeleton("SALA  1\u00ad") == skeleton("Sala 1")


# --- names that differ in case only: whether they are two is the tenant's matter, and said when it is planned ---


@pytest.mark.parametrize("described", [False, True])
def test_a_room_that_differs_in_case_only_is_said_and_not_made(live: Live, described: bool) -> None:
    rooms: list[dict[str, Any]] = [{"name": "LOBBY", "capacity": 3}]
    rooms += [{"name": "Lobby"}] if described else []
    live.describe({"workspaces": rooms})
    plan = live.plan()
    (finding,) = plan.findings
    assert (finding.rule, finding.address) == ("changed-key", "workspace/LOBBY") and not plan.operations
    assert "workspace/Lobby, whose name differs in case only" in finding.why
    live.remember()
    assert [one.why for one in pipeline.plan_offline(live.root).findings] == [finding.why]
    assert live.plan(lift=[finding.override]).operations, "a tenant that heeds case can have both"


def test_of_two_new_names_that_differ_in_case_only_the_second_is_said(live: Live) -> None:
    live.describe({"workspaces": [{"name": name, "capacity": 3} for name in ("Sala", "sala")]})
    live.remember()
    for plan in (live.plan(), pipeline.plan_offline(live.root)):
        (finding,) = plan.findings
        assert finding.address == "workspace/sala" and "workspace/Sala, whose name differs in case only" in finding.why


@pytest.mark.parametrize(("position", "verdict"), [("heeded", "verified"), ("ignored", "failed")])
def test_where_the_tenant_ignores_case_the_second_location_is_one_too_many(
    live: Live, position: str, verdict: str
) -> None:
    live.server.turn("location_name_case", position)
    address = {"address1": "1 High St", "city": "London", "postal_code": "N1 1AA", "country": "GB"}
    new = {"name": "manchester", "address": address, "time_zone": "Europe/London", "preferred_language": "en_GB"}
    live.describe({"locations": [new]})
    (finding,) = live.plan().findings
    assert "location/Manchester, whose name differs in case only" in finding.why
    lifted = live.plan(lift=[finding.override])
    assert {one.verdict for one in live.apply(lifted).outcomes} == {verdict}
    assert sum(one["name"].casefold() == "manchester" for one in live.state()["locations"]) == 1 + (
        verdict == "verified"
    )


# --- values of two spellings ---


@pytest.mark.parametrize(
    ("there", "wanted", "same"),
    [
        ("Europe/Kiev", "Europe/Kyiv", True),
        ("Europe/Kyiv", "Europe/Kiev", True),
        ("America/New_York", "US/Eastern", True),
        ("Asia/Calcutta", "Asia/Kolkata", True),
        ("UTC", "Etc/UTC", True),
        ("Europe/Amsterdam", "Europe/Brussels", False),
        ("Europe/London", "Europe/Dublin", False),
    ],
)
def test_a_time_zone_by_its_other_name_is_no_change(live: Live, there: str, wanted: str, same: bool) -> None:
    state = live.state()
    next(one for one in state["locations"] if one["name"] == "Manchester")["timeZone"] = there
    live.server.load(state)
    live.describe({"locations": [{"name": "Manchester", "time_zone": wanted}]})
    assert (live.plan().changes == []) is same
    live.remember()
    assert (pipeline.plan_offline(live.root).changes == []) is same


@pytest.mark.parametrize("there", ["zoë@müller.example", "zoë@xn--mller-kva.example", "ZOË@Müller.Example"])
@pytest.mark.parametrize("wanted", ["zoë@müller.example", "zoë@xn--mller-kva.example", "zoë@mu\u0308ller.example"])
def test_a_mail_domain_in_other_letters_is_one_with_its_ascii_form(live: Live, there: str, wanted: str) -> None:
    state = live.state()
    somebody = next(one for one in state["people"] if one["id"] != state["org"]["admin"])
    somebody["emails"], somebody["displayName"] = [there], "Before"
    live.server.load(state)
    live.describe({"people": [{"email": wanted, "display_name": "After"}]})
    plan = live.plan()
    assert changes_of(plan) == {"person/zoë@xn--mller-kva.example": "update"}
    before = live.state()
    assert {one.verdict for one in live.apply(plan).outcomes} == {"verified"}
    assert raw_names(live.state())["people"][0][2:] == raw_names(before)["people"][0][2:], "the login stays as it was"
    assert len(live.state()["people"]) == len(before["people"])
    live.remember()
    assert pipeline.plan_offline(live.root).changes == [] == live.plan().changes


@pytest.mark.parametrize("plural", ["paging_groups", "virtual_lines"])
def test_what_stands_at_a_location_with_an_odd_name_is_found_under_the_usual_one(
    server: Any, tmp_path: Path, plural: str
) -> None:
    """A key of two parts is in normal form in both of them: what is there is not created once more."""
    tenant = oddly_named(generate_tenant(people=4, locations=1, workspaces=1, features=8))
    record = tenant[plural][0]
    name, field = ("name", "name") if plural == "paging_groups" else ("lastName", "displayName")
    record[name] = f"{record[name]} "
    live = Live(server, tmp_path, tenant)
    where = {"location": plain(tenant["locations"][0]["name"]), "name": plain(record[field])}
    live.describe({plural: [{**where, "extension": "4000"}]})
    live.remember()
    assert (
        set(changes_of(live.plan()).values())
        == set(changes_of(pipeline.plan_offline(live.root)).values())
        == {"update"}
    )
