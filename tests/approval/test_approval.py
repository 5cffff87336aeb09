"""An approval is of one plan: by its digest, at a terminal (test_prompt.py), or --yes where nothing is destroyed."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from reconciler.errors import StaleError
from reconciler.kinds import sections_of
from reconciler.model.approval import Approval
from reconciler.runs import known as runs
from tests.approval.conftest import Typed
from tests.support.live import Live

PRO = "Webex Calling - Professional"
HERE, THERE = "Site 002", "Site 001"
ANA, BEN, EVA = (f"person00000{n}@example.com" for n in (1, 3, 5))
ROOM = {"name": "Room 0001", "capacity": 7}


def room(capacity: int) -> dict[str, Any]:
    return {"workspaces": [{"name": "Room 0001", "capacity": capacity}]}


DESTROYS = {
    "deletes": {"people": [{"email": BEN, "state": "absent"}]},
    "moves": {"people": [{"email": BEN, "location": THERE, "extension": "1099"}]},
    "silences": {"people": [{"email": BEN, "licenses": {PRO: False}}]},
}


@pytest.mark.parametrize("how", DESTROYS)
def test_s113_what_destroys_takes_an_approval_of_its_own(office: Live, typed: Typed, how: str) -> None:
    office.describe({**DESTROYS[how], **room(7)})
    refused = typed("apply", "--yes")
    assert refused.code == 4 and office.writes() == {}
    assert f"person/{BEN}" in refused.err and f"reconcile apply --approve {refused.digest}" in refused.err
    assert typed("apply", "--approve", refused.digest).code == 0
    assert len(office.writes()) == 2


def test_s113_what_only_adds_or_sets_does_not(office: Live, typed: Typed) -> None:
    new = {"email": "nia@example.com", "first_name": "Nia", "location": HERE, "extension": "2001", "licenses": [PRO]}
    office.describe({"people": [new, {"email": ANA, "first_name": "Anna"}], **room(7)})
    assert typed("apply", "--yes").code == 0


def test_s113_undo_is_approved_like_any_plan(office: Live, typed: Typed) -> None:
    new = {"email": "nia@example.com", "first_name": "Nia", "licenses": ["Messaging"]}
    office.describe({"people": [new]})
    assert typed("apply", "--yes").code == 0
    refused = typed("undo", "last", "--yes")
    run = runs.find(office.root).name
    assert refused.code == 4 and f"reconcile undo {run} --approve {refused.digest}" in refused.err
    assert typed("undo", run, "--approve", "0" * 12).code == 5
    assert typed("undo", run, "--approve", refused.digest).code == 0
    assert runs.find(office.root).started["approval"]["how"] == "digest"


def test_g19_without_a_terminal_nobody_is_asked(office: Live, typed: Typed) -> None:
    office.describe(room(7))
    asked = typed("apply")
    assert asked.code == 4 and office.writes() == {}
    assert asked.err == (
        "not approved: there is no terminal to ask on\n"
        f"  do: look at the plan, then: reconcile apply --approve {asked.digest}\n"
    )
    assert asked.out.splitlines()[-1] == f"plan {asked.digest}", "what comes next is said by the refusal"
    assert typed("apply", "--approve", asked.digest.upper()).code == 0


def test_g19_approval_of_one_plan_never_applies_another(office: Live, typed: Typed) -> None:
    """Not when desired has changed, nor the tenant, nor what was selected or lifted; and it says what is different."""
    office.describe({**room(7), "people": [{"email": ANA, "first_name": "Anna"}]})
    digest = typed("plan").digest
    for arguments, said in (
        (["--exclude", "person/*"], f"person/{ANA} is gone; other selection"),
        (["--only-safe"], "other selection"),
    ):
        told = typed("apply", "--approve", digest, *arguments)
        assert told.code == 5 and said in told.err, told.err
    office.describe({**room(8), "people": [{"email": BEN, "first_name": "Benn"}, {"email": ANA, "first_name": "Anna"}]})
    told = typed("apply", "--approve", digest)
    assert told.code == 5
    assert f"person/{BEN} is new; workspace/Room 0001 is another change; the desired files were changed" in told.err
    assert f"--approve {told.digest}" in told.err and told.digest != digest
    here = typed("plan").digest
    place = next(w["id"] for w in office.state()["workspaces"] if w["displayName"] == "Room 0001")
    office.server.edit(
        "PUT", f"/workspaces/{office.remote('PLACE', place)}", {"displayName": "Room 0001", "capacity": 3}
    )
    told = typed("apply", "--approve", here)
    assert told.code == 5 and "workspace/Room 0001 is another change" in told.err
    office.describe({"people": [{"email": ANA}]})
    told = typed("apply", "--approve", here)
    assert told.code == 5 and "workspace/Room 0001 is gone" in told.err and "nothing is left to apply" in told.err
    assert office.writes() == {}


@pytest.mark.parametrize("digest", ["", "1234567890a", "not-a-digest", "0" * 65, "12345678901g"])
def test_g19_what_is_no_digest_is_a_usage_error(office: Live, typed: Typed, digest: str) -> None:
    office.describe(room(7))
    assert typed("apply", "--yes", "--approve", digest).code == 64
    assert office.requests() == {}, "before anything is asked"


def test_g19_a_digest_that_nobody_here_has_seen(office: Live, typed: Typed) -> None:
    office.describe(room(7))
    told = typed("apply", "--approve", "0" * 64)
    assert told.code == 5 and "this plan is above" in told.err


def test_g19_the_engine_itself_holds_them_against_each_other(office: Live) -> None:
    office.describe(room(7))
    plan = office.plan()
    with pytest.raises(StaleError, match="the approval is of another plan"):
        office.apply(plan, approval=Approval("0" * 64, "ana@here", "2026-11-21T10:00:00+00:00", "prompt"))
    assert office.writes() == {}


def test_g19_who_approved_what_is_the_first_thing_in_the_journal(office: Live, typed: Typed) -> None:
    office.describe({"people": [{"email": BEN, "state": "absent"}]}, protect=[f"person/{BEN}"])
    name = f"protected:person/{BEN}"
    plan = typed("plan", "--override", name)
    assert f"overridden  1: {name}" in plan.out
    assert typed("apply", "--override", name, "--approve", plan.digest).code == 0
    run = runs.find(office.root)
    approval = run.started["approval"]
    assert run.started["event"] == "run started" and approval["digest"] == run.plan.digest
    assert approval["how"] == "digest" and approval["overrides"] == [name]
    assert re.fullmatch(r"\S+@\S+", approval["by"]) and approval["at"].endswith("+00:00")


# --- a blocked plan ----------------------------------------------------------------------------------------------


def test_g15_a_blocked_plan_is_printed_whole(office: Live, typed: Typed) -> None:
    people = [{"email": BEN, "state": "absent"}, {"email": EVA, "first_name": "Evan"}]
    settings = {"protect": [f"person/{BEN}"], "require": ["workspace/Nowhere"]}
    office.describe({"people": people, **room(7)}, **settings)
    for output in ("text", "json", "md", "html"):
        shown = typed("plan", "-o", output)
        assert shown.code == 4
        for said in (f"person/{BEN}", f"person/{EVA}", "workspace/Room 0001", f"protected:person/{BEN}",
                     "desired/tenant.yaml requires workspace/Nowhere", "required:workspace/Nowhere"):  # fmt: skip
            assert said in shown.out.replace("&#39;", "'"), (output, said)
    applied = typed("apply", "--approve", typed("plan").digest)
    assert applied.code == 4 and office.writes() == {}
    lifted = ["--override", f"protected:person/{BEN}", "--override", "required:workspace/Nowhere"]
    assert typed("plan", *lifted).code == 0
    unneeded = typed("plan", *lifted, "--override", "limits:delete")
    assert unneeded.code == 64 and "--override limits:delete lifts nothing in this plan" in unneeded.err


def test_g15_a_required_resource_stops_a_plan_without_changes(office: Live, typed: Typed) -> None:
    office.describe({"people": [{"email": ANA}]}, require=["person/nobody@example.com"])
    shown = typed("plan")
    assert shown.code == 4 and "1 requirement not met" in shown.out
    assert typed("apply", "--yes").code == 4


# --- M10, S88 ----------------------------------------------------------------------------------------------------


def test_m10_what_undo_would_not_bring_back_is_declared(office: Live, typed: Typed) -> None:
    """Everything of which the undo says afterwards that it does not come back was named before the approval."""
    road = {"address1": "1 Road", "city": "London", "postal_code": "N1", "country": "GB"}
    office.describe(
        {
            "people": [
                {"email": BEN, "state": "absent"},
                {"email": EVA, "location": THERE, "extension": "1099"},
                {"email": ANA, "first_name": "Anna"},
            ],
            "locations": [
                {"name": "Lab", "address": road, "time_zone": "Europe/London", "preferred_language": "en_gb"}
            ],
        }
    )
    plan = office.plan()
    declared = {change.address for change in plan.changes if change.irreversible}
    # the move takes along what nobody describes, which the end of the run says
    assert typed("apply", "--approve", plan.digest[:12]).code == 3
    office.server.advance(60)
    undone = json.loads(typed("undo", "last", "-o", "json", "--out", str(office.root / "undo.json")).out)
    lasting = {
        change["address"]
        for change in undone["changes"]
        if re.search("cannot be undone|only in part", " ".join([change["reason"], *change.get("notes", [])]))
    }
    assert declared == {f"person/{BEN}", f"person/{EVA}", "location/Lab"}
    went_with_ben = {f"{section.name}/{BEN}" for section in sections_of("person").values()}
    assert lasting == declared | went_with_ben


@pytest.mark.issue10(12)
def test_an_undo_that_does_not_bring_back_everything_says_what_and_never_ends_0(office: Live, typed: Typed) -> None:
    office.describe({"people": [{"email": BEN, "state": "absent"}]})
    assert typed("apply", "--approve", office.plan().digest[:12]).code == 0
    office.server.advance(60)
    undone = typed("undo", "last", "--yes")
    assert undone.code == 3
    assert f"person.forwarding/{BEN}" in undone.out and "nobody read it before" in undone.out
    assert any(person["emails"] == [BEN] for person in office.state()["people"])


def test_s88_a_dry_run_is_an_apply_that_does_not_write(office: Live, typed: Typed) -> None:
    office.describe(room(7))
    dry = typed("apply", "--dry-run")
    assert dry.code == 0 and "dry run: nothing was written" in dry.err
    assert office.writes() == {} and runs.runs(office.root) == []
    assert dry.out.splitlines()[:3] == typed("apply").out.splitlines()[:3]


@pytest.mark.parametrize(
    ("desired", "arguments"),
    [
        ({"people": [{"email": "no address"}]}, []),
        ({"people": [{"email": ANA, "phone_number": "+15559999999"}]}, []),
        ({"locations": [{"name": HERE, "state": "absent"}]}, []),
        (room(7), ["--approve", "0" * 12]),
        (room(7), ["--override", "limits:delete"]),
        (room(7), ["--target", "nope/*"]),
        (DESTROYS["moves"], []),
    ],
    ids=["invalid", "refers to nothing", "refused", "another plan", "lifts nothing", "selects nothing", "destroys"],
)
def test_s88_and_refuses_what_an_apply_refuses(
    office: Live, typed: Typed, desired: dict[str, Any], arguments: list[str]
) -> None:
    office.describe(desired)
    dry, applied = typed("apply", "--yes", "--dry-run", *arguments), typed("apply", "--yes", *arguments)
    assert (dry.code, dry.err) == (applied.code, applied.err) and dry.code not in (0, 3)
    assert office.writes() == {}
