"""Rules of the user's own in desired/insights.yaml: what they find, and what is said of a file that is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from reconciler.errors import InputError
from reconciler.insights import judge
from reconciler.insights.custom import NOTHING, Condition, holds, values
from reconciler.model.snapshot import Current
from reconciler.repository.desired import files
from reconciler.repository.desired.insights import load_insights
from tests.insights.conftest import ANA, BO, World

GOOD = """\
disable: [person-without-number]
severity: {license-unused: critical}
rules:
  - id: londoners-without-forwarding
    kind: person
    severity: serious
    title: Londoners who forward nowhere
    when:
      - {field: location, equals: London}
      - {field: forwarding.always, missing: true}
      - {field: key, matches: "^b"}
    why: House rule 7.
    fix: Forward to the desk.
"""


def write(root: Path, text: str) -> Path:
    (root / "desired").mkdir()
    (root / "desired" / "insights.yaml").write_text(text, encoding="utf-8")
    return root


def test_own_rules_are_run_beside_ours(world: World, tmp_path: Path) -> None:
    world.edit("person", ANA, phone_number=None)
    world.add("license", "Spare", {"total": 2})
    found = judge(world.snapshot, load_insights(write(tmp_path, GOOD))).insights
    assert [(one.rule, one.severity, one.address) for one in found] == [
        ("license-unused", "critical", "license/Spare"),
        ("londoners-without-forwarding", "serious", f"person/{BO}"),
    ]
    own = next(one for one in found if one.rule == "londoners-without-forwarding")
    assert own.what == f"location is London; forwarding.always is missing; key is {BO}"
    assert (own.title, own.why, own.location) == ("Londoners who forward nowhere", "House rule 7.", "London")


def test_without_a_file_there_is_nothing_to_tune(tmp_path: Path) -> None:
    assert load_insights(tmp_path) is NOTHING


def test_the_file_describes_no_resources(tmp_path: Path) -> None:
    assert files.names(write(tmp_path, GOOD)) == []


def test_a_section_that_could_not_be_read_is_not_judged(world: World, tmp_path: Path) -> None:
    current = world.snapshot.kinds["person"][BO]
    del current.fields["forwarding"]
    current.unknown["forwarding"] = "HTTP 500"
    found = judge(world.snapshot, load_insights(write(tmp_path, GOOD))).insights
    assert "londoners-without-forwarding" not in {one.rule for one in found}


FIELDS = {
    "name": "Sales",
    "size": 3,
    "on": True,
    "empty": "",
    "agents": [{"id": "person/a", "skills": [1, 2]}, {"id": "person/b"}],
}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"field": "name", "equals": "Sales"}, True),
        ({"field": "name", "equals": "sales"}, False),
        ({"field": "size", "equals": 3}, True),
        ({"field": "on", "equals": 1}, False),
        ({"field": "on", "equals": True}, True),
        ({"field": "name", "not_equals": "Sales"}, False),
        ({"field": "nothing", "not_equals": "Sales"}, True),
        ({"field": "empty", "missing": True}, True),
        ({"field": "name", "missing": True}, False),
        ({"field": "name", "missing": False}, True),
        ({"field": "name", "present": True}, True),
        ({"field": "nothing.below", "present": True}, False),
        ({"field": "nothing.below", "present": False}, True),
        ({"field": "name", "matches": "^S.*s$"}, True),
        ({"field": "size", "matches": "3"}, False),
        ({"field": "agents.id", "matches": "/b$"}, True),
        ({"field": "agents.id", "in": ["person/b", "person/c"]}, True),
        ({"field": "agents.id", "not_in": ["person/b"]}, False),
        ({"field": "name", "not_in": ["Help"]}, True),
        ({"field": "agents.skills", "equals": 2}, True),
        ({"field": "size", "less_than": 3}, False),
        ({"field": "size", "more_than": 2.5}, True),
        ({"field": "on", "less_than": 5}, False),
        ({"field": "agents", "count_less_than": 2}, False),
        ({"field": "agents", "count_less_than": 3}, True),
        ({"field": "nothing", "count_less_than": 1}, True),
        ({"field": "agents.skills", "count_more_than": 1}, True),
        ({"field": "agents", "count_more_than": 2}, False),
        ({"field": "key", "equals": "London/Sales"}, True),
        ({"field": "facts.owner", "present": True}, True),
    ],
)
def test_conditions(condition: dict[str, Any], expected: bool) -> None:
    current = Current("hunt_group", "London/Sales", "", FIELDS, {"owner": "x"})
    model = Condition.model_validate(condition)
    assert holds(model, values(current, model.field)) is expected


@pytest.mark.parametrize(
    "text",
    [
        "disable: [person-without-numbr]\nseverity:\n  foo: info\n  unassigned-numbers: bad\n",
        "rules:\n  - id: Bad Name\n    kind: person\n    when:\n      - {field: a, equals: 1, in: [1]}\n"
        '      - {field: a..b, matches: "("}\n      - {field: a}\n    why: w\n    colour: red\n',
        "rules:\n  - {id: a, kind: persn, when: [{field: a, missing: true}], why: w, fix: f}\n"
        "  - {id: a, kind: person.forwarding, when: [{field: a, missing: true}], why: w, fix: f}\n"
        "  - {id: group-empty, kind: group, when: [], why: w, fix: f}\n",
        "disable: [license-unused]\nseverity: {foo: info}\nrules:\n"
        "  - {id: group-empty, kind: persn, when: [{field: a, missing: true}], why: w, fix: f}\n"
        "  - {id: b, kind: person.forwarding, when: [{field: a, missing: true}], why: w, fix: f}\n",
        "disable: [a\n",
        "- a\n",
    ],
)
def test_a_file_that_is_wrong(text: str, tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    with pytest.raises(InputError) as caught:
        load_insights(write(tmp_path, text))
    assert str(caught.value) == snapshot


def test_a_repository_of_settings_alone_is_still_adopted_into(tmp_path: Path) -> None:
    from reconciler.adopt import adopt
    from reconciler.model.snapshot import MemorySnapshot

    snapshot = MemorySnapshot(org={"id": "org", "name": "Example"})
    address = {"address1": "1 Example Square", "city": "London", "postal_code": "EC1A 1AA", "country": "GB"}
    fields = {"name": "London", "address": address, "time_zone": "Europe/London", "preferred_language": "en_gb"}
    snapshot.add(Current("location", "London", "l", fields))
    root = write(tmp_path, GOOD)
    (root / "desired" / "tenant.yaml").write_text("schema_version: 1\norg: {id: org, name: Example}\n")
    adopt(root, snapshot, snapshot.org)
    assert files.names(root) == ["desired/london/location.yaml"]
