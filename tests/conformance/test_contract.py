"""What every kind must be like, found kind by kind."""

from __future__ import annotations

import inspect
import subprocess
import sys
from typing import Any

import pytest
from pydantic import BaseModel

from reconciler.kinds import home_of, kind, kinds, managed, owners, sections_of
from reconciler.kinds.contract.kind import Kind
from reconciler.kinds.contract.marks import marks_of
from reconciler.model.marks import Claim, Key, Ref
from reconciler.model.resource import Resource

KINDS = pytest.mark.parametrize("name", managed())


@KINDS
def test_documented(name: str) -> None:
    found = kind(name)
    assert found.doc.endswith("."), f"{name}: Kind.doc is one sentence"
    assert found.source, f"{name}: Kind.source names the endpoints"
    module = sys.modules[home_of(name)]
    alone = module.__name__.endswith(f".{name.replace('.', '_')}")
    assert module.__doc__, f"{name}: the module says what it is about"
    assert f"`{name}`" in module.__doc__ or not alone, f"{name}: the module's docstring says what `{name}` is"
    sources = ("webex-behaviour.md", "API: ", "GET /", "GET/PUT /")
    said = any(source in module.__doc__ for source in sources)
    assert said, f"{name}: the docstring says by which source: `API: …`, an operation, or a row of webex-behaviour.md"


@pytest.mark.parametrize("name", kinds())
def test_the_file_bears_the_name(name: str) -> None:
    """So that one kind is had without importing the others."""
    owner, _, part = name.partition(".")
    assert home_of(name).rpartition(".")[2] in {name.replace(".", "_"), part, owner}
    assert kind(name) is kinds()[name]


def test_one_kind_is_had_without_the_others() -> None:
    code = (
        "import sys; from reconciler.kinds import kind; kind('workspace.forwarding');"
        "print(*sorted(m for m in sys.modules if m.startswith('reconciler.kinds.') and m.count('.') == 3))"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert [name for name in loaded if ".contract." not in name] == ["reconciler.kinds.settings.forwarding"]


def test_a_kind_that_is_declared_twice_is_an_error_that_names_both(monkeypatch: pytest.MonkeyPatch) -> None:
    homes = {"trunk": "reconciler.kinds.call_routing.trunk", "copy": "reconciler.kinds.call_routing.trunk"}
    monkeypatch.setattr("reconciler.kinds._modules", lambda: homes)
    with pytest.raises(RuntimeError, match=r"the kind trunk is declared twice, in \S+\.trunk and in \S+\.trunk"):
        kinds.__wrapped__()


@KINDS
def test_model_is_a_frozen_resource_whose_fields_may_all_be_absent(name: str) -> None:
    model = kind(name).managed
    assert issubclass(model, Resource)
    required = {field for field, info in model.model_fields.items() if info.is_required()}
    assert required == set(kind(name).key_fields), f"{name}: absent means not managed"


@KINDS
def test_json_schema_builds(name: str) -> None:
    for model in filter(None, (kind(name).model, getattr(kind(name), "entry", None))):
        schema = model.model_json_schema()
        assert schema["additionalProperties"] is False


@KINDS
def test_marks_lead_somewhere(name: str) -> None:
    found = kind(name)
    marks = marks_of(found)
    for path, ref in marks.refs:
        for of in ref.kinds:
            at = f"{name}.{'.'.join(path)}"
            assert kind(of).scan, f"{at}: {of} cannot be listed, so names of it cannot be resolved"
        assert set(ref.needs) <= set(managed()), f"{name}.{'.'.join(path)} needs {ref.needs}"
    for path, claim in marks.own_claims:
        assert not claim.per or claim.per in found.model.model_fields, f"{name}.{path} is unique per {claim.per}"
    assert all(why for why in marks.fixed.values()), f"{name}: Fixed says what to do instead"


@KINDS
def test_owner_and_sections(name: str) -> None:
    found = kind(name)
    if found.owner:
        assert name == f"{found.owner}.{found.section}"
        assert found.fetch and found.write, f"{name}: a section is fetched and written"
        assert not (found.scan or found.create or found.delete or found.key or found.plural)
        assert found.owner in managed(), f"{name}: {found.owner} is only read, and so can have no managed sections"
        assert not kind(found.owner).owner
        assert found.section not in kind(found.owner).model.model_fields
    else:
        assert found.scan and found.plural and not (found.fetch or found.write)
        keyed = [n for n, info in found.model.model_fields.items() if any(isinstance(m, Key) for m in info.metadata)]
        assert keyed == list(found.key_fields), f"{name}: the fields marked Key() are Kind.key"
        assert not found.writable or found.batch or found.find, f"{name}: a writable kind is found again by `find`"
    for required in found.requires:
        assert kind(required).owner == found.owner


def test_names_in_files_are_unique() -> None:
    names = [name for owner in owners() for name in (owner.plural, *owner.aliases)]
    assert len(names) == len(set(names))


@KINDS
def test_cleared_is_a_state_of_the_model(name: str) -> None:
    found = kind(name)
    if found.cleared is not None:
        assert found.owner, f"{name}: only a section is cleared by null"
        assert found.model.model_validate(found.cleared).model_dump(exclude_unset=True) == found.cleared


@KINDS
def test_functions_are_what_the_contract_says(name: str) -> None:
    found = kind(name)
    for part, count in {"scan": 2, "find": 3, "create": 3, "update": 3, "delete": 2, "fetch": 2, "write": 4}.items():
        function = getattr(found, part)
        if function is not None:
            assert inspect.iscoroutinefunction(function), f"{name}.{part} is async"
            assert len(inspect.signature(function).parameters) == count
    if found.batch:
        assert found.batch.most.keys() == {"create", "update", "delete"}


@KINDS
def test_marks_of_nested_models_are_references_and_claims_only(name: str) -> None:
    """Fixed, Late and How are read at the top of a model; further down they would be ignored."""
    for model in _nested(kind(name).model):
        for field, info in model.model_fields.items():
            marks = [mark for mark in info.metadata if type(mark).__module__ == "reconciler.model.marks"]
            odd = [type(mark).__name__ for mark in marks if not isinstance(mark, Ref | Claim)]
            assert not odd, f"{name}: {model.__name__}.{field} has {odd}, which only counts at the top"


def _nested(model: type[BaseModel]) -> list[type[BaseModel]]:
    found: list[type[BaseModel]] = []
    queue: list[Any] = [info.annotation for info in model.model_fields.values()]
    while queue:
        annotation = queue.pop()
        if isinstance(annotation, type) and issubclass(annotation, BaseModel) and annotation not in found:
            found.append(annotation)
            queue += [info.annotation for info in annotation.model_fields.values()]
        queue += getattr(annotation, "__args__", ())
    return found


@KINDS
def test_sections_come_after_those_that_they_require(name: str) -> None:
    seen: list[Kind] = []
    for section in sections_of(name).values():
        assert all(kind(required) in seen for required in section.requires)
        seen.append(section)
