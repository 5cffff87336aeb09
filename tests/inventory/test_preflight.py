"""What the token may not read is said before anything is read, and then not asked for (S32)."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from reconciler.cli.app import run
from reconciler.inventory.choice import chosen
from reconciler.inventory.exporting import ExportOptions
from reconciler.inventory.preflight import FAMILIES, family_of
from reconciler.kinds import observed
from reconciler.simulator import Simulator, generate_tenant
from reconciler.simulator.core.scopes import wanted
from tests.inventory.conftest import Reading
from tests.inventory.repository import Repo
from tests.support.always import read_always

_PREFLIGHT = {
    "GET /people/me",
    "GET /identity/scim/{orgId}/v2/Users",
    "GET /telephony/config/locations",
    "GET /telephony/pstn/locations/{locationId}/connection",
    "GET /people",
    "GET /locations",
    "GET /licenses",
    "GET /workspaces",
    "GET /devices",
    "GET /groups",
    "GET /adminAudit/eventCategories",
}
#: The scope of each family, as the simulator has it from the documentation.
SCOPES = {family.name: wanted("GET", family.prefix.rstrip("/") + "/") for family in FAMILIES}


@pytest.fixture
def command(full: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repo:
    monkeypatch.setenv("WEBEX_API_URL", full.base_url)
    monkeypatch.setenv("WEBEX_ACCESS_TOKEN", full.token)
    return Repo(tmp_path, full)


def token_without(server: Simulator, *families: str) -> str:
    scopes = set(SCOPES.values()) - {SCOPES[family] for family in families}
    token = "without-" + "-".join(families).replace(" ", "-")
    server.add_token(token, scopes)
    return token


def asked(server: Simulator) -> Counter[str]:
    return Counter(f"{entry['method']} {entry['route']}" for entry in server.log())


def test_every_declared_request_has_a_family() -> None:
    declared = {request for one in (*read_always().values(), *observed().values()) for request in one.requests}
    assert {family_of(request).name for request in declared} == {one.name for one in FAMILIES if not one.optional}


def test_alone_it_asks_once_per_family_and_reads_nothing(command: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    command.server.reset_requests()
    assert run(["export", "-C", str(command.root), "--preflight"]) == 0
    assert asked(command.server) == dict.fromkeys(_PREFLIGHT, 1)
    assert not command.state.exists()
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[0] for line in lines] == [family.name for family in FAMILIES]
    assert all(line.endswith(" ok") for line in lines)


@pytest.mark.parametrize("family", [one.name for one in FAMILIES if not one.optional])
def test_s32_a_missing_scope_is_named_and_exits_77(
    command: Repo, family: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WEBEX_ACCESS_TOKEN", token_without(command.server, family))
    command.server.reset_requests()
    assert run(["export", "-C", str(command.root), "--preflight"]) == 77
    told = capsys.readouterr()
    scope = SCOPES[family].rpartition("_")[0]
    assert [line.split("  ")[0] for line in told.out.splitlines() if scope in line] == [family]
    assert scope in told.err
    assert {entry["method"] for entry in command.server.log()} == {"GET"}


def test_what_is_optional_is_told_and_no_error(
    command: Repo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WEBEX_ACCESS_TOKEN", token_without(command.server, "people directory", "audit events"))
    assert run(["export", "-C", str(command.root), "--preflight"]) == 0
    out = capsys.readouterr().out
    assert "missing: audit:events_read (optional)" in out and "missing: identity:people_rw (optional)" in out


def test_only_the_families_of_what_is_chosen_are_asked(command: Repo) -> None:
    for names, families in {
        ("group",): {"GET /groups"},
        ("workspace.capabilities",): {"GET /workspaces", "GET /telephony/config/locations"},
        ("trunk",): {"GET /telephony/config/locations"},
    }.items():
        command.server.reset_requests()
        selected = [word for name in names for word in ("--kind", name)]
        assert run(["export", "-C", str(command.root), "--preflight", *selected]) == 0
        assert asked(command.server).keys() - {"GET /people/me", "GET /adminAudit/eventCategories"} == families


@pytest.mark.parametrize(
    ("family", "never", "lost"),
    [
        ("devices", {"/devices/{deviceId}"}, {"device"}),
        ("groups", {"/groups/{groupId}/Members"}, {"group", "group.members"}),
        ("PSTN", set(), {"location.pstn"}),
    ],
)
def test_s32_what_would_be_refused_is_skipped_and_the_rest_is_read(
    command: Repo, whole: Reading, family: str, never: set[str], lost: set[str]
) -> None:
    """The only refusal is the preflight's; what is lost says which scope it lacks, all else is what it always was."""
    done = command.export(ExportOptions(careful=True), token=token_without(command.server, family))
    refused = [entry["route"] for entry in command.log if entry["status"] == 403]
    assert len(refused) == 1
    assert not never & {entry["route"] for entry in command.log}
    statuses = {status.artefact: status for status in done.statuses}
    assert {name for name, status in statuses.items() if status.result != "ok"} == lost
    for name in lost:
        assert statuses[name].result == "forbidden"
        assert SCOPES[family].rpartition("_")[0] in statuses[name].scope
    same = {name for name in whole.snapshot.kinds if name not in lost | {"location"}}
    assert {name for name in same if done.snapshot.kinds[name] != whole.snapshot.kinds[name]} == set()


