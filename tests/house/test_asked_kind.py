"""`pytest -k KIND` selects what it would select if every file were read."""

from __future__ import annotations

from pathlib import Path

import pytest
from _pytest.mark import KeywordMatcher

from reconciler import kinds
from tests.support.asked_kind import is_kind, may_name


def test_no_test_that_is_called_by_a_kind_is_in_a_file_that_is_not_read(request: pytest.FixtureRequest) -> None:
    names: dict[str, str] = {}
    for item in request.session.items:
        path = str(item.path)
        names[path] = names.get(path, "") + "\n".join(KeywordMatcher.from_item(item)._names).lower() + "\n"
    every = kinds.kinds()
    called = [(path, kind) for path in names for kind in every if kind in names[path]]
    assert [(path, kind) for path, kind in called if not may_name(Path(path), kind)] == []


@pytest.mark.parametrize("asked", ["person.call_waiting", "paging_group", "person"])
def test_a_kind_is_known_by_its_name(asked: str) -> None:
    assert is_kind(asked)


@pytest.mark.parametrize("asked", ["", "person.", "call_waiting", "not person", "person or number", "Person"])
def test_anything_else_is_looked_for_everywhere(asked: str) -> None:
    assert not is_kind(asked)
