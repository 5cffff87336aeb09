"""What is seen from the bytes of a snapshot alone is what the resources in it say."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.model.snapshot import Current, MemorySnapshot
from reconciler.repository import store
from reconciler.repository.store.lines import is_plain
from tests.benchmarks import tenants
from tests.repository.store.test_store import snapshots


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(snapshot=snapshots())
def test_fields_are_those_of_the_resource_or_none(
    tmp_path_factory: pytest.TempPathFactory, snapshot: MemorySnapshot
) -> None:
    folder = tmp_path_factory.mktemp("state")
    store.write(folder, snapshot)
    lines, whole = store.open(folder), store.open(folder)
    for kind in snapshot.kinds:
        for key in whole.keys(kind):
            place, current = lines.find(kind, key), whole.get(kind, key)
            fields = lines.fields(kind, key, place, list(current.fields)) if place and current else None
            if fields is not None and current is not None:
                assert fields == current.fields
                assert not current.unknown
                assert not current.candidates


def test_the_usual_lines_tell_their_fields(tmp_path: Path) -> None:
    snapshot = tenants.snapshot(6)
    snapshot.kinds["person"]["user000003@example.com"].unknown["forwarding"] = "HTTP 403"
    store.write(tmp_path, snapshot)
    found = store.open(tmp_path)
    for key, current in snapshot.kinds["person"].items():
        place = found.find("person", key, "Site 0000")
        assert place
        told = found.fields("person", key, place, list(current.fields))
        assert told == (None if current.unknown else current.fields)


@given(st.text(alphabet=' "\\ax,:', max_size=30))
def test_a_space_at_an_end_is_one_beside_a_quote(text: str) -> None:
    data = text.replace("\\", "").encode()
    assert is_plain(data) == (b'" ' not in data and b' "' not in data)


def test_a_mailbox_in_other_letters_is_found_as_the_network_has_it(tmp_path: Path) -> None:
    """In a snapshot of before, whose texts were not all in normal form: the line says the address in another way."""
    person = Current("person", "ana@\x80.example", "", {"location": None})
    store.write(tmp_path, MemorySnapshot({"id": "org", "name": ""}, {"person": {person.key: person}}))
    found = store.open(tmp_path)
    (key,) = found.keys("person")
    current = found.get("person", key)
    assert key.isascii() and current is not None and current.fields == {"location": None}
