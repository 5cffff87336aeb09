"""Bad input is a first-class case: message and exit code are pinned, nothing is written, nothing is lost."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from reconciler.cli.app import run
from reconciler.simulator import Simulator
from tests.cli.conftest import Result

Reconcile = Callable[..., Result]

DESIRED = {
    "broken YAML": "people:\n  - email: [a@example.com\n",
    "unknown field": "people:\n  - email: a@example.com\n    extention: '1234'\n",
    "unknown kind": "poeple:\n  - email: a@example.com\n",
    "duplicate key in a mapping": "people:\n  - email: a@example.com\n    extension: '0001'\n    extension: '0002'\n",
    "two resources with one address": "people:\n  - email: a@example.com\n  - email: A@example.com\n",
    "reference to nothing": "people:\n  - email: a@example.com\n    location: Londn HQ\n",
    "extension that is a number": "people:\n  - email: a@example.com\n    extension: 1234\n",
    "extension that lost its zero": "people:\n  - email: a@example.com\n    extension: 0042\n",
    "national phone number without a country": "people:\n  - {email: a@example.com, phone_number: '02079460001'}\n",
    "range backwards": "numbers:\n  - range: ['+442079460109', '+442079460100']\n    location: London HQ\n",
    "time zone": "locations:\n  - name: X\n    time_zone: Europe/Londom\n",
    "language": "locations:\n  - name: X\n    preferred_language: english\n",
    "profile that is not there": "people:\n  - email: a@example.com\n    outgoing_permissions: {profile: nosuch}\n",
    "read only kind": "licenses:\n  - name: Webex Calling - Professional\n",
}


@pytest.mark.parametrize("case", DESIRED)
def test_errors_in_desired_files(case: str, repo: Path, reconcile: Reconcile, snapshot: SnapshotAssertion) -> None:
    (repo / "desired" / "bad.yaml").write_text(DESIRED[case], encoding="utf-8")
    result = reconcile("validate")
    assert (result.code, result.out) == (1, "")
    assert result.err == snapshot


@pytest.mark.parametrize(
    ("setting", "meant"),
    [
        ("do_not_disturb: {ringSplashEnabled: true}", "ring_splash"),
        ("voicemail: {sendUnansweredCalls: {numberOfRings: 5}}", "send_unanswered_calls or rings"),
        ("voicemail: {rngs: 5}", "rings"),
        ("caller_id: {blockInForwardCallsEnabled: true}", "block_in_forward_calls"),
    ],
)
def test_who_writes_a_field_as_the_api_calls_it_is_told_how_it_is_called_here(
    setting: str, meant: str, repo: Path, reconcile: Reconcile
) -> None:
    (repo / "desired" / "bad.yaml").write_text(f"people:\n  - email: a@example.com\n    {setting}\n", encoding="utf-8")
    assert f"did you mean {meant}?" in reconcile("validate").err


def test_all_errors_in_one_run(repo: Path, reconcile: Reconcile) -> None:
    for number, text in enumerate(DESIRED.values()):
        (repo / "desired" / f"bad{number}.yaml").write_text(text, encoding="utf-8")
    result = reconcile("validate")
    assert result.code == 1
    named = {line.partition(":")[0] for line in result.err.splitlines() if line.startswith("desired/bad")}
    assert named == {f"desired/bad{number}.yaml" for number in range(len(DESIRED))}


def test_empty_desired(repo: Path, reconcile: Reconcile, snapshot: SnapshotAssertion) -> None:
    for file in (repo / "desired").rglob("*"):
        if file.is_file() and file.name != "tenant.yaml":
            file.unlink()
    result = reconcile("validate")
    assert (result.code, result.err) == (1, snapshot)


def test_no_repository(tmp_path: Path, capsys: pytest.CaptureFixture[str], snapshot: SnapshotAssertion) -> None:
    code = run(["plan", "-C", str(tmp_path)])
    assert code == 1
    assert capsys.readouterr().err.replace(str(tmp_path), "<ANY>") == snapshot


def test_wrong_org_id(repo: Path, sim: Simulator, reconcile: Reconcile, snapshot: SnapshotAssertion) -> None:
    """A token of another organisation is refused before anything but the identity is asked."""
    tenant = repo / "desired" / "tenant.yaml"
    pinned = next(line for line in tenant.read_text().splitlines() if " id:" in line)
    tenant.write_text(tenant.read_text().replace(pinned, "  id: 11111111-1111-4111-8111-111111111111"))
    result = reconcile("plan")
    assert (result.code, result.err) == (4, snapshot)
    assert sim.requests()["by_route"] == {"GET /people/me": 1}


def test_missing_token(
    repo: Path, sim: Simulator, reconcile: Reconcile, monkeypatch: pytest.MonkeyPatch, snapshot: SnapshotAssertion
) -> None:
    monkeypatch.delenv("WEBEX_ACCESS_TOKEN")
    result = reconcile("plan")
    assert (result.code, result.err) == (77, snapshot)


def test_expired_token(
    repo: Path, sim: Simulator, reconcile: Reconcile, monkeypatch: pytest.MonkeyPatch, snapshot: SnapshotAssertion
) -> None:
    monkeypatch.setenv("WEBEX_ACCESS_TOKEN", "expired")
    result = reconcile("plan")
    assert (result.code, result.err) == (77, snapshot)
    assert "expired" not in result.err.replace("missing, expired or not valid", "")


def test_host_that_is_down(repo: Path, reconcile: Reconcile, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv("WEBEX_API_URL", f"http://127.0.0.1:{port}/v1")
    monkeypatch.setenv("WEBEX_ACCESS_TOKEN", "any")
    result = reconcile("plan")
    assert result.code == 75
    assert f"no answer from 127.0.0.1:{port}" in result.err
    assert "do: check WEBEX_API_URL and the network" in result.err
    assert "Traceback" not in result.err


@pytest.mark.parametrize("damage", ["{not json\n", '{"address":"person/nobody@example.com","fields":{}}\n', ""])
def test_corrupt_snapshot(damage: str, repo: Path, reconcile: Reconcile) -> None:
    file = next((repo / "state" / "person").glob("*.jsonl"))
    file.write_text(damage, encoding="utf-8")
    result = reconcile("plan", "--offline")
    assert result.code == 1
    assert f"state/person/{file.name}" in result.err
    assert "reconcile export" in result.err


def test_no_snapshot(repo: Path, reconcile: Reconcile) -> None:
    (repo / "state" / "manifest.json").unlink()
    result = reconcile("plan", "--offline")
    assert result.code == 1
    assert "reconcile export" in result.err


def _edit(repo: Path) -> None:
    file = repo / "desired" / "london-hq" / "workspaces.yaml"
    file.write_text(file.read_text().replace("capacity: 4", "capacity: 6", 1))


@pytest.mark.parametrize(
    ("was", "now"),
    [("6", "60"), ('"digest": "', '"digest": "0'), ("{", "["), ('"format_version": 1', '"format_version": 2')],
)
def test_plan_file_that_was_edited(was: str, now: str, repo: Path, sim: Simulator, reconcile: Reconcile) -> None:
    _edit(repo)
    plan = repo / "plan.json"
    assert reconcile("plan", "--out", str(plan)).code == 0
    plan.write_text(plan.read_text().replace(was, now, 1))
    sim.reset_requests()
    result = reconcile("apply", str(plan), "--yes")
    assert result.code == 5
    assert sim.requests()["total"] == 0
    assert str(plan) in result.err


def test_plan_file_that_is_not_there(repo: Path, sim: Simulator, reconcile: Reconcile) -> None:
    result = reconcile("apply", str(repo / "nosuch.json"), "--yes")
    assert result.code == 1
    assert "cannot read the plan" in result.err


def test_unknown_verb_and_option(reconcile: Reconcile) -> None:
    assert reconcile("plna").code == 64
    assert reconcile("plan", "--nosuch").code == 64
    assert reconcile("simulate", "--rate", "fast").code == 64


def test_address_that_is_no_web_address(repo: Path, reconcile: Reconcile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBEX_API_URL", "webexapis.com/v1")
    monkeypatch.setenv("WEBEX_ACCESS_TOKEN", "any")
    assert reconcile("plan").code == 64


def test_pruning_is_refused_not_ignored(repo: Path, reconcile: Reconcile) -> None:
    tenant = repo / "desired" / "tenant.yaml"
    tenant.write_text(tenant.read_text() + "manage: {person: {prune: true}}\n")
    result = reconcile("validate")
    assert result.code == 1
    assert "desired/tenant.yaml:" in result.err and "state: absent" in result.err


def test_odd_files_in_desired(repo: Path, reconcile: Reconcile) -> None:
    """Nothing hangs, nothing goes round in a circle, and what cannot be read is named."""
    desired = repo / "desired"
    (desired / "loop").symlink_to(desired)
    (desired / "folder.yaml").mkdir()
    result = reconcile("validate")
    assert (result.code, result.err.splitlines()[0]) == (1, "desired/loop: a link to a folder, which is not read")
    (desired / "loop").unlink()
    assert reconcile("validate").code == 0
    (desired / "self.yaml").symlink_to(desired / "self.yaml")
    for _ in range(2):
        result = reconcile("validate")
        assert (result.code, result.err.partition(":")[0]) in {(1, "desired"), (1, "desired/self.yaml")}
        assert "internal error" not in result.err
    (desired / "self.yaml").unlink()
    os.mkfifo(desired / "pipe.yaml")
    result = reconcile("plan", "--offline")
    assert (result.code, result.err.splitlines()[0]) == (1, "desired/pipe.yaml: is not a regular file")
