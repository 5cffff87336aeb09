"""What people read, as they read it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from syrupy.assertion import SnapshotAssertion

from reconciler.drift import NOTHING, Difference, Drift, Field, State
from reconciler.drift.attribution import Attribution
from reconciler.report.drift import About, drift_json, drift_view
from reconciler.report.drift_forms import drift_markdown, drift_text

ABOUT = About(
    {"name": "Office", "id": "5d0c9e44kMzE"}, 12, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "noted by the export"
)
EVIL = "\x1b[31m`Evil` | <script>alert(1)</script> --> @team\n# hi \u202egnp"


def difference(address: str, *fields: Field, **more: str) -> Difference:
    kind, _, key = address.partition("/")
    return Difference(address, kind, key, fields, **more)


DRIFT = Drift(
    [
        difference(
            "person/ana@example.com",
            Field("display_name", State.DRIFTED, "Ana", "Ana", EVIL),
            Field("extension", State.PENDING, "1002", "1001", "1001"),
            Field("licenses", State.DRIFTED, ["Calling"], ["Calling"], ["Calling", "Messaging"]),
            source="desired/people.yaml:7",
        ),
        difference("person.forwarding/ana@example.com", Field("always.destination", State.CONFLICTING, "1", None, "2")),
        difference(
            "person/ben@example.com", Field("", State.DRIFTED, True, True, False), source="desired/people.yaml:9"
        ),
        difference("person/eva@example.com", Field("", State.PENDING, True, False, False)),
        difference("workspace/Lobby", Field("extension", State.BOTH, "7", "6", "7")),
        difference("workspace/Old", Field("", State.DRIFTED, NOTHING, False, True)),
        difference("workspace.forwarding/Lobby", why="not available for this object"),
        difference("person.voicemail/ana@example.com", Field("pin", State.DRIFTED, NOTHING, "1234", "4321")),
    ],
    compared=12,
    gaps={"number": "tenant: the list breaks off"},
)
EVA = Attribution("1", EVIL, "eva@example.com", "2026-01-02T04:00:00.000Z", "192.0.2.7", "Eva updated user Ana", "e1")
BY = {
    ("person/ana@example.com", "display_name"): EVA,
    ("person/ana@example.com", "licenses"): Attribution(
        why="2 people changed it", among=("Ben <ben@example.com>", "Eva")
    ),
    ("person/ben@example.com", ""): Attribution(why="no audit event about it since the snapshot"),
}


@pytest.mark.parametrize("detailed", [False, True])
def test_as_text(detailed: bool, snapshot: SnapshotAssertion) -> None:
    assert drift_text(drift_view(DRIFT, BY, ABOUT), detailed=detailed, color=False) == snapshot


def test_as_markdown(snapshot: SnapshotAssertion) -> None:
    assert drift_markdown(drift_view(DRIFT, BY, ABOUT), detailed=True) == snapshot


def test_secrets_are_in_none_of_them() -> None:
    view = drift_view(DRIFT, BY, ABOUT)
    whole = drift_text(view, detailed=True, color=True) + drift_markdown(view, detailed=True)
    assert "4321" not in whole + str(drift_json(DRIFT, BY, ABOUT)) and "secret" in whole


def test_colour_adds_only_colour() -> None:
    view = drift_view(DRIFT, BY, ABOUT)
    plain, painted = (drift_text(view, detailed=True, color=color) for color in (False, True))
    import re

    assert painted != plain and re.sub(r"\x1b\[\d+m", "", painted) == plain


def test_a_comment_stays_within_its_limit_and_says_what_it_left_out() -> None:
    many = [
        difference(f"person/p{n}@example.com", Field("extension", State.DRIFTED, "1", "1", "2")) for n in range(900)
    ]
    text = drift_markdown(drift_view(Drift(many, compared=900), {}, ABOUT), detailed=True, limit=20_000)
    assert len(text.encode()) <= 20_000 and "more in the JSON report" in text
    shown = text.count("- `~`")
    assert f"**+{900 - shown} more" in text and shown > 50


@pytest.mark.issue10("C")
@pytest.mark.parametrize(
    ("drifted", "advice"),
    [
        (
            difference("call_queue/Sales", Field("strategy", State.DRIFTED, NOTHING, "a", "b")),
            "next: keep it: reconcile export; undo it: in Control Hub",
        ),
        (
            difference("workspace/Old", Field("capacity", State.DRIFTED, NOTHING, 1, 2)),
            "next: keep it: reconcile export, reconcile adopt ADDRESS; undo it: in Control Hub",
        ),
    ],
)
def test_only_what_is_possible_is_advised(drifted: Difference, advice: str) -> None:
    assert drift_view(Drift([drifted], compared=1), {}, ABOUT).last == advice
