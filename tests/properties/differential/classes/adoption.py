"""What another admin has changed is adopted: into files with anchors and merge keys, or from a snapshot that is old."""

from __future__ import annotations

import subprocess
from random import Random
from typing import Any

from reconciler.simulator.core import ids
from tests.properties.differential.desk import Desk
from tests.properties.differential.running import Case
from tests.properties.differential.worlds import World, world

ITEM = 11
Json = dict[str, Any]


def draw(chance: Random) -> Case:
    made = world(chance, people=12)
    return _stale(made) if chance.random() < 0.4 else _anchored(made)


def _anchored(made: World) -> Case:
    """Several share a value by an anchor or by a merge key; one of them is changed in Control Hub, and adopted."""
    chance = made.chance
    people = chance.sample(made.people(), 3)
    shared = chance.choice(["forwarding", "permissions"])
    for one in people:
        one["calling"]["forwarding"] = {"always": {**_ALWAYS, "destination": "1001"}}
        one["calling"]["outgoingPermission"] = None
    text = _MERGE if chance.random() < 0.5 else _ANCHOR
    if shared == "permissions":
        text = text.replace("forwarding: ", "outgoing_permissions: ").replace(_FORWARDING, _PERMISSIONS)
    head, each = text.split("---\n")
    emails = [one["emails"][0] for one in people]
    content = head.format(emails[0]) + "".join(each.format(email) for email in emails[1:])
    changed = chance.choice(people)

    def act(desk: Desk) -> bool:
        desk.write("case.yaml", content.encode())
        desk.apply()
        _edited(desk, changed, shared)
        desk.baseline = desk.state()
        desk.run("export")
        if desk.run("adopt", *(["person*"] if chance.random() < 0.5 else [])).code:
            return False  # what it left alone it has said
        return desk.apply().code == 0

    return Case(made, act, written={})


def _stale(made: World) -> Case:
    """The snapshot is of before the last apply: adopting it takes back what git has applied since."""
    chance = made.chance
    person = chance.choice(made.people())
    entry: Json = {"email": person["emails"][0], "first_name": "Newer"}
    if chance.random() < 0.5:
        entry["forwarding"] = {"always": {"destination": "530100"}}
    elsewhere = chance.random() < 0.5

    def act(desk: Desk) -> bool:
        desk.describe({"people": [{"email": entry["email"], "first_name": person["firstName"]}]})
        desk.run("export")
        _git(desk, "init", "-q")
        _commit(desk, "As it is")
        desk.sim.wait(3600)
        desk.describe({"people": [entry]})
        _commit(desk, "Newer", 3600)
        if elsewhere:  # another clone, of the same commit, applies it
            clone = desk.clone()
            desk.approving("apply", root=clone)
        else:
            desk.apply()
        desk.baseline = desk.state()
        desk.sim.wait(60)
        return desk.run("adopt").code == 0 and desk.apply().code == 0

    return Case(made, act, written={})


_ALWAYS = {"enabled": True, "ringReminderEnabled": False, "destinationVoicemailEnabled": False}
_FORWARDING, _PERMISSIONS = '{{always: {{destination: "1001"}}}}', "{{NATIONAL: {{action: BLOCK}}}}"
_ANCHOR = f"""people:
  - email: {{}}
    forwarding: &shared {_FORWARDING}
---
  - email: {{}}
    forwarding: *shared
"""
_MERGE = f"""people:
  - &first
    email: {{}}
    forwarding: {_FORWARDING}
---
  - <<: *first
    email: {{}}
"""


def _edited(desk: Desk, person: Json, shared: str) -> None:
    path = f"/people/{ids.encode('PEOPLE', person['id'])}"
    if shared == "forwarding":
        branch = {**_ALWAYS, "destination": "530100"}
        desk.edit("PUT", f"{path}/features/callForwarding", {"callForwarding": {"always": branch}})
        return
    types = [{"callType": "NATIONAL", "action": "AUTH_CODE", "transferEnabled": False}]
    body = {"useCustomEnabled": True, "useCustomPermissions": True, "callingPermissions": types}
    desk.edit("PUT", f"{path}/features/outgoingPermission", body)


def _git(desk: Desk, *arguments: str, **environment: str) -> None:
    import os

    command = ["git", "-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false", *arguments]
    subprocess.run(command, cwd=desk.root, check=True, capture_output=True, env={**os.environ, **environment})


def _commit(desk: Desk, words: str, after: int = 0) -> None:
    from tests.properties.simulation import EPOCH

    at = f"{int(EPOCH) + after} +0000"
    _git(desk, "add", "-A")
    _git(desk, "commit", "-qm", words, GIT_AUTHOR_DATE=at, GIT_COMMITTER_DATE=at)
