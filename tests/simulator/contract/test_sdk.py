"""The unmodified SDK at its strictest, sync and async, accepts every answer to what it can ask of the simulator."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest

from reconciler.simulator import Simulator

from . import calling_document, openapi
from .reasons import NO_REQUEST, NOT_CALLED
from .responses import Responses

ROOT = Path(__file__).parents[3]
TABLE = Path(__file__).with_name("coverage.md")
REFERENCE = "WEBEX_REFERENCE"
_FOLDER = os.environ.get(REFERENCE)  # now: each test gets an environment without it
Json = dict[str, Any]


def _run(*arguments: str) -> str:
    folder = openapi.folder()
    ran = subprocess.run(
        [sys.executable, "-m", "tests.simulator.contract", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **({openapi.FOLDER: str(folder)} if folder else {})},
        capture_output=True,
        text=True,
        timeout=300,  # ten seconds, where nobody else is at work
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    return ran.stdout


@pytest.fixture(scope="module")
def contract() -> Json:
    found: Json = json.loads(_run("--json"))
    print(found["summary"])
    if found["skipped"]:
        print("not served, so not in the rich tenant:", ", ".join(found["skipped"]))
    return found


def _outcomes(contract: Json, *verbs: str) -> list[Json]:
    return [one for one in contract["outcomes"] if (one["verb"] == "GET") == (verbs == ("GET",)) and not one["twin"]]


def test_there_are_two_of_every_kind(contract: Json) -> None:
    """Of jobs and of what a PUT makes there is one."""
    made = {
        kind: count for kind, count in contract["made"].items() if not kind.endswith((" jobs", "locations", "lists"))
    }
    assert min(made.values()) >= 2, made


def test_every_served_read_is_called(contract: Json) -> None:
    silent = [one["name"] for one in _outcomes(contract, "GET") if not one["calls"] and not one["not_called"]]
    assert silent == []


@pytest.mark.parametrize("side", ["reads", "writes"])
def test_s116_every_answer_parses(contract: Json, side: str) -> None:
    verbs = ("GET",) if side == "reads" else ()
    failures = {one["name"]: one["failures"] for one in _outcomes(contract, *verbs) if one["failures"]}
    assert failures == {}, json.dumps(failures, indent=1)


def test_reasons_are_about_methods_that_are_served(contract: Json) -> None:
    served = {one["name"] for one in contract["outcomes"]}
    assert sorted(NOT_CALLED.keys() - served) == []


def test_methods_without_a_request_are_known(contract: Json) -> None:
    """Anything else here is a method that the harness has not understood."""
    assert contract["unknown"].keys() == NO_REQUEST.keys()


def test_the_table_is_current(contract: Json) -> None:
    assert TABLE.read_text("utf-8") == contract["table"], "run: python -m tests.simulator.contract --table"


def test_s116_methods_are_those_of_the_reference(contract: Json) -> None:
    """The generated list against one that was made independently of it."""
    folder = _FOLDER
    if not folder:
        pytest.skip(f"{REFERENCE} names no folder with wxc-sdk-methods.json")
    listed = json.loads((Path(folder) / "wxc-sdk-methods.json").read_text("utf-8"))
    ours = {one["name"]: one for one in contract["methods"]}
    assert {one["name"] for one in listed} == ours.keys() | contract["unknown"].keys()
    different = [
        (one["name"], sent["m"], sent["url"])
        for one in listed
        if (sent := one["rec"] or one["min"]) and one["name"] in ours and not _agrees(ours[one["name"]], sent)
    ]
    assert different == []


def _agrees(ours: Json, theirs: Json) -> bool:
    """The placeholders of the reference are not always {name}: a parameter on either side is any segment."""
    url = theirs["url"].removeprefix("https://webexapis.com").split("/")
    return ours["verb"] == theirs["m"] and any(
        all(one == other or "{" in f"{one}{other}" for one, other in zip_longest(url, template.split("/")))
        for template in ours["templates"]
    )


@pytest.fixture
def calling(contract: Json) -> Json:
    found: Json | None = contract["calling"]
    if found is None:
        pytest.skip(f"{openapi.FOLDER} names no folder with {openapi.CALLING}.json")
    return found


@pytest.mark.issue10("D")
def test_s116_every_answer_is_as_the_calling_document_says(calling: Json) -> None:
    """But for what is listed, with which of the two it rests."""
    found = {(operation, what) for operation, what in calling["differences"]}
    assert sorted(found - calling_document.differences()) == []
    assert sorted(calling_document.differences() - found) == [], "no difference any more: take it from the list"


@pytest.mark.issue10("D")
def test_s116_every_served_operation_of_the_calling_document_is_asked(calling: Json) -> None:
    assert set(calling["not_asked"]) == calling_document.not_asked()
    assert calling["served"] > 500


@pytest.mark.issue10("D")
def test_s116_an_answer_that_does_not_fit_is_found() -> None:
    """The harness itself: it would notice."""
    answers = {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/One"}}}}}
    one = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string", "nullable": True}}}
    rows = {"type": "object", "properties": {"items": {"type": "array", "items": {"$ref": "#/components/schemas/Row"}}}}
    document = {
        "paths": {"/ones/{id}": {"get": {"responses": answers}}, "/ones/all": {"get": {"responses": answers}}},
        "components": {"schemas": {"One": {"allOf": [one, rows]}, "Row": one}},
    }
    responses = Responses(document)
    responses.look("GET", "/ones/7", 200, json.dumps({"id": None, "items": [{"id": "1"}]}))
    assert (responses.seen, dict(responses.complaints)) == ({"GET /ones/{id}"}, {})
    responses.look("GET", "/ones/7", 200, json.dumps({"items": [{"id": 1}, {}, {}]}))
    responses.look("GET", "/ones/7", 202, "{}")
    responses.look("GET", "/ones/all", 404, "{}")
    responses.look("GET", "/others/7", 200, "{}")
    found = {": required id", "items/*/id: type", "items/*: required id", "202 is not documented"}
    assert dict(responses.complaints) == {"GET /ones/{id}": found}
    assert responses.seen == {"GET /ones/{id}", "GET /ones/all"}


@pytest.mark.parametrize(
    ("do", "complaint"),
    [
        ({"replace": {"totalUnits": "totalUnitz"}}, "totalUnits"),
        ({"status": 500}, "500"),
        ({"replace": {'"items"': '"things"'}}, "items"),
    ],
)
def test_a_spoiled_answer_is_a_failure(do: Json, complaint: str) -> None:
    """The harness itself: it would notice."""
    from .methods import methods
    from .reads import read_all

    found = [one for one in methods()[0] if one.name == "api.licenses.list"]
    with Simulator() as simulator:
        simulator.faults([{"match": {"route": "/licenses"}, "do": do}])
        (outcome,) = read_all(simulator, found)
    assert outcome.calls == 1
    assert complaint in str(outcome.failures)
