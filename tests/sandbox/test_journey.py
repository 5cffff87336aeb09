"""S23: a person and a workspace are made, set up, changed, brought back and removed, with the product's own commands.

On a sandbox only where its file says SANDBOX_WRITES=yes, and only with objects of this run, whose names begin with
PREFIX; the warden lets nothing else out. Locations are not made: the API has no way to remove them at once.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from reconciler.model.address import split_address
from reconciler.model.plan import Plan
from reconciler.webex import tenant as webex
from reconciler.webex.credentials import credentials
from tests.sandbox.conftest import Place
from tests.sandbox.naming import PREFIX
from tests.sandbox.warden import Trespass, Warden, watching

Json = dict[str, Any]


@pytest.fixture
def warden(exported: Place) -> Iterator[Warden]:
    """Watches this run; what is left of it when it ends is removed."""
    if not exported.sandbox.location:
        pytest.skip("the sandbox's file does not say SANDBOX_WRITES=yes: nothing is written")
    exported.making = True
    with watching(Warden(f"{PREFIX}{uuid4().hex[:8]}")) as watch:
        try:
            yield watch
        finally:
            asyncio.run(_remove(exported, watch))
            (exported.root / "desired" / "sandbox.yaml").unlink(missing_ok=True)
            exported.making = False


async def _remove(place: Place, warden: Warden) -> None:
    """What this run has made and not removed; what an earlier one may have left is only named."""
    found = credentials(place.root)
    async with webex.writer(found, concurrency=1, waiting=lambda *_: None) as writer:
        for path, name in (("people", "displayName"), ("workspaces", "displayName")):
            url = f"{writer.session.BASE}/{path}"
            async for row in writer.pages(url, "items", max="100"):
                label = str((row.get("emails") or [row.get(name)])[0])
                if label.startswith(warden.prefix):
                    await writer.send("DELETE", f"{url}/{row['id']}")
                elif label.startswith(PREFIX):
                    print(f"left behind by an earlier run: {path} {label}")


def wanted(place: Place, prefix: str) -> Json:
    sandbox, extensions = place.sandbox, _free(place)
    return {
        "people": [
            {
                "email": f"{prefix}@{sandbox.domain}",
                "first_name": "Reconcile",
                "last_name": "Sandbox",
                "location": sandbox.location,
                "extension": next(extensions),
                "licenses": [sandbox.license],
                "forwarding": {"busy": {"destination": next(extensions)}},
            }
        ],
        "workspaces": [
            {
                "name": f"{prefix} room",
                "location": sandbox.location,
                "license": sandbox.license,
                "extension": next(extensions),
                "notes": "Made by a test",
                "outgoing_permissions": {"INTERNATIONAL": {"action": "ALLOW", "transfer": False}},
            }
        ],
    }


def _free(place: Place) -> Iterator[str]:
    """Extensions that nobody of the export has, anywhere."""
    text = "".join(file.read_text() for file in (place.root / "state").rglob("*.jsonl"))
    taken = set(re.findall(r'"extension":"(\d+)"', text))
    return (str(one) for one in range(place.sandbox.extension, 10**9) if str(one) not in taken)


class Journey:
    """One desired file, and what is done with it."""

    def __init__(self, place: Place, warden: Warden, capsys: pytest.CaptureFixture[str]) -> None:
        self.place, self.warden, self.capsys = place, warden, capsys

    def describe(self, desired: Json) -> None:
        (self.place.root / "desired" / "sandbox.yaml").write_text(json.dumps(desired))

    def apply(self, *undo: str) -> None:
        """Plan, show, make sure that it is about nothing but what this run makes, and carry it out."""
        file = self.place.root / "plan.json"
        verb = ("undo", *undo) if undo else ("plan", "--target", f"*/{self.warden.prefix}*")
        shown = self.place.reconcile(*verb, "--out", str(file))
        assert shown.code == 0, shown.out + shown.err
        with self.capsys.disabled() if self.place.sandbox.file else _quiet():
            print(f"\n{shown.out}")
        plan = Plan.loads(file.read_text(), str(file))
        addresses = [member.address for operation in plan.operations for member in operation.members]
        assert addresses and all(split_address(one)[1].startswith(self.warden.prefix) for one in addresses)
        done = self.place.reconcile("apply", str(file), "--approve", plan.digest[:12])
        assert done.code == 0, done.out + done.err

    def is_as_desired(self) -> bool:
        said = self.place.reconcile("verify", "--target", f"*/{self.warden.prefix}*")
        assert said.code in (0, 2), said.out + said.err
        return said.code == 0


def _quiet() -> Any:
    import contextlib

    return contextlib.nullcontext()


def test_s23_made_changed_brought_back_and_removed(
    adopted: Place, warden: Warden, capsys: pytest.CaptureFixture[str]
) -> None:
    journey = Journey(adopted, warden, capsys)
    first = wanted(adopted, warden.prefix)
    journey.describe(first)
    journey.apply()
    assert journey.is_as_desired()
    second = json.loads(json.dumps(first))
    second["people"][0]["forwarding"] = {"busy": None, "no_answer": {"destination": "1001", "rings": 4}}
    blocked = {"NATIONAL": {"action": "BLOCK", "transfer": False}}
    second["workspaces"][0] |= {"notes": "Changed by a test", "outgoing_permissions": blocked}
    journey.describe(second)
    assert not journey.is_as_desired()
    journey.apply()
    assert journey.is_as_desired()
    assert adopted.reconcile("status").code == 0
    journey.apply("last")
    assert not journey.is_as_desired()
    journey.describe(first)
    assert journey.is_as_desired()
    gone = {"state": "absent"}
    journey.describe(
        {
            "people": [{"email": first["people"][0]["email"], **gone}],
            "workspaces": [{"name": first["workspaces"][0]["name"], **gone}],
        }
    )
    journey.apply()
    assert journey.is_as_desired()
    verbs = [line.partition(" ")[0] for line in warden.seen]
    assert {"POST", "PUT", "DELETE"} == set(verbs) and verbs.count("POST") == verbs.count("DELETE") == 2


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/workspaces", {"displayName": "Board Room"}),
        ("POST", "/workspaces", {"displayName": "not zz-1 room"}),
        ("POST", "/people", {"emails": ["ana@example.com", "zz-1@example.com"]}),
        ("POST", "/people", None),
        ("POST", "/locations", {"name": "zz-1"}),
        ("PUT", "/workspaces/another", {"displayName": "zz-1 room"}),
        ("DELETE", "/people/another", None),
    ],
)
def test_s23_nothing_leaves_that_the_suite_has_not_made(method: str, path: str, body: Json | None) -> None:
    warden = Warden("zz-1")
    with pytest.raises(Trespass):
        warden.check(method, path, body)
    warden.check("POST", "/workspaces", {"displayName": "zz-1 room"})
    warden.learn("POST", "/workspaces", {"id": "mine"})
    warden.check("PUT", "/telephony/config/workspaces/mine/outgoingPermission", {})
    assert len(warden.seen) == 2
