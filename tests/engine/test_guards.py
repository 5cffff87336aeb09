"""Guards stand outside the resource that they protect, and the plan is still made."""

from __future__ import annotations

from typing import Any

from reconciler import guard
from reconciler.model.plan import Change


def delete(address: str, **more: Any) -> Change:
    kind, _, key = address.partition("/")
    return Change(address, kind, key, "delete", "state: absent", **more)


def rules(
    changes: list[Change], tenant: dict[str, Any], managed: int = 100, gaps: dict[str, str] | None = None
) -> list[str]:
    found = guard.findings(changes, tenant, managed, gaps or {})
    assert all(finding.why and finding.do for finding in found)
    assert {finding.address for finding in found} == {change.address for change in changes if change.blocked}
    return [finding.rule for finding in found]


def test_protected_is_not_deleted_nor_moved() -> None:
    tenant = {"protect": ["person/ceo@*"]}
    move = Change(
        "person/ceo@x.com", "person", "ceo@x.com", "update", "", want={"location": "B"}, before={"location": "A"}
    )
    rename = Change("person/ceo@x.com", "person", "ceo@x.com", "update", "", want={"display_name": "B"})
    assert rules([delete("person/ceo@x.com"), delete("person/b@x.com")], tenant) == ["protected"]
    assert rules([move], tenant) == ["protected"]
    assert rules([rename], tenant) == []


def test_too_many_deletes_block_all_of_them() -> None:
    changes = [delete(f"person/{n}@x.com") for n in range(6)]
    assert rules(changes[:5], {"limits": {"delete": {"max": 5}}}) == []
    assert rules(changes, {"limits": {"delete": {"max": 5}}}) == ["limits"] * 6


def test_percent_counts_of_what_is_managed_and_not_of_few() -> None:
    limits = {"limits": {"delete": {"percent": 10}}}
    assert rules([delete("person/a@x.com"), delete("person/b@x.com")], limits, managed=20) == []
    assert rules([delete(f"person/{n}@x.com") for n in "abc"], limits, managed=20) == ["limits"] * 3
    assert rules([delete("person/a@x.com")], limits, managed=2) == []


def test_deletes_need_a_complete_list() -> None:
    changes = [delete("person/a@x.com"), delete("workspace/W")]
    assert rules(changes, {}, gaps={"person": "HTTP 503"}) == ["incomplete-snapshot"]
    assert changes[1].blocked == ""


def test_a_number_that_the_plan_hands_out_is_not_removed() -> None:
    hire = Change("person/a@x.com", "person", "a@x.com", "create", "", refs=["number/+15550000001"])
    assert rules([delete("number/+15550000001"), hire], {}) == ["still-used"]


def test_an_assigned_number_is_removed_only_when_its_owner_lets_go() -> None:
    taken = delete("number/+15550000001", facts={"owner": "PEOPLE Ana"})
    assert rules([taken], {}) == ["in-use"]
    taken.blocked = ""
    release = Change("person/a@x.com", "person", "a@x.com", "update", "", was_refs=["number/+15550000001"])
    assert rules([taken, release], {}) == []
    off = Change(
        "number/+15550000002", "number", "+15550000002", "update", "", want={"state": "inactive"}, facts={"owner": "X"}
    )
    assert rules([off], {}) == ["in-use"]


def test_what_a_kind_refuses_is_a_finding() -> None:
    assert rules([delete("location/A", blocked="not by this tool")], {}) == ["refused"]
