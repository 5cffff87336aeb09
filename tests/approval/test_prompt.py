"""Asked at a terminal: yes, no, details, only-safe, and the number of what is deleted (G19, S113)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from reconciler.cli import approval
from reconciler.cli.approval import Approving
from reconciler.errors import RefusedError
from reconciler.model.plan import Plan
from reconciler.runs import known as runs
from tests.support.live import Live
from tests.support.terminal import Terminal

PRO = "Webex Calling - Professional"
HERE, THERE = "Site 002", "Site 001"
ANA, BEN, EVA = (f"person00000{n}@example.com" for n in (1, 3, 5))
NIA = {"email": "nia@example.com", "first_name": "Nia", "location": HERE, "extension": "1002", "licenses": [PRO]}
#: Nia gets the extension that Ben gives back; Ana and the room have nothing to do with it.
MIXED = {
    "people": [{"email": BEN, "state": "absent"}, NIA, {"email": ANA, "first_name": "Anna"}],
    "workspaces": [{"name": "Room 0001", "capacity": 7}],
}


def plain(text: str) -> str:
    """Without what is different every time."""
    text = re.sub(r"\b[0-9a-f]{12}\b", "DIGEST", text)
    text = re.sub(r"(?m)^  (time|calls) .*\n", "", text)
    text = re.sub(r"(in|~)[0-9.]+s|~[0-9.]+s", "SECONDS", text)
    return re.sub(r"\d{8}T\d+Z-[0-9a-f]{8}", "RUN", text)


def at_terminal(office: Live, *arguments: str) -> Terminal:
    environment = {"WEBEX_API_URL": office.server.base_url, "WEBEX_ACCESS_TOKEN": office.server.token}
    return Terminal(office.root, environment, "apply", *arguments)


def test_g19_details_then_only_safe_then_yes(office: Live, snapshot: SnapshotAssertion) -> None:
    office.describe(MIXED)
    with at_terminal(office) as terminal:
        first = terminal.until("\n> ")
        assert plain(first) == snapshot(name="asked")
        terminal.type("details")
        details = terminal.until("\n> ")
        assert f"- person/{BEN}  delete" in details and "cannot be taken back" in details
        for answer, said in (
            ("yes", "type: delete 1"),
            ("delete 2", "'delete 2' is no answer: to approve it, type: delete 1"),
            ("\x1b[A", "no answer"),
        ):
            terminal.type(answer)
            assert said in terminal.until("\n> ")
        terminal.type("only-safe")
        assert plain(terminal.until("\n> ")) == snapshot(name="only-safe")
        assert office.writes() == {}
        terminal.type("yes")
        code, _ = terminal.end()
    assert code == 0
    assert office.writes() == {"PUT /people/{personId}": 1, "PUT /workspaces/{workspaceId}": 1}
    run = runs.find(office.root)
    assert run.plan.scope == {"only": ["safe"]}
    assert run.started["approval"]["how"] == "prompt" and run.started["approval"]["digest"] == run.plan.digest


def test_g19_ctrl_c_at_the_question_writes_nothing(office: Live) -> None:
    office.describe(MIXED)
    with at_terminal(office) as terminal:
        terminal.until("\n> ")
        terminal.press(b"dele\x03")
        ended, shown = terminal.end()
    assert ended == 130 and "\nnot approved, nothing was written\n" in shown
    assert office.writes() == {} and runs.runs(office.root) == []


# --- the answers, without a process for each ---------------------------------------------------------------------


class _Keyboard:
    """What somebody types, at what counts as a terminal."""

    def __init__(self, *lines: str) -> None:
        self.lines = list(lines)

    def isatty(self) -> bool:
        return True

    def readline(self) -> str:
        return self.lines.pop(0) if self.lines else ""


def answered(office: Live, plan: Plan, monkeypatch: pytest.MonkeyPatch, *lines: str) -> Plan:
    monkeypatch.setattr("sys.stdin", _Keyboard(*lines))
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    found, given = approval.approved(office.root, plan, Approving(), again="reconcile apply")
    assert given.digest == found.digest
    return found


@pytest.mark.parametrize("answer", ["no\n", "n\n", "\n", "", "NO\n"])
def test_g19_what_is_no_approval(office: Live, monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    office.describe(MIXED)
    plan = office.plan()
    with pytest.raises(RefusedError, match="nothing was written"):
        answered(office, plan, monkeypatch, answer)
    with pytest.raises(RefusedError, match="nothing was written"):
        answered(office, plan, monkeypatch, *["what\n"] * 100)


def test_g19_after_ctrl_d_the_shell_begins_on_a_line_of_its_own(
    office: Live, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    office.describe({"workspaces": [{"name": "Room 0001", "capacity": 7}]})
    with pytest.raises(RefusedError, match="nothing was written"):
        answered(office, office.plan(), monkeypatch)
    assert capsys.readouterr().err.endswith("> \n")


@pytest.mark.parametrize("answer", ["delete 1\n", "  Delete   1 \n"])
def test_s113_deletes_are_approved_by_their_number(office: Live, monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    office.describe(MIXED)
    plan = office.plan()
    for wrong in ("yes\n", "delete\n", "delete 2\n", "delete 11\n", "delete1\n"):
        with pytest.raises(RefusedError):
            answered(office, plan, monkeypatch, wrong)
    assert answered(office, plan, monkeypatch, answer).digest == plan.digest


def test_g19_the_word_yes_approves_what_deletes_nothing(office: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    office.describe({"workspaces": [{"name": "Room 0001", "capacity": 7}]})
    plan = office.plan()
    with pytest.raises(RefusedError):
        answered(office, plan, monkeypatch, "y\n", "delete 0\n", "only safe\n")
    assert answered(office, plan, monkeypatch, "yes\n").digest == plan.digest


def test_only_safe_is_a_plan_of_its_own(office: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another digest, approved by another answer; what rests on something that is left out is left out too."""
    office.describe(MIXED)
    plan = office.plan()
    safe = answered(office, plan, monkeypatch, "only-safe\n", "yes\n")
    assert safe.digest != plan.digest
    assert {change.address for change in safe.changes} == {f"person/{ANA}", "workspace/Room 0001"}
    assert Plan.loads(safe.dumps(), "").digest == safe.digest


