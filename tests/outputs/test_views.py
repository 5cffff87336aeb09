"""Views: one row per pair (S29)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.model.snapshot import Current, MemorySnapshot
from reconciler.outputs.source import Source
from reconciler.outputs.views import views, without_pstn
from tests.outputs.conftest import Rich


def _rows(source: Source, name: str) -> list[dict[str, Any]]:
    (table,) = (table for table in views(source) if table.name == f"view.{name}")
    names = [column.name for column in table.columns]
    return [dict(zip(names, row, strict=True)) for row in table.rows(source)]


def test_s29_person_numbers_has_one_row_per_number(rich: Rich) -> None:
    """Held against the simulator's own state: 25 first numbers and 5 second ones."""
    rows = _rows(Source(rich.exported.snapshot), "person_numbers")
    found = {(row["person"], row["number"], row["use"]) for row in rows}
    people: Any = rich.state["people"]
    expected = set()
    for person in people:
        calling, address = person.get("calling") or {}, f"person/{person['emails'][0]}"
        if calling.get("number"):
            expected.add((address, calling["number"], "primary"))
        expected |= {(address, one["number"], "secondary") for one in calling.get("alternates") or []}
    assert found == expected and len(rows) == len(expected) >= 30
    assert len({row["number"] for row in rows}) == len(rows)
    assert {row["state"] for row in rows} <= {"active", "inactive"}


def test_queue_agents_and_their_queues(rich: Rich) -> None:
    rows = _rows(Source(rich.exported.snapshot), "queue_agents")
    queues: Any = rich.exported.snapshot.kinds["call_queue"].values()
    expected = {(queue.address, agent["id"]) for queue in queues for agent in queue.fields["agents"]}
    assert {(row["queue"], row["agent"]) for row in rows} == expected and len(rows) == len(expected) > 2
    assert all(row["agent"].startswith(("person/", "workspace/", "virtual_line/")) for row in rows)


def test_group_members() -> None:
    members = [{"id": "person/b@example.com", "type": "user"}, {"id": "person/a@example.com", "display_name": "A"}]
    group = Current("group.members", "Staff", "G", {"members": members})
    rows = _rows(Source(MemorySnapshot(org={}, kinds={"group.members": {"Staff": group}})), "group_members")
    assert [(row["group"], row["member"], row["name"]) for row in rows] == [
        ("group/Staff", "person/a@example.com", "A"),
        ("group/Staff", "person/b@example.com", "b@example.com"),
    ]


def test_licences_without_pstn_have_people_and_workspaces(rich: Rich) -> None:
    rows = _rows(Source(rich.exported.snapshot), "licenses_no_pstn")
    snapshot = rich.exported.snapshot
    held = {(name, one.address) for one in snapshot.kinds["person"].values() for name in one.fields["licenses"]}
    held |= {(w.fields["license"], w.address) for w in snapshot.kinds["workspace"].values() if w.fields["license"]}
    assert {(row["license"], row["holder"]) for row in rows} == {pair for pair in held if without_pstn(pair[0])}
    assert all(row["license_id"] and row["holder_id"] for row in rows), json.dumps(rows[0])


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Webex Calling - Professional", True), ("Cisco PSTN", False), ("Calling no PSTN", True), ("sin pstn", True)],
)
def test_which_licences_bring_no_pstn(name: str, expected: bool) -> None:
    assert without_pstn(name) is expected
