"""References of several kinds, and references and claims at any depth: lists of models, mappings to models, lists of
texts. They give order, errors with their place, and who stands in whose way."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler import pipeline
from reconciler.errors import InputError
from reconciler.kinds import kind
from reconciler.kinds.contract.marks import claims, references
from reconciler.model.outcome import Verdict
from reconciler.model.plan import Plan
from reconciler.model.selection import Selection
from reconciler.repository import desired
from tests.support.live import Live, changes_of
from tests.support.more_kinds import more_kinds

Json = dict[str, Any]
ANA = {
    "email": "new@acme.example",
    "display_name": "New One",
    "location": "Manchester",
    "extension": "4711",
    "licenses": ["Webex Calling - Professional"],
}
ROOM = {"name": "New Room", "location": "Manchester"}


@pytest.fixture(autouse=True, scope="module")
def _rota() -> Iterator[None]:
    with more_kinds("rota"):
        yield


@pytest.fixture
def tenant() -> Iterator[dict[str, Json]]:
    """What there is of rotas."""
    kind("rota")
    found: dict[str, Json] = sys.modules["reconciler.kinds.rota"].TENANT
    found.clear()
    yield found
    found.clear()


def rota(**fields: Any) -> Json:
    return {"rotas": [{"name": "Duty", **fields}]}


def waves(plan: Plan) -> dict[str, int]:
    return {member.address: operation.wave for operation in plan.operations for member in operation.members}


FORMS = [
    {"members": ["new@acme.example", "workspace/New Room"]},
    {"agents": [{"member": "new@acme.example", "weight": 1}, {"member": "workspace/New Room"}]},
    {"presses": {"1": {"transfer": "workspace/New Room"}, "2": {"transfer": "person/NEW@acme.example"}}},
    {"presses": {"1": {"also": [{"member": "workspace/New Room"}, {"member": "new@acme.example"}]}}},
]


@pytest.mark.parametrize("fields", FORMS)
def test_members_come_first_and_go_last(live: Live, tenant: dict[str, Json], fields: Json) -> None:
    live.describe({"people": [ANA], "workspaces": [ROOM], **rota(**fields)})
    made = live.plan()
    assert {"rota/Duty", "person/new@acme.example", "workspace/New Room"} <= set(changes_of(made))
    order = waves(made)
    assert order["rota/Duty"] > max(order["person/new@acme.example"], order["workspace/New Room"])
    assert {outcome.verdict for outcome in live.apply(made).outcomes} == {Verdict.VERIFIED}
    assert live.plan().changes == []

    gone = [{"email": ANA["email"], "state": "absent"}]
    live.describe({"people": gone, "rotas": [{"name": "Duty", "state": "absent"}]})
    order = waves(live.plan())
    assert order["person/new@acme.example"] > order["rota/Duty"]


@pytest.mark.parametrize("fields", FORMS)
def test_a_target_brings_its_members(live: Live, tenant: dict[str, Json], fields: Json) -> None:
    live.describe({"people": [ANA], "workspaces": [ROOM], **rota(**fields)})
    made = live.plan(Selection(target=("rota/Duty",)))
    assert {"rota/Duty", "person/new@acme.example", "workspace/New Room"} <= set(changes_of(made))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"agents": [{"member": "nobody@acme.example"}]}, "person"),
        ({"presses": {"1": {"transfer": "workspace/Nowhere"}}}, "workspace"),
        ({"alternate_numbers": [{"number": "+441612345678"}]}, "number"),
    ],
)
def test_a_member_that_is_nobody_is_an_error_with_its_place(
    live: Live, tenant: dict[str, Json], fields: Json, said: str
) -> None:
    live.describe(rota(**fields))
    with pytest.raises(InputError) as refused:
        live.plan()
    (problem,) = refused.value.problems
    assert said in problem.what and problem.file == "desired/case.yaml"
    live.remember()
    with pytest.raises(InputError) as offline:
        pipeline.plan_offline(live.root)
    (problem,) = offline.value.problems
    text = (live.root / problem.file).read_text().splitlines()[problem.line - 1]
    assert any(name in text for name in ("nobody@", "Nowhere", "+441612345678")), text


def test_what_does_not_say_what_it_is_is_refused_where_it_stands(live: Live) -> None:
    live.describe(rota(agents=[{"member": "workspace/Lobby"}, {"member": "Lobby"}], overflow="hunt_group/Madrid/Sales"))
    problems = desired.examine(live.root).problems
    assert [problem.what.partition(" does")[0] for problem in problems] == [
        "agents.member: 'Lobby'",
        "overflow: 'hunt_group/Madrid/Sales'",
    ]
    assert "write person/E-MAIL, workspace/NAME or virtual_line/NAME" in problems[0].what
    text = (live.root / "desired/case.yaml").read_text().splitlines()
    assert text[problems[0].line - 1].strip() == '"member": "Lobby"'


def test_a_number_belongs_to_one_only_wherever_it_is_written(live: Live) -> None:
    number = "+441612345001"
    live.describe({**rota(alternate_numbers=[{"number": number}]), "people": [{**ANA, "phone_number": number}]})
    (problem,) = desired.examine(live.root, references=False).problems
    assert f"number {number} already belongs to" in problem.what


def test_an_extension_is_unique_at_the_location_round_it(live: Live) -> None:
    live.describe(
        {
            **rota(location="Manchester", alternate_numbers=[{"extension": "4711"}]),
            "people": [ANA],
        }
    )
    (problem,) = desired.examine(live.root, references=False).problems
    assert "extension 4711 at Manchester already belongs to" in problem.what


def test_who_rests_on_a_member_that_is_refused_is_set_aside(live: Live, tenant: dict[str, Json]) -> None:
    wrong = {**ANA, "extension": "no digits"}
    live.describe({"people": [wrong], **rota(agents=[{"member": ANA["email"]}])})
    made = live.plan(Selection(isolate=True))
    aside = {finding.address for finding in made.findings if finding.aside}
    assert aside == {"person/new@acme.example", "rota/Duty"}
    assert made.operations == []


MEMBERS = st.sampled_from(["person/a@b.cc", "workspace/Lobby", "virtual_line/Madrid/Front Desk"])
AGENTS = st.lists(MEMBERS.map(lambda member: {"member": member}), max_size=3)
PRESSES = st.dictionaries(
    st.text("0123456789*#", min_size=1, max_size=2),
    st.fixed_dictionaries({}, optional={"transfer": st.none() | MEMBERS, "also": st.none() | AGENTS}),
    max_size=3,
)


def _mentioned(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value] if "/" in value else []
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for part in parts for text in _mentioned(part)]


@given(
    st.fixed_dictionaries(
        {"name": st.just("Duty")}, optional={"members": st.lists(MEMBERS), "agents": AGENTS, "presses": PRESSES}
    )
)
def test_every_reference_is_found_at_its_place(fields: Json) -> None:
    found = references(kind("rota"), fields)
    assert sorted(one.address for one in found) == sorted(_mentioned(fields))
    for one in found:
        value: Any = fields
        for part in one.path:
            value = value[part]
        assert value == one.address


def test_claims_take_the_nearest_location() -> None:
    lines = [{"number": "+34910000001"}, {"extension": "42"}]
    found = claims(kind("rota"), {"name": "Duty", "location": "Madrid", "alternate_numbers": lines})
    assert found == {"number::+34910000001", "extension:Madrid:42"}
