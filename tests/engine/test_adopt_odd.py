"""Adopt writes nothing that `validate` refuses: what cannot be described is left out, and why is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.adopt import adopt, entry, slug
from reconciler.adopt.entries import as_ranges
from reconciler.cli.app import run
from reconciler.kinds import kind
from reconciler.model.snapshot import Current, MemorySnapshot
from reconciler.repository import desired
from reconciler.simulator import Simulator, generate_tenant
from tests.support.odd import odd_tenant

KINDS = [word for kind in ("location", "person", "workspace", "number") for word in ("--kind", kind)]


def adopted(server: Simulator, root: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """The exit code of the adopt after an export, and that all that comes after it finds nothing wrong."""
    monkeypatch.setenv("WEBEX_API_URL", server.base_url)
    monkeypatch.setenv("WEBEX_ACCESS_TOKEN", server.token)
    assert run(["export", "-q", "-C", str(root), *KINDS]) == 0
    code = run(["adopt", "-C", str(root)])
    assert run(["validate", "-C", str(root)]) == 0
    assert run(["plan", "--detailed-exitcode", "-C", str(root)]) == 0
    assert run(["plan", "--offline", "--detailed-exitcode", "-C", str(root)]) == 0
    return code


@pytest.mark.issue10(28)
@pytest.mark.parametrize("seed", range(12))
def test_export_adopt_validate_plan_of_an_odd_tenant(
    server: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    server.load(odd_tenant(seed))
    assert adopted(server, tmp_path, monkeypatch) in (0, 3)


@pytest.mark.issue10(28)
def test_what_cannot_be_described_is_left_out_with_its_reason_and_the_rest_is_written(
    server: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tenant = generate_tenant(people=3, locations=1, workspaces=1, seed=5)
    (place,), (ana, ben, eva), (room,) = tenant["locations"], tenant["people"], tenant["workspaces"]
    place.update(preferredLanguage="en_SG")
    place["calling"]["announcementLanguage"] = "en_sg"
    ana["emails"], ana["firstName"] = ["an/a@example.com"], "Ana"
    ben["calling"]["extension"], ben["displayName"] = "7", "n" * 300
    busy = {"enabled": True, "destination": "12125550100", "destinationVoicemailEnabled": False}
    eva["calling"]["forwarding"] = {"busy": busy, "always": {**busy, "destination": "sip:eva@example.com"}}
    room["displayName"] = "r" * 300
    server.load(tenant)
    assert adopted(server, tmp_path, monkeypatch) == 3
    told = [line for line in capsys.readouterr().err.splitlines() if line.startswith("left alone: ")]
    assert told == [
        'left alone: person/an/a@example.com: email: "an/a@example.com" is not an e-mail address',
        f"left alone: person/{ben['emails'][0]}: display_name: too long: at most 256 characters",
        f'left alone: person/{ben["emails"][0]}: extension: "7" is not 2 to 10 digits',
        f'left alone: person/{eva["emails"][0]}: forwarding.always.destination: "sip:eva@example.com" is not '
        "a number, an extension of at least 2 digits, or a policy like 53{extension}",
        f"left alone: workspace/{'r' * 300}: name: too long: at most 256 characters",
    ]
    wanted = {one.address: one.fields for one in desired.load(tmp_path).resources if one.kind != "number"}
    location = wanted.pop(f"location/{place['name']}")
    assert location["preferred_language"] == location["calling"]["announcement_language"] == "en_sg"
    assert wanted.keys() == {f"person/{ben['emails'][0]}", f"person/{eva['emails'][0]}"}
    assert wanted[f"person/{ben['emails'][0]}"].keys() & {"extension", "display_name", "licenses"} == {"licenses"}
    assert wanted[f"person/{eva['emails'][0]}"]["forwarding"].keys() == {"busy"}


@pytest.mark.issue10(28)
def test_a_field_of_what_is_described_is_not_set_to_what_validate_refuses(
    server: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tenant = generate_tenant(people=2, locations=1, workspaces=0, seed=5)
    ana, _ = tenant["people"]
    server.load(tenant)
    assert adopted(server, tmp_path, monkeypatch) == 0
    file = tmp_path / "desired" / slug(tenant["locations"][0]["name"]) / "people.yaml"
    before = file.read_text(encoding="utf-8")
    ana["calling"]["extension"], ana["firstName"], ana["lastName"] = "7", "", "Li"
    server.load(tenant)
    run(["export", "-q", "-C", str(tmp_path), *KINDS])
    capsys.readouterr()
    assert run(["adopt", "-C", str(tmp_path)]) == 3
    said = capsys.readouterr()
    assert "last_name" in said.out and "first_name" not in said.out
    assert 'extension: "7" is not 2 to 10 digits' in said.err and "first_name: cannot be cleared" in said.err
    after = file.read_text(encoding="utf-8")
    assert [new for old, new in zip(before.split("\n"), after.split("\n"), strict=True) if old != new] == [
        "    last_name: Li"
    ]
    assert run(["validate", "-C", str(tmp_path)]) == 0


@pytest.mark.issue10(28)
def test_two_that_lay_claim_to_one_thing_are_not_both_written(tmp_path: Path) -> None:
    """The API shows it when a number is moved while it is listed: `validate` would refuse both."""
    snapshot = MemorySnapshot({"id": "org", "name": "ACME"}, {"person": {}, "location": {}, "number": {}})
    for mail in ("ana@example.com", "ben@example.com"):
        snapshot.add(Current("person", mail, mail, {"email": mail, "phone_number": "+12125550100", "first_name": "A"}))
    snapshot.add(Current("number", "+12125550100", "n", {"number": "+12125550100", "state": "active"}))
    done = adopt(tmp_path, snapshot, snapshot.org)
    assert done.left == [
        "person/ben@example.com: number +12125550100 already belongs to person/ana@example.com (desired/people.yaml)"
    ]
    assert [one.key for one in desired.load(tmp_path).resources if one.kind == "person"] == ["ana@example.com"]


@pytest.mark.issue10(28)
def test_what_refers_to_nothing_that_is_known_is_left_out(tmp_path: Path) -> None:
    """A licence that is in no list, a trunk that the token does not see: their ids would be taken for names."""
    lists = {name: {} for name in ("person", "location", "license", "trunk", "route_group")}
    snapshot = MemorySnapshot({"id": "org", "name": "ACME"}, dict(lists))
    place = {"name": "Bath", "pstn": {"trunk": "Y2lzY29z", "route_group": None, "provider": None}}
    snapshot.add(Current("location", "Bath", "l", place))
    snapshot.add(Current("person", "ana@example.com", "a", {"email": "ana@example.com", "location": "Y2lzY29z"}))
    done = adopt(tmp_path, snapshot, snapshot.org)
    assert done.left == [
        "location/Bath: pstn.trunk: there is no trunk 'Y2lzY29z' in the snapshot",
        "person/ana@example.com: location: there is no location 'Y2lzY29z' in the snapshot",
    ]
    assert [one.fields for one in desired.load(tmp_path).resources] == [{"name": "Bath"}, {"email": "ana@example.com"}]


@pytest.mark.issue10(28)
def test_a_range_is_no_longer_than_a_range_may_be_and_keeps_its_digits() -> None:
    numbers = [{"number": f"+1212{n:07}", "state": "active"} for n in range(12_000)]
    numbers += [{"number": "+9999999", "state": "active"}, {"number": "+10000000", "state": "active"}]
    ranges = as_ranges(numbers)
    assert [one.get("range") for one in ranges] == [
        None, None, ["+12120000000", "+12120009999"], ["+12120010000", "+12120011999"]
    ]  # fmt: skip


@pytest.mark.issue10(28)
def test_the_folder_of_a_long_name_can_be_made() -> None:
    assert len(slug("x" * 256)) <= 255


@pytest.mark.issue10(28)
@pytest.mark.parametrize("language", ["en_SG", "en_MY", "fil_PH", "zh_Hant_TW", "es_419", "en"])
def test_languages_are_as_wide_as_the_tenants(language: str, tmp_path: Path) -> None:
    current = Current("location", "Bath", "l", {"name": "Bath", "preferred_language": language.lower()})
    assert kind("location").model.model_validate(entry(kind("location"), current))
