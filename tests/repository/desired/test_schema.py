"""The JSON Schema takes what the loader takes, and marks what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import BaseModel, ValidationError

from reconciler.kinds import owners
from reconciler.repository import desired
from reconciler.repository.desired.dict_validation import dict_validator
from reconciler.repository.desired.entries import entry_type

GOOD: list[Any] = [
    None,
    {},
    {"people": None, "locations": []},
    {"people": [{"email": "a@b.cc", "state": "absent"}]},
    {"usuarios": [{"email": "a@b.cc", "licenses": ["A"], "forwarding": {"always": None}, "extension": None}]},
    {"users": [{"email": "a@b.cc", "licenses": {"A": True}, "outgoing_permissions": None}]},
    {
        "locations": [
            {"name": "M", "numbers": [{"range": ["+34910000000", "+34910000009"]}, {"number": "+34910000010"}]}
        ]
    },
    {"numbers": [{"number": "+34910000000", "location": "M", "state": "absent"}]},
    {"schema_version": 1, "org": {"id": "x"}, "profiles": {"p": {"INTERNATIONAL": {"action": "BLOCK"}}}},
]
BAD: list[Any] = [
    [],
    {"peeple": []},
    {"trunks": []},
    {"people": {}},
    {"people": [{}]},
    {"people": [{"email": "a@b.cc", "extension": 42}]},
    {"people": [{"email": "a@b.cc", "extenson": "42"}]},
    {"people": [{"email": "a@b.cc", "state": "gone"}]},
    {"people": [{"email": "a@b.cc", "phone_number": "910000000"}]},
    {"locations": [{"name": "M", "numbers": [{"number": "+34910000010", "state": "off"}]}]},
    {"schema_version": 2, "org": {"id": "x"}},
    {"schema_version": 1},
    {"schema_version": 1, "org": {"id": "x"}, "profiles": {"p": {"INTERNATIONAL": {"action": "DENY"}}}},
]


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    schema = desired.schema()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.mark.parametrize("content", GOOD)
def test_right_content_is_valid(validator: Draft202012Validator, content: Any) -> None:
    assert list(validator.iter_errors(content)) == []


@pytest.mark.parametrize("content", BAD)
def test_wrong_content_is_not(validator: Draft202012Validator, content: Any) -> None:
    assert list(validator.iter_errors(content))


def test_profiles_are_offered_by_name(repository: Callable[..., Path]) -> None:
    definitions = desired.schema(repository())["$defs"]
    assert definitions["OwnPermissions"]["properties"]["profile"]["enum"] == ["strict"]


# --- the lean form of a model --------------------------------------------------------------------------------------

LEAN = [entry_type(owner).model for owner in owners() if owner.writable and entry_type(owner).lean]
_WORD = st.sampled_from(
    ["a@b.cc", "  x ", "", "0042", "+34910000000", "BLOCK", "absent", "true", "53{extension}", "1e3"]
)
_LEAF = st.none() | st.booleans() | st.integers(0, 30) | _WORD


def _values(model: type[BaseModel], depth: int = 0) -> st.SearchStrategy[Any]:
    """Something like an entry: right names, right and wrong values."""
    fields = {}
    for name, info in model.model_fields.items():
        nested = [part for part in (info.annotation, *getattr(info.annotation, "__args__", ())) if _is_model(part)]
        inner = _values(nested[0], depth + 1) if nested and depth < 3 else st.nothing()
        fields[name] = inner | _LEAF | st.lists(_WORD, max_size=3) | st.dictionaries(_WORD, st.booleans(), max_size=2)
    return st.fixed_dictionaries({}, optional=fields)


def _is_model(part: Any) -> bool:
    return isinstance(part, type) and issubclass(part, BaseModel)


@pytest.mark.parametrize("model", LEAN, ids=lambda model: model.__name__)
def test_the_lean_form_gives_what_the_model_gives(model: type[BaseModel]) -> None:
    lean = dict_validator(model)
    assert lean is not None
    taken = []

    @settings(max_examples=300, deadline=None)
    @given(st.fixed_dictionaries({}, optional={}) | _values(model))
    def same(value: dict[str, Any]) -> None:
        try:
            expected: Any = model.model_validate(value).model_dump(exclude_unset=True)
        except ValidationError as error:
            expected = {tuple(map(str, e["loc"]))[-1:] for e in error.errors()}
        try:
            found: Any = lean.validate_python([value])[0]
        except ValidationError as error:
            found = {tuple(map(str, e["loc"]))[-1:] for e in error.errors()}
        else:
            taken.append(value)
        assert found == expected

    same()


def test_people_and_workspaces_have_a_lean_form() -> None:
    assert {model.__name__ for model in LEAN} >= {"PersonEntry", "WorkspaceEntry"}