@pytest.mark.parametrize(
    ("desired", "kept"),
    [
        (
            {"people": [{"email": BEN, "location": THERE, "extension": "1099"}, {"email": ANA, "extension": "1002"}]},
            set(),
        ),
        (
            {"people": [{"email": BEN, "licenses": {PRO: False}}, {**NIA, "extension": "2001"}]},
            {"person/nia@example.com"},
        ),
        ({"locations": [{"name": HERE, "calling": {"routing_prefix": "8777"}}]}, set()),
        (
            {
                "people": [{"email": EVA, "forwarding": {"always": {"destination": "1001"}}}],
                "numbers": [{"number": "+15550000901", "location": HERE, "state": "inactive"}],
            },
            {f"person.forwarding/{EVA}", "number/+15550000901"},
        ),
    ],
    ids=["a move, and who takes its extension", "calling is lost", "everyone is renumbered", "all of it"],
)
def test_what_is_safe(office: Live, desired: dict[str, Any], kept: set[str]) -> None:
    from reconciler import pipeline

    office.describe(desired)
    assert {change.address for change in pipeline.safe(office.root, office.plan()).changes} == kept


def test_a_hire_that_waits_for_a_unit_is_not_safe_without_who_gives_it_back(office: Live) -> None:
    from reconciler import pipeline

    state = office.state()
    for licence in state["licenses"]:
        if licence["name"] == PRO:
            licence["totalUnits"] = sum(
                licence["id"] in one["licenses"] for one in [*state["people"], *state["workspaces"]]
            )
    office.server.load(state)
    office.describe({"people": [{"email": BEN, "state": "absent"}, {**NIA, "extension": "2001"}]})
    plan = office.plan()
    assert not plan.findings and len(plan.operations) == 2
    assert pipeline.safe(office.root, plan).operations == []
