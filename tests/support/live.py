"""A repository and a simulated tenant, driven through the pipeline: real HTTP, the real SDK, nothing mocked."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import pickle
import re
from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

from reconciler import pipeline
from reconciler.applying.run import ApplyOptions
from reconciler.inventory.choice import Choice
from reconciler.inventory.exporting import choice_of
from reconciler.kinds import owners
from reconciler.model.applied import Applied
from reconciler.model.control import Control
from reconciler.model.plan import Plan
from reconciler.model.selection import ALL, Selection
from reconciler.model.snapshot import MemorySnapshot
from reconciler.repository import store
from reconciler.repository.desired import described
from reconciler.simulator import Simulator
from reconciler.simulator.core import ids
from reconciler.webex.connection import Connection
from reconciler.webex.credentials import Credentials

State = dict[str, Any]
#: Numbers are free at once where writes are counted; tests/cases/positions.py tries the slow position.
PROMPT = {"number_release": "0s"}
_READ: dict[bytes | None, bytes] = {}
_AT_MOST = 50
#: In records: something shows, is free, or is done from then on.
_MOMENT = re.compile(r'"(\w*[uU]ntil|settledAt|completeAt|startedAt)":')
HURRY = 300.0  # what takes the tenant half a minute takes a test a tenth of a second


class Live:
    """`describe` what is wanted, `plan` it, `apply` it, and count what was asked of the tenant."""

    def __init__(self, server: Simulator, root: Path, tenant: State) -> None:
        self.server, self.root = server, root
        server.load({**tenant, "switches": {**PROMPT, **tenant.get("switches", {})}})
        server.run_clock(HURRY)
        self.tenant = Connection(Credentials(server.base_url, server.token), waiting=lambda *_: None, workers=8)
        self.org_id = ids.encode("ORGANIZATION", tenant["org"]["id"])
        self.describe({})

    def describe(self, desired: dict[str, Any], **settings: Any) -> None:
        """The only desired file; JSON is YAML. `settings` go into tenant.yaml."""
        pinned = {"schema_version": 1, "org": {"name": "Case", "id": self.org_id}, **settings}
        for name, content in (("tenant.yaml", pinned), ("case.yaml", desired)):
            file = self.root / "desired" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")

    def plan(self, selection: Selection = ALL, lift: Collection[str] = ()) -> Plan:
        return asyncio.run(pipeline.plan(self.root, self.tenant, selection, lift))

    def apply(self, plan: Plan, chunk_size: int = 50, **how: Any) -> Applied:
        """`how` is ApplyOptions's; a `control` of its own comes with its own chunk size."""
        carried = ApplyOptions(**{"control": Control(chunk_size=chunk_size), **how})
        return asyncio.run(pipeline.apply(self.root, self.tenant, plan, carried))

    def resume(self, run: str = "last", **how: Any) -> Applied:
        return asyncio.run(pipeline.resume(self.root, self.tenant, run, ApplyOptions(**how)))

    def export(self, *, again: bool = False) -> MemorySnapshot:
        """What is managed, read from the tenant, with the sections that are described. An equal tenant is read once per
        process, since a whole reading is two hundred requests and most tests want what comes of it; those of the
        reading itself read `again`."""
        choice = replace(choice_of((), ()), sections=frozenset(described(self.root)))
        state = None if again else self._state_if_it_tells_all(choice)
        if state in _READ:
            found: MemorySnapshot = pickle.loads(_READ[state])
            return found
        snapshot = asyncio.run(pipeline.export(self.tenant, choice=choice)).snapshot
        if state is not None:
            _READ[state] = pickle.dumps(snapshot)
            while len(_READ) > _AT_MOST:
                del _READ[next(iter(_READ))]
        return snapshot

    def _state_if_it_tells_all(self, choice: Choice) -> bytes | None:
        """What an export reads without the clock; None where that depends on faults, or on what the time is."""
        report = self.server.fault_report()
        text = json.dumps({name: value for name, value in self.state().items() if name != "clock"})
        if report["faults"] or report["chaos"] or _MOMENT.search(text):
            return None
        known = " ".join(owner.name for owner in owners())  # a test may know more kinds than there are
        return hashlib.sha256(f"{known} {sorted(choice.sections)} {text}".encode()).digest()

    def remember(self) -> None:
        """Export into `state/`, as somebody does who wants to plan without the tenant."""
        store.write(self.root / "state", self.export())

    def remote(self, kind: str, key: str) -> str:
        """The id by which the API knows it."""
        text = f"ciscospark://urn:TEAM:us-west-2_r/PLACE/{key}"
        return base64.urlsafe_b64encode(text.encode()).decode() if kind == "PLACE" else ids.encode(kind, key)

    def state(self) -> State:
        return self.server.state()

    def requests(self) -> Counter[str]:
        """`METHOD /route/template` → how often, since the last `forget`, the question who we are left out."""
        routes = Counter(f"{entry['method']} {entry['route']}" for entry in self.server.log())
        routes.pop("GET /people/me", None)
        return routes

    def writes(self) -> dict[str, int]:
        return {route: count for route, count in self.requests().items() if not route.startswith("GET ")}

    def trace(self) -> list[str]:
        routes = [f"{entry['method']} {entry['route']}" for entry in self.server.log()]
        return [route for route in routes if route != "GET /people/me"]

    def forget(self) -> None:
        self.server.reset_requests()


def changes_of(plan: Plan) -> dict[str, str]:
    return {change.address: change.action for change in plan.changes}
