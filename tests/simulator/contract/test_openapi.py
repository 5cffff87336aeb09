"""S116: what the simulator answers is as the OpenAPI documents of two families say, as far as they are right."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from reconciler.simulator import Simulator
from reconciler.simulator.core import errors, ids, routing
from tests.support.rich_tenant import enrich

from . import openapi
from .arguments import Known, NoObject

CHECKS = [status_code_conformance, content_type_conformance, response_schema_conformance]
_LOST = "00000000-0000-4000-8000-000000000000"
Json = dict[str, Any]

pytestmark = pytest.mark.skipif(
    openapi.folder() is None, reason=f"{openapi.FOLDER} names no folder with the OpenAPI documents"
)


@dataclass
class Served:
    """A document against one running simulator: the operations of both, and how to call them."""

    document: str
    simulator: Simulator
    known: Known
    http: requests.Session
    operations: list[Any]

    def call(self, case: Any, *, anonymous: bool = False) -> Any:
        with requests.Session() as stranger:
            stranger.trust_env = False
            return case.call(base_url=self.simulator.base_url, session=stranger if anonymous else self.http)

    def complaints(self, case: Any, status: int | None = None, *, anonymous: bool = False) -> list[str]:
        """What the document says against the answer, and whether it has that status."""
        response = self.call(case, anonymous=anonymous)
        if status is not None and response.status_code != status:
            return [f"{case.operation.label}: {response.status_code} instead of {status}"]
        try:
            case.validate_response(response, checks=CHECKS)
        except BaseExceptionGroup as found:
            return [f"{case.operation.label} {response.status_code}: {_short(one)}" for one in found.exceptions]
        return []

    def of(self, *methods: str) -> Iterator[Any]:
        for operation in self.operations:
            if operation.method.upper() in methods:
                yield operation


def _short(problem: BaseException) -> str:
    lines = (line.strip() for line in str(problem).splitlines())
    return " | ".join(line for line in lines if line)[:400]


@pytest.fixture(scope="module", params=openapi.DOCUMENTS)
def served(request: pytest.FixtureRequest) -> Iterator[Served]:
    yield from _served(request)


@pytest.fixture(scope="module", params=[openapi.CALLING])
def calling(request: pytest.FixtureRequest) -> Iterator[Served]:
    if not openapi.has(openapi.CALLING):
        pytest.skip(f"no {openapi.CALLING}.json")
    yield from _served(request)


def _served(request: pytest.FixtureRequest) -> Iterator[Served]:
    routing.discover()
    operations = _operations(openapi.corrected(request.param))
    with Simulator() as simulator, requests.Session() as http:
        enrich(simulator)
        http.trust_env = False
        http.headers["Authorization"] = f"Bearer {simulator.token}"
        yield Served(request.param, simulator, Known(simulator), http, operations)


def _operations(document: Json) -> list[Any]:
    """Those of a document that the simulator serves."""
    schema = schemathesis.openapi.from_dict(document)
    return [found for one in schema.get_all_operations() if _serves(found := one.ok())]


def _serves(operation: Any) -> bool:
    try:
        return routing.find(operation.method.upper(), f"/v1{operation.path}")[1] is not None
    except errors.ApiError:
        return False


def test_s116_many_operations_are_in_the_documents(served: Served) -> None:
    assert len(served.operations) >= 18, [one.label for one in served.operations]
    print(served.document, f"{len(served.operations)} operations are served")


def test_s116_reads_are_as_documented(served: Served) -> None:
    assert list(_read_all(served, served.operations, 4)) == []


def test_s116_every_deviation_is_needed(served: Served) -> None:
    """Without the correction something is complained about; else the document is right by now."""
    for one in openapi.DEVIATIONS:
        assert one.row
        if one.document == served.document:
            operations = _operations(openapi.corrected(served.document, but=one))
            assert next(_read_all(served, operations, 1), None), one


def _read_all(served: Served, operations: list[Any], each: int) -> Iterator[str]:
    """The complaints about all reads, each with so many objects."""
    for operation in operations:
        if operation.method != "get":
            continue
        try:
            for bound in served.known.bindings(operation.path, each):
                yield from served.complaints(operation.Case(path_parameters=bound))
        except NoObject:
            yield f"{operation.label}: the tenant has no object"


def test_s116_refusals_are_as_documented(served: Served) -> None:
    """Without a token, and about something that does not exist."""
    complaints: list[str] = []
    for operation in served.operations:
        parameters = re.findall(r"\{(\w+)\}", operation.path)
        somewhere = {name: ids.encode("PEOPLE", _LOST) for name in parameters}
        case = operation.Case(path_parameters=somewhere)
        complaints += served.complaints(case, 401, anonymous=True)
        if parameters and operation.method == "get":
            complaints += served.complaints(case)
            assert served.call(case).status_code in (400, 403, 404), operation.label
    assert complaints == []


def test_s116_a_deletion_is_as_documented(served: Served) -> None:
    """Of every kind one object that nothing needs."""
    before = served.simulator.state()
    complaints: list[str] = []
    for operation in served.of("DELETE"):
        for bound in reversed(served.known.bindings(operation.path, 60)):
            case = operation.Case(path_parameters=bound)
            if served.call(case).status_code < 400:
                complaints += served.complaints(case, 404)  # once more: it is gone
                break
        else:
            complaints.append(f"{operation.label}: nothing could be deleted")
        served.simulator.load(before)
    assert complaints == []


def test_s116_no_request_breaks_the_server(served: Served) -> None:
    """Whatever the document allows, and what it does not: never an error of the server. The schemas are the
    document's own, so this also covers fields that no client of ours sends."""
    before = served.simulator.state()
    for operation in served.operations:
        _bombard(served, operation)
        served.simulator.load(before)


@pytest.mark.campaign
@pytest.mark.issue10("D")
def test_s116_no_request_of_the_calling_document_breaks_the_server(calling: Served) -> None:
    """As above; 500 operations take some minutes."""
    test_s116_no_request_breaks_the_server(calling)


def _bombard(served: Served, operation: Any) -> None:
    try:
        bindings = served.known.bindings(operation.path, 3)
    except NoObject:
        bindings = []
    turns = itertools.count()

    def ask(case: Any) -> None:
        turn = next(turns)
        if bindings and turn % 2:  # half of them about something that is there
            case.path_parameters = bindings[turn % len(bindings)]
        answer = served.call(case)
        assert answer.status_code < 500, (case.as_curl_command(), answer.text)

    few = settings(max_examples=6, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
                   suppress_health_check=list(HealthCheck))  # fmt: skip
    few(given(case=operation.as_strategy())(ask))()
    assert next(turns) > 0
