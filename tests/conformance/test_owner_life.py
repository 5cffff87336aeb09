"""All settings of somebody at once, through what becomes of the owner: new in the same plan, called otherwise, gone.
For each kind of owner, from the declarations alone; a plan from `state/` says the same as one against the tenant."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from reconciler import pipeline
from reconciler.inventory.exporting import choice_of
from reconciler.kinds import kind, resource, section
from reconciler.model.plan import Plan
from reconciler.model.snapshot import Fields
from reconciler.repository import store
from tests.support.budget import check_calls
from tests.support.generated.scene import Scene
from tests.support.generated.values import fields_of
from tests.support.live import Live, changes_of
from tests.support.plain import PLAIN
from tests.support.state import differences

Json = dict[str, Any]
CALLING = {"extension": "6781", "phone_number": "+442079460078"}
#: Somebody new who can have all settings, at the place of those whose settings are tried.
NEW: dict[str, Json] = {
    "person": {"email": "new.one@example.com", "first_name": "New", "location": "London HQ", **CALLING,
               "licenses": ["Webex Calling - Professional"]},
    "workspace": {"name": "Studio", "location": "Manchester", "license": "Webex Calling - Professional",
                  "extension": "6781", "phone_number": "+441614960078"},
    "virtual_line": {"location": "London HQ", "name": "Night Desk", **CALLING},
}  # fmt: skip
RENAMED = {"workspace": "Atelier", "virtual_line": "Day Desk"}


def settings_of(owner: str) -> list[str]:
    return [name for name in PLAIN if kind(name).owner == owner]


def wanted(live: Live, owner: str) -> Fields:
    """Something else than usual in each setting."""
    found: Fields = {}
    for name in settings_of(owner):
        scene = Scene(live, name)
        found[section(name).section] = scene.one_else(fields_of(scene.kind)[0])
    return found


def planned(live: Live, names: list[str]) -> Plan:
    """Against the tenant and from its snapshot."""
    choice = replace(choice_of((), ()), sections=frozenset(names))
    store.write(live.root / "state", asyncio.run(pipeline.export(live.tenant, choice=choice)).snapshot)
    plan, offline = live.plan(), pipeline.plan_offline(live.root)
    assert [one.to_json() for one in offline.operations] == [one.to_json() for one in plan.operations]
    assert [change for change in plan.changes if change.blocked] == []
    return plan


def applied(live: Live, plan: Plan) -> str:
    """The run; every change is verified, by the requests that were foretold."""
    live.forget()
    found = live.apply(plan)
    assert {outcome.verdict for outcome in found.outcomes} == {"verified"}, [one.why for one in found.outcomes]
    check_calls(plan, live.requests())
    assert live.plan().operations == []
    return found.folder.name


@pytest.mark.parametrize("owner", NEW)
def test_who_is_new_gets_all_settings_in_the_same_plan_and_loses_them_in_one(owner: str, live: Live) -> None:
    names, want = settings_of(owner), wanted(live, owner)
    entry, untouched = NEW[owner] | want, live.state()
    key = resource(owner).key_of(entry)
    live.describe({resource(owner).plural: [entry]})
    plan = planned(live, names)
    changes = {f"{owner}/{key}": "create"} | {f"{name}/{key}": "update" for name in names}
    assert changes_of(plan).keys() == changes.keys()
    applied(live, plan)

    live.describe({resource(owner).plural: [resource(owner).named(key) | {"state": "absent"}]})
    plan = planned(live, names)
    assert changes_of(plan) == {f"{owner}/{key}": "delete"}
    run = applied(live, plan)
    assert differences(untouched, live.state()) == set()
    undo = asyncio.run(pipeline.undo(live.root, live.tenant, run))
    assert changes_of(undo)[f"{owner}/{key}"] == "create"


@pytest.mark.parametrize("owner", RENAMED)
def test_who_is_called_otherwise_keeps_and_gets_settings(owner: str, live: Live) -> None:
    names, want, kind = settings_of(owner), wanted(live, owner), resource(owner)
    old = kind.key_of(NEW[owner])
    live.describe({kind.plural: [NEW[owner]]})
    applied(live, live.plan())
    entry = NEW[owner] | {"name": RENAMED[owner], "was": old} | want
    live.describe({kind.plural: [entry]})
    plan = planned(live, names)
    assert changes_of(plan) == {f"{owner}/{old}": "update"} | {f"{name}/{old}": "update" for name in names}
    applied(live, plan)
    live.describe({kind.plural: [{name: value for name, value in entry.items() if name != "was"}]})
    assert planned(live, names).changes == []
