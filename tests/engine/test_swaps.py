"""People who change places with each other: what a move takes along is set again after it, whoever was parked."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.live import Live

BJORN, AMELIA = "bjorn.okafor@example.com", "amelia.tanaka@example.com"


def calling(live: Live, email: str) -> Any:
    return next(person["calling"] for person in live.state()["people"] if email in person["emails"])


@pytest.mark.issue10(1)
def test_who_swaps_places_keeps_what_is_described(live: Live) -> None:
    blocked = {"NATIONAL": {"action": "BLOCK", "transfer": False}}
    live.describe(
        {
            "people": [
                {
                    "email": BJORN,
                    "location": "Manchester",
                    "extension": "1140",
                    "forwarding": {"always": {"destination": "+442079460001"}},
                    "outgoing_permissions": blocked,
                },
                {
                    "email": AMELIA,
                    "location": "London HQ",
                    "extension": "0127",
                    "phone_number": None,
                    "forwarding": {"busy": {"destination": "0100"}},
                    "outgoing_permissions": blocked,
                },
            ]
        }
    )
    applied = live.apply(live.plan())
    assert {str(outcome.verdict) for outcome in applied.outcomes} == {"verified"}
    bjorn, amelia = calling(live, BJORN), calling(live, AMELIA)
    assert bjorn["forwarding"]["always"]["destination"] == "+442079460001"
    assert amelia["forwarding"]["busy"]["destination"] == "0100"
    for block in (bjorn, amelia):
        assert block["outgoingPermission"]["custom"]["NATIONAL"]["action"] == "BLOCK"
    live.forget()
    assert live.plan().changes == []
