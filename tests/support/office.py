"""A small tenant with its repository, as drift and history are tested on: two people who edit it, git, the command."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reconciler.cli.app import run
from reconciler.repository import git
from reconciler.simulator import Simulator
from reconciler.simulator.core import ids
from reconciler.simulator.tenants.generate import generate_tenant

ANA, BEN, EVA = "person000002@example.com", "person000003@example.com", "person000004@example.com"
#: The kinds that are enough for these tests: an export of everything asks for a hundred lists more.
KINDS = ("location", "person", "number", "workspace")


@dataclass
class Said:
    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return json.loads(self.out)


class Office:
    """`reconcile` runs the command in the repository; `edit` is what an admin does in Control Hub."""

    def __init__(self, server: Simulator, root: Path, drain: Callable[[], tuple[str, str]]) -> None:
        self.server, self.root, self._drain = server, root, drain
        self.tenant = generate_tenant(people=5, locations=2, workspaces=1, seed=1)
        server.load(self.tenant)  # which also sets its clock to real time
        os.environ.update(WEBEX_API_URL=server.base_url, WEBEX_ACCESS_TOKEN=server.token)
        (root / ".gitignore").write_text("state/runs/\n.reconcile/\n", encoding="utf-8")
        self.describe(people=[])

    def reconcile(self, *arguments: str) -> Said:
        self._drain()
        code = run([*arguments, "-C", str(self.root)])
        out, err = self._drain()
        return Said(code, out, err)

    def export(self, *arguments: str) -> Said:
        return self.reconcile("export", *(word for kind in KINDS for word in ("--kind", kind)), *arguments)

    def commit(self, message: str) -> str:
        return git.commit_all(self.root, message)

    def describe(self, **lists: Any) -> None:
        """The desired files; what a list leaves out is not managed."""
        org_id = ids.encode("ORGANIZATION", self.tenant["org"]["id"])
        pinned = {"schema_version": 1, "org": {"name": "Office", "id": org_id}}
        for name, content in (("tenant.yaml", pinned), ("all.yaml", lists)):
            (self.root / "desired").mkdir(exist_ok=True)
            (self.root / "desired" / name).write_text(json.dumps(content, indent=1), encoding="utf-8")

    def uuid(self, email: str) -> str:
        return next(str(one["id"]) for one in self.server.state()["people"] if one["emails"] == [email])

    def person(self, email: str) -> dict[str, Any]:
        document: dict[str, Any] = self.server.edit(
            "GET", f"people/{ids.encode('PEOPLE', self.uuid(email))}?callingData=true"
        )
        return document

    def put_person(self, document: dict[str, Any], *, by: str = "") -> None:
        """Write a person's document, by this admin (default: the owner of the token)."""
        self.server.edit("PUT", f"people/{document['id']}?callingData=true", document, self.uuid(by) if by else "")

    def rename(self, email: str, name: str, *, by: str = "") -> None:
        self.put_person({**self.person(email), "displayName": name}, by=by)

    def forward(self, email: str, destination: str, *, by: str = "") -> None:
        path = f"people/{ids.encode('PEOPLE', self.uuid(email))}/features/callForwarding"
        always = {"enabled": True, "destination": destination, "ringReminderEnabled": False}
        self.server.edit("PUT", path, {"callForwarding": {"always": always}}, self.uuid(by) if by else "")

    def dismiss(self, email: str, *, by: str = "") -> None:
        actor = self.uuid(by) if by else ""
        self.server.edit("DELETE", f"people/{ids.encode('PEOPLE', self.uuid(email))}", None, actor)

    def writes(self) -> list[str]:
        return [f"{one['method']} {one['path']}" for one in self.server.log() if one["method"] != "GET"]
