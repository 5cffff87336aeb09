"""One rich plan, written by hand: every action, hostile names, a batch of numbers, a blocked delete."""

from __future__ import annotations

import pytest

from reconciler.model.plan import Change, Finding, Member, Operation, Plan

HOSTILE = (
    "\x1b[31mEvil\x1b[0m <script>alert(1)</script> @team `tick` --> | \u202egnp.exe #123 https://x.test <!-- \n# hi"
)


def change(address: str, action: str, **more: object) -> Change:
    kind, _, key = address.partition("/")
    reason = {"create": "not in the tenant", "delete": "state: absent"}.get(action, "differs from desired")
    values = {"reason": reason, "source": "desired/madrid/location.yaml:14", **more}
    return Change(address=address, kind=kind, key=key, action=action, **values)  # type: ignore[arg-type]


@pytest.fixture
def rich_plan() -> Plan:
    numbers = [
        change(
            f"number/+4420794600{digits}",
            "create",
            want={"number": f"+4420794600{digits}", "location": "London", "state": "inactive"},
            source="desired/london/location.yaml:9",
        )
        for digits in range(10, 50)
    ]
    changes = [
        *numbers,
        change("location/London", "create", want={"name": "London", "time_zone": "Europe/London"}),
        change(
            "person/ana@example.com",
            "update",
            want={"extension": "1002", "licenses": ["Calling", "Meetings"], "location": "London"},
            before={"extension": "1001", "licenses": ["Calling", "Messaging"], "location": "Madrid HQ"},
            notes=["moves to another location by a job: call forwarding is lost unless described here"],
            source="desired/madrid/people.csv:3",
        ),
        change(
            "person.forwarding/ana@example.com",
            "update",
            want={"always": {"destination": "531234567", "enabled": True}},
            before={"always": {"destination": None, "enabled": False}},
            reset=True,
        ),
        change(
            "person.voicemail/ana@example.com",
            "cannot_tell",
            want={"enabled": True},
            reason="licence tier too low: HTTP 405",
        ),
        change("person/bo@example.com", "create", want={"email": "bo@example.com", "password": "hunter2", "roles": []}),
        change(
            f"workspace/{HOSTILE}",
            "update",
            want={"notes": HOSTILE, "capacity": 4},
            before={"notes": None, "capacity": 2},
            source="desired/madrid/rooms.yaml:5",
        ),
        change(f"location/{HOSTILE}", "update", want={"city": "Gotham"}, before={"city": "Metropolis"}),
        change("location.calling/Madrid HQ", "update", want={"routing_prefix": "81"}, before={"routing_prefix": "80"}),
        change(
            "person/gone@example.com",
            "delete",
            before={"email": "gone@example.com", "extension": "1099"},
            irreversible=["undone only in part: its data is lost"],
        ),
        change(
            "number/+34910000000",
            "delete",
            before={"number": "+34910000000", "state": "active"},
            blocked="main-number",
        ),
        change("person/ceo@example.com", "delete", before={"extension": "1"}, blocked="protected"),
        change(
            "hunt_group/Madrid/Sales",
            "update",
            want={"agents": ["ana@example.com", "bo@example.com"], "order": [2, 1], "name": "Sales EMEA"},
            before={"agents": ["ana@example.com", "zoe@example.com"], "order": [1, 2], "name": "Sales"},
        ),
        change(
            "workspace/Lobby",
            "update",
            want={"phone_number": None},
            before={"phone_number": "+34910000001"},
            blocked="a workspace with calling needs an extension or a phone_number",
        ),
    ]
    operations = [
        Operation("op1", "location", "create", [Member("location/London", {}, {})], []),
        Operation("op2", "number", "create", [Member(c.address, c.want, {}) for c in numbers], ["op1"], wave=1),
        Operation("op3", "person", "update", [Member("person/ana@example.com", {}, {})], ["op1"], wave=1, step="move"),
        Operation("op4", "person", "update", [Member("person/ana@example.com", {}, {})], ["op3"], wave=2),
        Operation("op5", "person", "create", [Member("person/bo@example.com", {}, {})], ["op1"], wave=1),
        Operation("op6", "person", "delete", [Member("person/gone@example.com", {}, {})], ["op5"], wave=2),
    ]
    findings = [
        Finding("main-number", "number/+34910000000", "it is the location's main number", "choose another one first"),
        Finding(
            "protected",
            "person/ceo@example.com",
            "desired/tenant.yaml protects it",
            "take it off `protect`",
            "protected:person/ceo@example.com",
        ),
        Finding("limits", "location/London", "1 create, more than 0", "raise it", "limits:create", lifted=True),
        Finding(
            "required",
            HOSTILE,
            "desired/tenant.yaml requires it, and no desired file describes it",
            "describe it",
            f"required:{HOSTILE}",
        ),
    ]
    return Plan(
        org_id="Y2lzY29zcGFyazovL3VzL09SR0FOSVpBVElPTi83ZjNh",
        org_name="ACME <b>EMEA</b> @acme",
        commit="e4f5a6b0c1d2",
        desired="d" * 64,
        changes=changes,
        operations=operations,
        findings=findings,
        same=4760,
        managed=4812,
        scope={"only": ["*"], "exclude": []},
        incomplete=["workspace: HTTP 403 on /workspaces"],
        overrides=["limits:create"],
    )


@pytest.fixture
def empty_plan() -> Plan:
    return Plan("org", "ACME", "e4f5a6b0c1d2", "d" * 64, [], [], [], same=4812, managed=4812)
