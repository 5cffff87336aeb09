"""What a machine reads from standard output (issue 10, part C)."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from reconciler.cli.app import run
from tests.approval.conftest import Typed
from tests.support.live import Live

ROOM = "S\u00e3o Jo\u00e3o \u2014 \u4f1a\u8b70\u5ba4"


@pytest.mark.issue10("C")
def test_a_plan_as_json_is_what_apply_takes_whatever_the_locale(
    office: Live, typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = {"name": ROOM, "capacity": 3}
    office.describe({"workspaces": [room]})
    for arguments in (["plan", "-o", "json"], ["plan", "--output=json", "--offline"], ["plan", "-o", "md"]):
        if "--offline" in arguments:
            office.remember()
        with monkeypatch.context() as patch:
            piped = io.TextIOWrapper(io.BytesIO(), encoding="iso-8859-1")
            patch.setattr(sys, "stdout", piped)
            assert run([arguments[0], "-C", str(office.root), *arguments[1:]]) == 0
            piped.flush()
            said = piped.buffer.getvalue()  # type: ignore[attr-defined]
        assert ROOM in said.decode("utf-8")
        if "md" in arguments:
            continue
        file = tmp_path / "piped.json"
        file.write_bytes(said)
        assert typed("apply", str(file), "--dry-run", "--yes").code == 0
    assert json.loads(file.read_text("utf-8"))["made"]["at"]
    assert typed("apply", str(file), "--yes").code == 0
    assert ROOM in {one["displayName"] for one in office.state()["workspaces"]}


@pytest.mark.issue10("C")
def test_target_says_what_it_brought(office: Live, typed: Typed) -> None:
    site = {"address1": "1 Road", "city": "Leeds", "postal_code": "LS1 1AA", "country": "GB"}
    calling = {"announcement_language": "en_gb", "routing_prefix": "8123"}
    annex = {"name": "Annex", "address": site, "time_zone": "Europe/London", "calling": calling}
    new = {"email": "new@example.com", "first_name": "New", "location": "Annex", "extension": "7070"}
    new["licenses"] = ["Webex Calling - Professional"]  # type: ignore[assignment]
    office.describe({"locations": [annex], "people": [new], "workspaces": [{"name": "Nook", "capacity": 2}]})
    said = typed("plan", "--target", "person/*").out
    assert "brought along, because what --target names rests on it: location.calling/Annex, location/Annex" in said
    assert "brought along" not in typed("plan", "--target", "workspace/*").out
    assert "brought along" not in typed("plan").out
