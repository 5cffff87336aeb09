"""A kind is had without the others: what finds one by a name, a label or a word in a source finds what a look at all of
them finds, and a plan imports those that it needs, however many there are."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from reconciler.kinds import (
    Trait,
    always_read,
    by_label,
    heirs,
    kinds,
    licensed,
    listed,
    lists_in,
    managed,
    observed,
    owners,
    sections_in,
    sections_of,
    with_extensions,
)
from reconciler.repository.desired.entries import EntryTypes, entry_type
from tests.benchmarks import tenants
from tests.benchmarks.kinds import write_settings

_PLAN = """
import sys
import reconciler.kinds
reconciler.kinds.__path__ += sys.argv[2:]
from pathlib import Path
from reconciler import pipeline
changes = pipeline.plan_offline(Path(sys.argv[1]), cache=False).changes
assert changes, "nothing to compare"
print(*sorted(name for name in sys.modules if name.startswith("reconciler.kinds.") and ".contract" not in name))
"""


def test_a_name_finds_what_is_there() -> None:
    assert {name: managed().get(name) for name in kinds()} == {
        name: kind if kind.model is not None else None for name, kind in kinds().items()
    }
    assert {name: observed().get(name) for name in kinds()} == {
        name: kind if kind.columns else None for name, kind in kinds().items()
    }
    assert managed().keys() | observed().keys() == kinds().keys()


def test_a_name_that_is_nobodys_finds_nothing() -> None:
    for name in ("", ".", "person.", "person.location", "location.number", "settings", "contract.kind", "../person"):
        assert name not in managed()
        assert name not in observed()


@pytest.mark.parametrize("owner", [owner.name for owner in owners()])
def test_the_sections_of_some_names_are_among_all(owner: str) -> None:
    every = sections_of(owner)
    assert sections_in(owner, [*reversed([*every]), "location", "name"]) == dict(every)
    assert [*sections_in(owner, reversed([*every]))] == [*every], "those that others require come first"
    assert always_read(owner) == {name: section for name, section in every.items() if section.always}
    assert lists_in(owner, ["numbers", "name", *every]) == lists_in(owner)


def test_who_inherits_is_found_by_the_word() -> None:
    for name in kinds():
        assert sorted(heir.name for heir in heirs(name)) == [n for n, kind in kinds().items() if kind.inherits == name]


def test_what_a_kind_declares_of_its_list_and_its_extension_is_found_by_the_word() -> None:
    every = kinds().items()
    for trait in get_args(Trait):
        assert listed(trait) == {name: kind for name, kind in every if getattr(kind.listing, trait)}
    assert with_extensions() == {name: kind.dialled for name, kind in every if kind.dialled}
    assert licensed() == {name: kind for name, kind in every if kind.entitles}
    assert {*licensed()} < {*with_extensions()}


def test_a_label_finds_its_kind() -> None:
    labels = dict(by_label())
    assert {"people", "usuarios", "locations", "numbers"} <= labels.keys()
    for label, kind in labels.items():
        assert by_label()[label] is kind
    assert "routes" not in by_label()


def test_an_entry_is_built_of_what_entries_have() -> None:
    person, types = by_label()["people"], EntryTypes()
    first = types.of(person, [{"email": "a@example.com", "forwarding": None}, "no entry"])
    assert first.sections.keys() == {"forwarding"}
    again = types.of(person, [{"email": "b@example.com", "first_name": "B", "forwarded": 1, 7: 8}])
    assert again is first, "what is no section asks for no other type"
    more = types.of(person, [{"voicemail": {"enabled": False}}])
    assert more.sections.keys() == {"forwarding", "voicemail"}, "so that files in turns build no type each"


def test_types_are_not_built_again_without_end() -> None:
    person, types = by_label()["people"], EntryTypes()
    for name in sections_of("person"):
        found = types.of(person, [{name: None}])
    assert found is entry_type(person)


def test_a_plan_imports_what_desired_names_and_what_that_rests_on(tmp_path: Path) -> None:
    tenants.write(tmp_path / "tenant", 3)
    more = tmp_path / "more"
    more.mkdir()
    write_settings(more, 20)

    def imported(*folders: Path) -> list[str]:
        arguments = [sys.executable, "-c", _PLAN, str(tmp_path / "tenant"), *map(str, folders)]
        return subprocess.run(arguments, check=True, capture_output=True, text=True).stdout.split()

    used = imported()
    assert imported(more) == used
    assert {"reconciler.kinds.people.person", "reconciler.kinds.settings.forwarding"} <= set(used)
    assert "reconciler.kinds.settings.voicemail" not in used
    assert len([name for name in used if not name.rpartition(".")[2].startswith("_")]) <= 16
