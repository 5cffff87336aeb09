"""Guards stand outside the resource that they protect, and the plan is still made."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reconciler.errors import UsageError
from reconciler.model.claims import in_turn
from reconciler.model.plan import Change
from reconciler.model.snapshot import Current
from reconciler.model.tenant import EarlierProtection
from reconciler.planning import guards
from reconciler.planning.guards import Population, Proposal, licenses

PRO = "Webex Calling - Professional"
CEO = "person/ceo@x.com"


def change(address: str, action: Any = "update", **more: Any) -> Change:
    kind, _, key = address.partition("/")
    return Change(address, kind, key, action, "", **more)


def delete(address: str, **more: Any) -> Change:
    return change(address, "delete", **more)


def people(count: int) -> list[Change]:
    return [delete(f"person/{n}@x.com") for n in range(count)]


def tenant(*there: Current) -> Any:
    known = {(one.kind, one.key): one for one in there}
    return lambda kind, key: known.get((kind, key))


def number(key: str, location: str, **facts: Any) -> Current:
    return Current("number", key, key, {"number": key, "location": location}, {"location": location, **facts})


def license_of(total: int, used: int, name: str = PRO) -> Current:
    return Current("license", name, "id", {"name": name, "total": total}, {"consumed": used})


def holding(email: str, before: list[str], after: list[str]) -> Change:
    return change(f"person/{email}", want={"licenses": after}, before={"licenses": before})


def rules(changes: list[Change], settings: dict[str, Any] | None = None, lift: Any = (), **known: Any) -> list[str]:
    """The rules that object, `lifted` behind those that are lifted. Each says why, and what to do."""
    changes = [replace(one) for one in changes]
    known = {"managed": Population(100), **known}
    judged = guards.judge(Proposal(changes, settings or {}, **known), lift)
    found = judged.findings
    assert all(finding.why and finding.do for finding in found)
    blocked = {finding.address for finding in found if not finding.lifted} & {one.address for one in changes}
    assert blocked == {one.address for one in judged.changes if one.blocked}
    return [finding.rule + (" lifted" if finding.lifted else "") for finding in found]


# --- protected, required -----------------------------------------------------------------------------------------


def test_g15_protected_is_not_deleted_nor_moved_nor_silenced() -> None:
    settings = {"protect": ["person/ceo@*"]}
    move = change(CEO, want={"location": "B"}, before={"location": "A"})
    silent = holding("ceo@x.com", [PRO, "Messaging"], ["Messaging"])
    rename = change(CEO, want={"display_name": "B"})
    assert rules([delete(CEO), delete("person/b@x.com")], settings) == ["protected"]
    assert rules([move], settings) == ["protected"]
    assert rules([silent], settings) == ["protected"]
    assert rules([rename], settings) == []


@pytest.mark.parametrize("entry", ["person/CEO@x.com", "person/ceo@x.com", "person/*"])
def test_an_entry_in_another_case_protects_all_the_same(entry: str) -> None:
    assert rules([delete(CEO)], {"protect": [entry]}) == ["protected"]


def test_a_name_with_wildcards_in_it_protects_itself() -> None:
    assert rules([delete("workspace/Room [A]")], {"protect": ["workspace/Room [A]"]}) == ["protected"]


def test_g15_taking_the_entry_away_in_the_same_change_lifts_nothing() -> None:
    before = EarlierProtection({CEO: "desired/tenant.yaml of commit 1234567"})
    proposal = Proposal([delete(CEO)], earlier=lambda: before)
    (finding,) = guards.judge(proposal).findings
    assert finding.rule == "protected"
    assert "desired/tenant.yaml of commit 1234567 protects person/ceo@x.com" in finding.why
    assert rules([delete("person/b@x.com")], earlier=lambda: before) == []


def test_what_cannot_be_told_is_not_let_pass() -> None:
    shallow = EarlierProtection(unknown="this clone is shallow")
    assert rules([delete(CEO)], earlier=lambda: shallow) == ["protected"]
    assert rules([change(CEO, want={"display_name": "B"})], earlier=lambda: shallow) == []


def test_git_is_not_asked_where_nothing_is_taken_away() -> None:
    def never() -> EarlierProtection:
        raise AssertionError("asked")

    assert rules([change(CEO, "create", want={"email": "ceo@x.com"})], {"protect": ["person/*"]}, earlier=never) == []


def test_g15_required_is_described_and_stays() -> None:
    settings = {"require": [CEO]}
    described = {CEO, "person/b@x.com"}
    assert rules([], settings, described=lambda: described) == []
    assert rules([], settings, described=lambda: {"person/b@x.com"}) == ["required"]
    assert rules([delete(CEO)], settings, described=lambda: set()) == ["required"], "told once"
    assert rules([holding("ceo@x.com", [PRO], [])], settings, described=lambda: described) == ["required"]
    assert rules([], settings) == [], "nobody can tell"
    taken_out = EarlierProtection(require={CEO: "desired/tenant.yaml of commit 1234567"})
    assert rules([delete(CEO)], earlier=lambda: taken_out) == ["required"]


# --- thresholds --------------------------------------------------------------------------------------------------


def test_too_many_deletes_block_all_of_them() -> None:
    settings = {"limits": {"delete": {"max": 5}}}
    assert rules(people(5), settings) == []
    assert rules(people(6), settings) == ["limits"] * 6


def test_percent_counts_of_what_is_managed_and_not_of_few() -> None:
    settings = {"limits": {"delete": {"percent": 10}}}
    assert rules(people(2), settings, managed=Population(20)) == []
    assert rules(people(3), settings, managed=Population(20)) == ["limits"] * 3
    assert rules(people(1), settings, managed=Population(9)) == []
    assert rules(people(1), {"limits": {"delete": {"percent": 10, "min_population": 5}}}, managed=Population(9)) == [
        "limits"
    ]


def test_a_part_of_the_plan_is_advice_against_a_number_only() -> None:
    """A part has fewer resources too, so that its percentage is no smaller."""
    limits = {"max": {"delete": {"max": 5}}, "percent": {"delete": {"percent": 5}}}
    proposals = {name: Proposal(people(6), {"limits": said}, managed=Population(100)) for name, said in limits.items()}
    advice = {name: {finding.do for finding in guards.judge(one).findings} for name, one in proposals.items()}
    raised = "raise limits.delete in desired/tenant.yaml for this change"
    assert advice == {"max": {f"{raised}, or plan a part with --target"}, "percent": {raised}}


@pytest.mark.parametrize("action", ["create", "update", "delete"])
def test_every_action_has_a_threshold(action: str) -> None:
    changes = [change(f"person/{n}@x.com", action) for n in range(3)]
    assert rules(changes, {"limits": {action: {"max": 2}}}) == ["limits"] * 3
    assert rules(changes, {"limits": {action: {"max": 3}}}) == []


def test_a_kind_has_thresholds_of_its_own() -> None:
    """Both hold: the one of the kind, and the one of all; percent counts of that kind."""
    changes = [*people(2), delete("workspace/W")]
    addresses = {f"person/{n}@x.com" for n in range(10)} | {f"workspace/{n}" for n in range(90)}
    known = {"managed": Population(100, lambda: addresses)}
    of_people = {"manage": {"person": {"limits": {"delete": {"max": 1}}}}}
    assert rules(changes, of_people, **known) == ["limits"] * 2
    percent = {"manage": {"person": {"limits": {"delete": {"percent": 19}}}}}
    assert rules(people(1), percent, **known) == []
    assert rules(people(2), percent, **known) == ["limits"] * 2
    both = {**of_people, "limits": {"delete": {"max": 2}}}
    assert rules(changes, both, **known) == ["limits"] * 5, "each of the two that people pass, and the one of all"
    forwarding = [change(f"person.forwarding/{n}@x.com") for n in range(2)]
    for kind in ("person.forwarding", "person"):
        assert rules(forwarding, {"manage": {kind: {"limits": {"update": {"max": 1}}}}}) == ["limits"] * 2
    assert rules(forwarding, {"manage": {"person.numbers": {"limits": {"update": {"max": 1}}}}}) == []


def test_resources_are_counted_and_not_their_sections() -> None:
    changes = [change("person/a@x.com"), change("person.forwarding/a@x.com"), change("person.numbers/a@x.com")]
    assert rules(changes, {"limits": {"update": {"max": 1}}}) == []


# --- feasibility -------------------------------------------------------------------------------------------------


def test_m19_units_of_a_licence_to_the_last_one() -> None:
    """One is free: one can be given, two cannot; one that the plan gives back counts."""
    new = [holding(f"{n}@x.com", [], [PRO]) for n in "ab"]
    one_left = tenant(license_of(10, 9))
    assert rules(new[:1], get=one_left) == []
    assert rules(new, get=one_left) == ["licenses"], "the first gets it"
    back = holding("z@x.com", [PRO], [])
    assert rules([*[holding(f"{n}@x.com", [], [PRO]) for n in "ab"], back], get=one_left) == []
    gone = delete("person/z@x.com", before={"licenses": [PRO]})
    assert rules([*[holding(f"{n}@x.com", [], [PRO]) for n in "ab"], gone], get=one_left) == []
    assert rules([holding("a@x.com", [PRO, "M"], [PRO])], get=tenant(license_of(10, 10))) == [], "it is theirs already"
    assert rules([holding("a@x.com", [], [PRO])], get=tenant(license_of(-1, 500))) == [], "without an end"
    assert rules([holding("a@x.com", [], [PRO])], get=tenant(license_of(10, 12))) == ["licenses"], "given too often"


def test_m19_who_takes_a_unit_waits_for_who_gives_it_back() -> None:
    taker, giver = holding("a@x.com", [], [PRO]), delete("person/z@x.com", before={"licenses": [PRO]})
    every = [taker, giver]
    taker, giver = in_turn(every, licenses.turns(every, tenant(license_of(10, 10))))
    assert taker.takes == giver.frees == [f"licenses:{PRO}:1"]
    early, late = holding("b@x.com", [], [PRO]), delete("person/y@x.com", before={"licenses": [PRO]})
    assert not list(licenses.turns([early, late], tenant(license_of(10, 9)))), "one is free: nobody waits"


def test_m19_units_that_go_round_in_a_circle_need_one_to_begin_with() -> None:
    a, b = holding("a@x.com", ["A"], ["B"]), holding("b@x.com", ["B"], ["A"])
    full = [license_of(1, 1, "A"), license_of(1, 1, "B")]
    assert rules([a, b], get=tenant(*full)) == ["licenses", "licenses"]
    a, b = holding("a@x.com", ["A"], ["B"]), holding("b@x.com", ["B"], ["A"])
    assert rules([a, b], get=tenant(license_of(2, 1, "A"), full[1])) == []


def hire(place: str = "Madrid", **more: Any) -> Change:
    key = "+34910000001"
    want = {"phone_number": key, "location": place}
    return change("person/a@x.com", "create", want=want, refs=[f"number/{key}"], takes=[f"number::{key}"], **more)


def test_m19_a_number_is_in_the_inventory_of_the_place_and_free() -> None:
    key = "+34910000001"
    assert rules([hire()], get=tenant(number(key, "Madrid"))) == []
    assert rules([hire()], get=tenant(number(key, "Barcelona"))) == ["numbers"]
    assert rules([hire()], get=tenant(number(key, "Madrid", owner="PEOPLE Bo"))) == ["numbers"]
    # a user can have the main number of a location (19604; issue 10, D)
    assert rules([hire()], get=tenant(number(key, "Madrid", main=True))) == []
    freed = delete("person/b@x.com", frees=[f"number::{key}"])
    assert rules([hire(), freed], get=tenant(number(key, "Madrid", owner="PEOPLE Bo"))) == []
    for place, found in (("Madrid", []), ("Barcelona", ["numbers"])):
        added = change(f"number/{key}", "create", want={"location": place})
        assert rules([hire(), added]) == found
    header = change("location.calling/Madrid", want={"main_number": key}, refs=[f"number/{key}"])
    assert rules([header], get=tenant(number(key, "Barcelona"))) == ["numbers"]
    assert rules([header], get=tenant(number(key, "Madrid", main=True))) == []


def test_m19_a_section_is_where_its_owner_is() -> None:
    key = "+34910000001"
    second = change("person.numbers/a@x.com", want={"secondary": [key]}, refs=[f"number/{key}"])
    ana = Current("person", "a@x.com", "1", {"location": "Madrid"})
    assert rules([second], get=tenant(ana, number(key, "Madrid"))) == []
    assert rules([second], get=tenant(ana, number(key, "Barcelona"))) == ["numbers"]


def test_m19_a_routing_prefix_is_given_once() -> None:
    there = Current("location", "Madrid", "1", {"calling": {"routing_prefix": "81"}})
    other = Current("location", "Paris", "2", {"calling": {"routing_prefix": "82"}})
    known = {"managed": Population(2, lambda: {"location/Madrid", "location/Paris"}), "get": tenant(there, other)}

    def wants(prefix: str, place: str = "Paris", **more: Any) -> Change:
        return change(f"location.calling/{place}", want={"routing_prefix": prefix}, **more)

    assert rules([wants("81")], **known) == ["routing-prefix"]
    assert rules([wants("83")], **known) == rules([wants("82")], **known) == []
    assert rules([wants("81"), wants("83", "Madrid", frees=["routing_prefix::81"])], **known) == []


@pytest.mark.parametrize(
    ("want", "found"),
    [
        ({"extension": "113"}, []),
        ({"extension": "112"}, ["api-limit"]),
        ({"secondary": ["+1"] * 10}, []),
        ({"secondary": ["+1"] * 11}, ["api-limit"]),
    ],
)
def test_m19_limits_of_the_api(want: dict[str, Any], found: list[str]) -> None:
    assert rules([change("person/a@x.com", want=want)]) == found


def test_m19_the_limit_that_the_tenant_tells() -> None:
    ana = Current("person", "a@x.com", "1", {}, most={"forwarding.no_answer.rings": 15})
    for rings, found in ((15, []), (16, ["api-limit"])):
        forward = change("person.forwarding/a@x.com", want={"no_answer": {"destination": "1", "rings": rings}})
        assert rules([forward], get=tenant(ana)) == found


# --- what is in the way of itself --------------------------------------------------------------------------------


def test_m2_deletes_need_a_complete_list() -> None:
    changes = [delete("person/a@x.com"), delete("workspace/W")]
    assert rules(changes, gaps={"person": "HTTP 503"}) == ["incomplete-snapshot"]
    assert rules(changes, gaps={"person.forwarding": "HTTP 503"}) == []


def test_a_number_that_the_plan_hands_out_is_not_removed() -> None:
    for stop in (delete("number/+34910000001"), change("number/+34910000001", want={"state": "inactive"})):
        assert rules([stop, hire()]) == ["still-used"]


def test_an_assigned_number_is_removed_only_when_its_owner_lets_go() -> None:
    taken = delete("number/+15550000001", facts={"owner": "PEOPLE Ana"})
    assert rules([taken]) == ["in-use"]
    release = change("person/a@x.com", was_refs=["number/+15550000001"])
    assert rules([taken, release]) == []
    off = change("number/+15550000002", want={"state": "inactive"}, facts={"owner": "X"})
    assert rules([off]) == ["in-use"]


def test_two_changes_do_not_want_the_same() -> None:
    twice = [change(f"person/{n}@x.com", takes=["extension:Madrid:100"]) for n in "ab"]
    proposal = Proposal(twice)
    assert [finding.why for finding in guards.judge(proposal).findings] == [
        "extension 100 at Madrid is wanted by person/b@x.com too",
        "extension 100 at Madrid is wanted by person/a@x.com too",
    ]
    both = [change("person/a@x.com", want={"extension": "1"}), delete("person/a@x.com")]
    assert "contradiction" in [finding.rule for finding in guards.judge(Proposal(both)).findings]


def test_what_a_kind_refuses_is_a_finding() -> None:
    assert rules([delete("location/A", blocked="not by this tool")]) == ["refused"]


@pytest.mark.parametrize(
    "hurt",
    [
        delete("person/me@x.com"),
        change("person/me@x.com", want={"location": "B"}, before={"location": "A"}),
        holding("me@x.com", [PRO, "Messaging"], [PRO]),
        change("person/old@x.com", "delete", id="Y2lzY29zcGFyazovL3VzL1BFT1BMRS9tZS1pZA"),
    ],
    ids=["deleted", "moved", "unlicensed", "known by id"],
)
def test_never_the_admin_whose_token_it_is(hurt: Change) -> None:
    me = frozenset({"me@x.com", "me-id"})
    assert rules([hurt], me=me) == ["own-admin"]
    assert rules([hurt], me=frozenset({"other@x.com"})) == []
    with pytest.raises(UsageError, match="nothing lifts own-admin"):
        rules([hurt], me=me, lift=["own-admin:person/me@x.com"])


# --- lifting -----------------------------------------------------------------------------------------------------


def test_g15_each_finding_is_lifted_by_its_own_name() -> None:
    settings = {"protect": ["person/*"], "limits": {"delete": {"max": 1}}}
    names = ["protected:person/0@x.com", "protected:person/1@x.com"]
    assert rules(people(2), settings, lift=names) == ["limits", "protected lifted"] * 2
    assert rules(people(2), settings, lift=[*names, "limits:delete"]) == ["limits lifted", "protected lifted"] * 2
    assert rules(people(2), settings, lift=names[:1]) == ["protected lifted", "protected"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("protected:person/9@x.com", "did you mean protected:person/0@x.com?"),
        ("protected", "leave it out; what can be lifted here: protected:person/0@x.com"),
        ("limits:delete", "leave it out"),
        ("incomplete-snapshot:person/1@x.com", "nothing lifts incomplete-snapshot"),
    ],
)
def test_g15_a_name_that_lifts_nothing_is_a_usage_error(name: str, said: str) -> None:
    changes = [people(1)[0], delete("workspace/W")]
    gaps = {"workspace": "HTTP 503"}
    with pytest.raises(UsageError) as caught:
        rules(changes, {"protect": ["person/0@x.com"]}, lift=[name], gaps=gaps)
    assert said in str(caught.value)
