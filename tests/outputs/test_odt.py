"""The layout `odt`: the predecessor's files and columns (S22), without its bugs."""

from __future__ import annotations

import base64
import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from reconciler.inventory.status import Status
from reconciler.kinds import managed, observed
from reconciler.outputs import Request, write
from reconciler.outputs.odt_modules import MODULES, RAW
from reconciler.repository.store.lines import line_of
from tests.outputs.conftest import Rich

Rows = dict[str, list[dict[str, str]]]


@pytest.fixture(scope="session")
def folder(rich: Rich, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("odt") / "out"
    write(folder, rich.exported.snapshot, list(rich.exported.statuses), Request(("csv", "json"), "odt"))
    return folder / "exports"


@pytest.fixture(scope="session")
def rows(folder: Path) -> Rows:
    return {
        path.stem: list(csv.DictReader(io.StringIO(path.read_text("utf-8"), newline="")))
        for path in folder.glob("*.csv")
    }


def test_s22_golden_schema(folder: Path, snapshot: SnapshotAssertion) -> None:
    """Every file and its columns, in their order. A renamed one shows here."""
    heads = {path.stem: path.read_text("utf-8").partition("\n")[0] for path in sorted(folder.glob("*.csv"))}
    assert {path.stem for path in folder.glob("*.json")} == heads.keys()
    assert heads == snapshot


def test_every_source_is_something_that_is_read() -> None:
    assert {module.source for module in MODULES if module.source} <= managed().keys() | observed().keys()
    assert len({module.name for module in MODULES}) == len(MODULES)


def test_every_row_says_whose_it_is(rows: Rows) -> None:
    """The predecessor lost the owner of every person's and workspace's settings, and the location of most features."""
    told = 0
    for module in MODULES:
        owner = module.source.partition(".")[0]
        for row in rows[module.name]:
            if owner in ("person", "workspace", "virtual_line", "license", "group") and f"{owner}_id" in row:
                assert row[f"{owner}_id"], (module.name, row)
                told += 1
            if module.columns[0] == "location_id" and "raw_json" in row and module.source != "call_queue_settings":
                # what is the organisation's has no location
                level = json.loads(row["raw_json"]).get("level")
                assert row["location_id"] or level == "ORGANIZATION", (module.name, row)
                told += 1
    assert told > 500


def test_ids_are_those_of_the_tenant(rich: Rich, rows: Rows) -> None:
    people = {current.id for current in rich.exported.snapshot.kinds["person"].values()}
    places = {current.id for current in rich.exported.snapshot.kinds["location"].values()}
    assert {row["person_id"] for row in rows["people"]} == people
    assert {row["person_id"] for row in rows["person_call_forwarding"]} < people
    assert {row["location_id"] for row in rows["hunt_groups"]} < places
    for row in rows["call_queue_agents"]:
        assert row["member_id"] in people and row["person_id"] == row["member_id"] and row["workspace_id"] == ""
        assert row["id"] in {queue["id"] for queue in rows["call_queues"]} and row["first_name"]
    for row in rows["license_assigned_users"]:
        assert row["person_id"] in people and row["license_id"] in {one["license_id"] for one in rows["licenses"]}
    licensed = next(row for row in rows["people"] if row["licenses"])
    assert set(licensed["licenses"].split(";")) <= {row["license_id"] for row in rows["licenses"]}
    routed = [row for row in rows["location_pstn_connection"] if row["route_group_id"]]
    assert routed and {row["connection_type"] for row in rows["location_pstn_connection"]} == {"LOCAL_GATEWAY"}


#: Columns that nothing in the rich tenant fills, by file. What the API does not tell in any answer that is read:
NOTHING_SAYS = {
    # people have a list of addresses, no address; the predecessor's columns were empty too
    "people_details": "language address_1 city state postal_code country",
    "location_pstn_connection": "id",  # a snapshot names what it leads to
    # what is the organisation's, a location's, or everybody's is nobody's own
    "call_queue_settings": "location_id name",
    **dict.fromkeys(
        [f"person_available_numbers_{use}" for use in ("primary", "secondary", "fax_message")], "person_id id name"
    ),
    **dict.fromkeys(
        [f"person_available_numbers_{use}" for use in ("call_forward", "call_intercept", "ecbn")], "id name"
    ),
    "virtual_line_available_numbers_available": "virtual_line_id id name",
    **dict.fromkeys(
        [f"workspace_available_numbers_{use}" for use in ("available", "secondary")], "workspace_id id name"
    ),
    # neither an id nor a name is in these items
    "person_out_access_codes": "id name",
    "workspace_devices": "name",
    # people only are in its licences and queues
    **dict.fromkeys(["license_assigned_users", "call_queue_agents"], "workspace_id"),
}
#: Its features have extensions and no numbers.
WITHOUT_NUMBER = [
    *("auto_attendants", "auto_attendant_details", "auto_attendant_forwarding"),
    *("hunt_groups", "hunt_group_details", "hunt_group_forwarding"),
    *("call_queues", "call_queue_details", "call_queue_forwarding"),
]


def test_no_column_is_empty_of_which_an_answer_says_something(rows: Rows) -> None:
    empty = {}
    for module in MODULES:
        found = [name for name in module.columns if rows[module.name] and not any(r[name] for r in rows[module.name])]
        if found:
            empty[module.name] = " ".join(found)
    assert empty == NOTHING_SAYS | dict.fromkeys(WITHOUT_NUMBER, "direct_number")


def test_people_have_the_roles_and_the_presence_that_the_tenant_tells(rich: Rich, rows: Rows) -> None:
    told = {one["emails"][0]: one for one in rich.state["people"]}
    for row in rows["people"]:
        assert row["status"] == told[row["email"]]["status"]
        assert bool(row["roles"]) == bool(told[row["email"]]["roles"])
    (admin,) = [row for row in rows["people"] if row["roles"]]
    assert base64.urlsafe_b64decode(admin["roles"] + "==") == b"ciscospark://us/ROLE/id_full_admin"


def test_presence_is_no_part_of_a_snapshot(rich: Rich, tmp_path: Path) -> None:
    """It is another one a minute later, and an unchanged tenant has the same bytes."""
    person = next(iter(rich.exported.snapshot.kinds["person"].values()))
    other = replace(person, passing={"status": "meeting"})
    assert person.passing["status"] and other == person and line_of(other) == line_of(person)


def test_counts_and_features_in_several_locations(rich: Rich, rows: Rows) -> None:
    snapshot = rich.exported.snapshot
    for name, source in (("people", "person"), ("workspaces", "workspace"), ("hunt_group_details", "hunt_group"),
                         ("call_queue_forwarding", "call_queue"), ("virtual_lines", "virtual_line")):  # fmt: skip
        assert len(rows[name]) == len(snapshot.kinds[source]), name
    assert len({row["location_id"] for row in rows["hunt_group_details"]}) > 1
    assert len(rows["call_queue_settings"]) == 1
    for name in rows:
        if "available_numbers" in name:
            found = [(row["location_id"], row["direct_number"]) for row in rows[name]]
            assert len(set(found)) == len(found), f"{name}: a number of a location stands once"
    assert {row["webex_calling_enabled"] for row in rows["people"]} == {"true", "false"}
    assert sum(row["webex_calling_enabled"] == "true" for row in rows["people"]) == len(rows["person_call_forwarding"])
    assert all(row["language"] and row["city"] and row["country"] for row in rows["calling_locations"])


def test_raw_json_is_all_of_it(rows: Rows) -> None:
    for module in MODULES:
        for row in rows[module.name] if RAW[0] in module.columns else ():
            raw = json.loads(row["raw_json"])
            assert row["raw_keys"] == ",".join(sorted(raw)) and row["source_method"] == module.method


def test_status(rich: Rich, rows: Rows) -> None:
    status = {row["module"]: row for row in rows["status"]}
    assert set(status) == {module.name for module in MODULES}
    for name, row in status.items():
        assert row["elapsed_ms"] == "0" and int(row["count"]) == len(rows[name])
        assert row["result"] in ("ok", "forbidden", "not_found", "error")
    gone = status["virtual_line_available_numbers_primary"]
    assert (gone["result"], gone["error"]) == ("not_found", "the API has no such list")


def test_failures_are_told_in_the_predecessors_words(rich: Rich, tmp_path: Path) -> None:
    statuses = [Status("person"), Status("group", "forbidden", http_status=403, why="no scope"),
                Status("license", "incomplete", why="page 2 is missing")]  # fmt: skip
    write(tmp_path / "out", rich.exported.snapshot, statuses, Request(("json",), "odt"))
    found = {row["module"]: row for row in json.loads((tmp_path / "out/exports/status.json").read_text())}
    assert (found["groups"]["result"], found["groups"]["http_status"]) == ("forbidden", 403)
    assert (found["licenses"]["result"], found["licenses"]["error"]) == ("error", "page 2 is missing")
    assert "workspaces" not in found, "what was not read has no row"


def test_requirements(rows: Rows) -> None:
    found = {row["requirement_id"]: row["status"] for row in rows["v1_requirements_status"]}
    assert len(found) == 20 and found["control_hub_validation"] == "missing"
    met = {"call_queue_details_names", "locations_language", "route_group_id", "users_webex_calling", "direct_number"}
    assert {found[name] for name in met} == {"ok"}
    assert found["group_member_info"] == ("ok" if rows["group_members"] else "missing")
