"""What cannot be done never ends with 0: not entitled, refused, unreadable (issue 10, item 13)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from reconciler import pipeline
from reconciler.cli.app import run
from reconciler.simulator import Simulator
from tests.cli.conftest import Result
from tests.support.live import Live, changes_of

BARE, CALLER = "omar.ashford@example.com", "amelia.tanaka@example.com"
ROOM, BARE_ROOM = "Board Room", "Quiet Corner"
AWAY = {"always": {"destination": "+442079460001"}}
OFF = {"always": None}
PRO = "Webex Calling - Professional"
FORWARDING = f"person.forwarding/{BARE}"

Typed = Callable[..., Result]


@pytest.fixture
def typed(live: Live, server: Simulator, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Typed:
    monkeypatch.setenv("WEBEX_API_URL", server.base_url)
    monkeypatch.setenv("WEBEX_ACCESS_TOKEN", server.token)

    def call(*arguments: str) -> Result:
        capsys.readouterr()
        code = run([arguments[0], "-C", str(live.root), *arguments[1:]])
        captured = capsys.readouterr()
        return Result(code, captured.out, captured.err)

    return call


def person(email: str = BARE, **fields: Any) -> dict[str, Any]:
    return {"people": [{"email": email, **fields}]}


def fails(live: Live, route: str, status: int) -> None:
    body = {"message": "no", "errors": [], "trackingId": "X"}
    live.server.faults([{"match": {"method": "GET", "route": route}, "do": {"status": status, "body": body}}])


@pytest.mark.issue10(13)
@pytest.mark.parametrize(
    ("wanted", "fault"),
    [
        (person(forwarding=AWAY), None),
        (person(outgoing_permissions={"NATIONAL": {"action": "BLOCK"}}), None),
        ({"workspaces": [{"name": BARE_ROOM, "forwarding": AWAY}]}, None),
        (person(CALLER, forwarding=AWAY), ("/people/{personId}/features/callForwarding", 403)),
        (person(CALLER, forwarding=OFF), ("/people/{personId}/features/callForwarding", 403)),
        (person(CALLER, forwarding=None), ("/people/{personId}/features/callForwarding", 400)),
    ],
    ids=[
        "no calling",
        "no calling: permissions",
        "room without calling",
        "refused",
        "refused: off",
        "unreadable: null",
    ],
)
def test_what_cannot_be_told_ends_no_command_with_0(
    live: Live, typed: Typed, wanted: dict[str, Any], fault: tuple[str, int] | None
) -> None:
    live.describe(wanted)
    if fault:
        fails(live, *fault)
    detailed, verified, applied = typed("plan", "--detailed-exitcode"), typed("verify"), typed("apply", "--yes")
    assert (detailed.code, verified.code, applied.code) == (2, 2, 3)
    assert "cannot tell" in detailed.out and "0 of 1" in verified.out
    (address,) = changes_of(live.plan())
    assert f"? {address}" in verified.out and f"? {address}" in applied.out
    assert live.writes() == {}
    assert typed("apply", "--yes", "--dry-run").code == 3


@pytest.mark.issue10(13)
def test_what_is_to_be_off_is_off_where_there_is_no_calling(live: Live, typed: Typed) -> None:
    for forwarding in (None, OFF, {"busy": {"enabled": False}}):
        live.describe(person(forwarding=forwarding))
        assert typed("plan", "--detailed-exitcode").code == 0 and typed("verify").code == 0


@pytest.mark.issue10(13)
def test_beside_another_change_it_cannot_be_told_either(live: Live, typed: Typed) -> None:
    """The run, its status, its resumption, and doing its failures again: all end as in part."""
    live.describe(person(display_name="Omar A.", forwarding=AWAY))
    assert changes_of(live.plan()) == {f"person/{BARE}": "update", FORWARDING: "cannot_tell"}
    done = typed("apply", "--yes")
    assert done.code == 3 and "1 of 1 result verified" in done.out and f"? {FORWARDING}" in done.out
    assert any(p["displayName"] == "Omar A." for p in live.state()["people"])
    told = typed("status")
    assert told.code == 3 and FORWARDING in told.out
    assert json.loads(typed("status", "-o", "json").out)["addresses_left_out"].keys() == {FORWARDING}
    assert typed("resume").code == 3 and typed("resume", "--only-failures").code == 3
    assert typed("undo", "last", "--yes").code == 0, "all that was done is taken back"


@pytest.mark.issue10(13)
def test_what_failed_is_done_again_and_the_rest_is_still_left_out(live: Live, typed: Typed) -> None:
    live.describe({**person(forwarding=AWAY), "workspaces": [{"name": ROOM, "capacity": 7}]})
    do = {"status": 400, "body": {}}
    live.server.faults([{"match": {"method": "PUT", "route": "/workspaces/*"}, "times": 1, "do": do}])
    assert typed("apply", "--yes").code == 3
    again = typed("resume", "--only-failures", "--yes")
    assert again.code == 3 and "1 of 1 result verified" in again.out and f"? {FORWARDING}" in again.out
    assert typed("status").code == 3


@pytest.mark.issue10(13)
def test_a_sibling_that_gives_what_was_missing_brings_it_about(live: Live, typed: Typed) -> None:
    live.describe(person(location="London HQ", extension="4711", licenses={PRO: True}, forwarding=AWAY))
    assert changes_of(live.plan()) == {f"person/{BARE}": "update", FORWARDING: "update"}
    assert typed("apply", "--yes").code == 0
    (one,) = [p for p in live.state()["people"] if BARE in p["emails"]]
    assert one["calling"]["forwarding"]["always"]["destination"] == "+442079460001"


@pytest.mark.issue10(13)
@pytest.mark.parametrize("as_it_is", [False, True])
def test_a_sibling_that_takes_calling_leaves_nothing_to_set(live: Live, typed: Typed, as_it_is: bool) -> None:
    """Whether the section is to change or is as described: with calling it goes, and no run says that all is done."""
    has = {"destination": "+442079460001", "ring_reminder": False, "voicemail": False}
    away = {"always": has if as_it_is else {"destination": "0100"}}
    caller = "liam.kowalski@example.com"
    live.describe({"people": [{"email": caller, "licenses": {PRO: False}, "forwarding": away}]})
    plan = live.plan()
    assert changes_of(plan) == {f"person/{caller}": "update", f"person.forwarding/{caller}": "cannot_tell"}
    assert typed("apply", "--approve", plan.digest).code == 3
    (one,) = [p for p in live.state()["people"] if caller in p["emails"]]
    assert one["calling"] is None
    assert typed("plan", "--detailed-exitcode").code == 2


@pytest.mark.issue10(13)
def test_a_new_owner_without_calling_has_no_calling_settings(live: Live) -> None:
    new = {"email": "new@example.com", "first_name": "New", "licenses": ["Messaging"], "forwarding": AWAY}
    room = {"name": "Nook", "forwarding": AWAY}
    live.describe({"people": [new], "workspaces": [room]})
    assert changes_of(live.plan()) == {
        "person/new@example.com": "create",
        "person.forwarding/new@example.com": "cannot_tell",
        "workspace/Nook": "create",
        "workspace.forwarding/Nook": "cannot_tell",
    }


@pytest.mark.issue10(13)
def test_offline_and_the_safe_part_say_the_same(live: Live, typed: Typed) -> None:
    live.remember()
    live.describe(person(display_name="Omar A.", forwarding=AWAY))
    offline = pipeline.plan_offline(live.root, cache=False)
    assert changes_of(offline) == changes_of(live.plan())
    assert typed("plan", "--offline", "--detailed-exitcode").code == 2
    assert typed("apply", "--yes", "--only-safe").code == 3
