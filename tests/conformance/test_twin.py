"""Every endpoint that a kind names is served by the simulator, and every request it makes is one that it names."""

from __future__ import annotations

import re

import pytest

from reconciler.kinds import kind, managed
from reconciler.simulator.audit._categories import category
from reconciler.simulator.core import errors, routing
from tests.support.case import Case, cases

_SOURCE = re.compile(r"((?:GET|POST|PUT|PATCH|DELETE)(?:/(?:GET|POST|PUT|PATCH|DELETE))*) (/\S+?)(?:,|$)")


def routes(name: str) -> list[tuple[str, str]]:
    """(method, path) of every endpoint in `Kind.source`."""
    named = _SOURCE.findall(kind(name).source)
    return [(method, path) for methods, path in named for method in methods.split("/")]


@pytest.mark.parametrize("name", managed())
def test_the_simulator_serves_it(name: str) -> None:
    routing.discover()
    named = routes(name)
    assert named, f"{name}: Kind.source reads `GET/PUT /path/{{id}}, POST /path`"
    for method, path in named:
        try:
            _, handler, _ = routing.find(method, f"/v1{path}")
        except errors.ApiError:
            handler = None
        missing = f"{name} has no twin: serve {method} {path} in a file of its own in reconciler/simulator/"
        assert handler, f"{missing}, or say the right `path`"


@pytest.mark.parametrize("case", [case for case in cases() if case.expect.get("writes")], ids=lambda case: case.name)
def test_every_write_is_named_by_a_kind(case: Case) -> None:
    """So that `reconcile kinds` tells the truth about what is written."""
    named = {f"{method} {_bare(path)}" for name in managed() for method, path in routes(name)}
    named |= {"POST /identity/scim/{}/v2/Users", "PATCH /licenses/users"}  # the second way to create a person
    assert {_bare(route) for route in case.expect["writes"]} <= named


@pytest.mark.parametrize("name", [name for name, found in managed().items() if found.writable])
def test_the_audit_log_files_its_writes_where_the_kind_says(name: str) -> None:
    """So that who changed it is looked for there (drift)."""
    found = kind(name)
    filed = found.audited.categories or kind(found.owner).audited.categories
    assert filed, f"{name}: `audited` says the categories of its events"
    for method, path in routes(name):
        assert method == "GET" or category(path) in filed, f"{name}: {method} {path} is filed under {category(path)}"


def _bare(path: str) -> str:
    return re.sub(r"\{\w+\}", "{}", path)