@pytest.mark.issue10(16)
def test_rooms_are_read_by_a_token_that_may_not_read_calling(command: Repo, whole: Reading) -> None:
    """What it cannot tell of them is unknown, each by its field, and is said."""
    done = command.export(ExportOptions(careful=True), token=token_without(command.server, "calling"))
    rooms, before = done.snapshot.kinds["workspace"], whole.snapshot.kinds["workspace"]
    assert rooms.keys() == before.keys() and {room.fields["capacity"] for room in rooms.values()} != {None}
    assert {name for room in rooms.values() for name in room.unknown} >= {"extension", "phone_number"}
    assert {status.artefact: status.result for status in done.statuses}["workspace"] == "incomplete"


def test_a_refused_section_leaves_its_owner(command: Repo) -> None:
    done = command.export(ExportOptions(careful=True), token=token_without(command.server, "PSTN"))
    place = done.snapshot.kinds["location"]["London HQ"]
    assert "may not read PSTN" in place.unknown["pstn"] and place.fields["calling"]
    assert "location" not in done.snapshot.gaps and "location.pstn" in done.snapshot.gaps


def test_an_export_goes_on_and_exits_with_7(
    command: Repo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The scope is named on stderr before the first list is read, and stands in the status."""
    monkeypatch.setenv("WEBEX_ACCESS_TOKEN", token_without(command.server, "devices"))
    out = command.root / "files"
    arguments = ["export", "-C", str(command.root), "--format", "json", "--outputs", str(out), "--no-report"]
    assert run([*arguments, "--kind", "device", "--kind", "trunk"]) == 7
    told = capsys.readouterr().err
    assert told.startswith("preflight: the token may not read devices; it lacks spark-admin:devices_read")
    assert "forbidden" in (out / "status.json").read_text() and "devices_read" in (out / "status.json").read_text()
    assert (command.state / "trunk.jsonl").exists()


def test_it_asks_for_no_connection_where_no_location_calls(server: Simulator, tmp_path: Path) -> None:
    server.load(generate_tenant(people=0, locations=0, workspaces=0))
    repo = Repo(tmp_path, server)
    done = repo.export(ExportOptions(only_preflight=True, careful=True))
    assert "PSTN" not in done.preflight.families and repo.routes["GET /telephony/config/locations"] == 1


def test_what_fails_otherwise_is_left_to_the_reading(full: Simulator, tmp_path: Path) -> None:
    """A preflight that says something is forbidden because it is broken would be wrong."""
    full.faults([{"match": {"route": "/devices"}, "nth": 1, "times": 1, "do": {"status": 400}}])
    done = Repo(tmp_path, full).export(ExportOptions(careful=True), choice=chosen(["device"]))
    assert done.preflight.missing == [] and done.statuses.complete
