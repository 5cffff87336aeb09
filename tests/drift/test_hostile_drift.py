"""What a drift check meets that is not as it should be: rights that are missing, snapshots, hooks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reconciler.telemetry import hook
from tests.support.office import ANA, KINDS, Office


@pytest.fixture
def known(office: Office) -> Office:
    office.describe(people=[{"email": ANA}])
    assert office.export("--kind", "available_numbers.person_primary", "--no-report").code == 0
    return office


def test_artefacts_of_no_kind_are_compared_whole(known: Office) -> None:
    """`available_numbers` is no kind: an artefact that is called `available_numbers.…` was read all the same."""
    said = known.reconcile("drift", "--all", "-o", "json")
    assert (said.code, said.data["incomplete"], said.data["verdict"]) == (0, {}, "same")


def test_a_token_that_may_see_nothing_is_told_which_scope_it_lacks(known: Office) -> None:
    known.server.faults([{"match": {"route": "/people"}, "do": {"status": 403}}])
    said = known.reconcile("drift", "-o", "json")
    assert said.code == 77 and "spark-admin:people_read" in said.err and said.out == ""


def test_a_scope_that_is_missing_is_named_beside_what_was_compared(known: Office) -> None:
    room = known.tenant["workspaces"][0]["displayName"]
    known.describe(people=[{"email": ANA}], workspaces=[{"name": room}])
    known.server.faults([{"match": {"route": "/workspaces"}, "do": {"status": 403}}])
    said = known.reconcile("drift", "-o", "json")
    assert said.code == 7 and "the token lacks spark-admin:workspaces_read" in said.data["incomplete"]["workspace"]


def test_a_hook_gets_nothing_that_opens_anything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBEX_API_URL", "http://127.0.0.1:1/v1")
    secrets = ("WEBEX_REFRESH_TOKEN", "WEBEX_CLIENT_SECRET", "WEBEX_ACCESS_TOKEN_OLD", "RECONCILE_REDACT_KEY")
    for name in secrets:
        monkeypatch.setenv(name, f"opens-{name}")
    assert hook.run(hook.parse("sh -c 'env > environment'"), tmp_path, {}) == ""
    environment = (tmp_path / "environment").read_text()
    assert "opens-" not in environment and "WEBEX_API_URL=" in environment


def test_what_a_hook_says_acts_on_no_terminal(known: Office) -> None:
    said = known.reconcile("drift", "--hook", r"sh -c 'printf \\033[31mred\\nline; exit 1'")
    assert "red" in said.err and "\x1b" not in said.err


@pytest.mark.parametrize(
    "damage",
    [
        {"org": []},
        {"org": {"id": 5}},
        {"kinds": []},
        {"kinds": {"person": {"count": "x", "complete": True, "files": {}}}},
        {"kinds": {"person": {"count": 1, "complete": None, "files": {}}}},
        {"kinds": {"person": {"count": 1, "complete": True, "files": {"../../stolen.jsonl": {"sha256": "0"}}}}},
        {"kinds": {"person": {"count": 1, "complete": True, "files": {"/etc/passwd": {"sha256": "0"}}}}},
        {"kinds": {"person": {"count": 1, "complete": True, "files": {"person/_.jsonl": {"sha256": 5}}}}},
    ],
)
@pytest.mark.parametrize(
    "verb", [["drift"], ["insights"], ["history", "diff", "WORKING"], ["export", "--from-state", "--format", "csv"]]
)
def test_a_manifest_that_is_none_is_told_by_every_verb(known: Office, damage: dict[str, Any], verb: list[str]) -> None:
    manifest = known.root / "state" / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | damage))
    said = known.reconcile(*verb)
    assert said.code == 1 and "damaged" in said.err and "internal error" not in said.err


def test_a_newer_snapshot_is_neither_damaged_nor_lost(known: Office) -> None:
    manifest = known.root / "state" / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"format_version": 3}))
    before = manifest.read_bytes()
    for verb in (["drift"], ["history", "diff", "WORKING"], ["export", "--kind", KINDS[0], "--no-report"]):
        said = known.reconcile(*verb)
        assert said.code == 1 and "a newer version of reconcile wrote this snapshot" in said.err, verb
    assert manifest.read_bytes() == before
