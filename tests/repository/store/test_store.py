"""The snapshot on disk: what is written is read again, the same gives the same bytes, damage is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.errors import Exit, ReconcileError
from reconciler.kinds import sections_of
from reconciler.model.snapshot import Current, MemorySnapshot
from reconciler.model.text import normal, normalised
from reconciler.repository import store
from reconciler.repository.store.lines import key_of

_TEXT = st.text(max_size=8)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=6,
)
_PLACES = st.sampled_from(
    [None, "London HQ", "London-HQ", "london hq", "Málaga", "東京", "大阪", "_", "a/b", "..", "\ud800"]
)
#: In normal form, as the keys of all that is read are.
_KEYS = st.text(min_size=1, max_size=8).map(normal).filter(bool)


@st.composite
def snapshots(draw: Any) -> MemorySnapshot:
    found = MemorySnapshot(org={"id": "org", "name": draw(_TEXT)})
    for kind in draw(st.sets(st.sampled_from(["person", "location", "number", "license"]))):
        found.kinds[kind] = {}
        for key in {key_of(kind, key) for key in draw(st.sets(_KEYS, max_size=5))}:
            fields = {**draw(st.dictionaries(_TEXT, _JSON, max_size=3)), "location": draw(_PLACES)}
            current = Current(kind, key, draw(_TEXT), fields, draw(st.dictionaries(_TEXT, _JSON, max_size=2)))
            current.unknown = draw(st.dictionaries(_TEXT, _TEXT, max_size=2))
            for section in sections_of(kind):
                match draw(st.integers(0, 4)):
                    case 1:
                        current.unknown[section] = draw(st.sampled_from(["no calling", "HTTP 500"]))
                    case 2 | 3:
                        current.fields[section] = normalised(
                            draw(st.none() | st.dictionaries(_TEXT, _JSON, max_size=2))
                        )
                    case 4:
                        current.unknown[section], current.fields[section] = "unnamed", normalised(draw(_JSON))
            current.candidates = draw(st.lists(_TEXT, max_size=2))
            found.kinds[kind][key] = current
        if draw(st.booleans()):
            found.gaps[draw(st.sampled_from([kind, f"{kind}.section"]))] = "HTTP 403"
    return found


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(snapshots(), snapshots())
def test_round_trip(tmp_path: Path, first: MemorySnapshot, second: MemorySnapshot) -> None:
    folder = tmp_path / "state"
    for snapshot in (first, second):
        store.write(folder, snapshot, {"person", "location", "number", "license"})
        found = store.open(folder)
        assert found.org == snapshot.org
        for kind in ("person", "location", "number", "license"):
            assert found.keys(kind) == snapshot.keys(kind)
            for key, current in snapshot.kinds.get(kind, {}).items():
                assert found.get(kind, key) == current == found.get(kind, key, current.fields["location"])
                assert found.get(kind, key, "elsewhere") == current
            assert found.get(kind, "nobody at all") is None
            if kind in snapshot.kinds:
                assert found.incomplete(kind) == snapshot.incomplete(kind)
                assert found.lacking(kind, [*snapshot.kinds[kind], "x" * 9]) == {"x" * 9}
        before = contents(folder)
        assert store.write(folder, snapshot, {"person", "location", "number", "license"}).changed == ()
        assert contents(folder) == before
        for name, data in before.items():
            assert name == "manifest.json" or data == b"".join(sorted(data.splitlines(keepends=True))) or b"\\" in data


def small() -> MemorySnapshot:
    found = MemorySnapshot(org={"id": "org", "name": "ACME"})
    for key, place in (("ana@a.com", "London HQ"), ("bob@a.com", "London HQ"), ("eve@a.com", None)):
        found.add(Current("person", key, f"id-{key}", {"email": key, "location": place}))
    found.add(Current("location", "London HQ", "l", {"name": "London HQ"}))
    return found


def test_layout(tmp_path: Path) -> None:
    written = store.write(tmp_path / "state", small())
    assert written.summary == "4 files written, 0 unchanged"
    found = contents(tmp_path / "state")
    assert sorted(found) == ["location.jsonl", "manifest.json", "person/_.jsonl", "person/london-hq.jsonl"]
    line = b'{"address":"person/eve@a.com","fields":{"email":"eve@a.com","location":null},"id":"id-eve@a.com"}\n'
    assert found["person/_.jsonl"] == line
    manifest = json.loads(found["manifest.json"])
    assert manifest["kinds"]["person"]["count"] == 3
    assert manifest["kinds"]["person"]["files"]["person/london-hq.jsonl"]["lines"] == 2


def test_locations_that_are_gone_and_kinds_that_were_not_exported(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    store.write(folder, small())
    again = small()
    del again.kinds["location"], again.kinds["person"]["ana@a.com"], again.kinds["person"]["bob@a.com"]
    written = store.write(folder, again, ["person"])
    assert written.removed == ("person/london-hq.jsonl",)
    assert store.open(folder).keys("location") == ["London HQ"]
    assert store.open(folder).keys("person") == ["eve@a.com"]
    assert store.open(folder).incomplete("workspace") == "not read"


def _first_line_broken(folder: Path) -> None:
    path = folder / "person/london-hq.jsonl"
    path.write_bytes(path.read_bytes().replace(b'{"address":"person/bob', b'{"address":person/bob'))


def _edited(folder: Path) -> None:
    path = folder / "location.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"l"', b'"m"'))


def _manifest(old: str, new: str) -> Any:
    def damage(folder: Path) -> None:
        path = folder / "manifest.json"
        path.write_text(path.read_text().replace(old, new))

    return damage


def _cut(folder: Path) -> None:
    path = folder / "person/london-hq.jsonl"
    path.write_bytes(path.read_bytes()[:-20])


def _line_lost(folder: Path) -> None:
    path = folder / "person/london-hq.jsonl"
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])


@pytest.mark.parametrize(
    ("damage", "where", "why"),
    [
        (_first_line_broken, "state/person/london-hq.jsonl:2", "not what the manifest says"),
        (_edited, "state/location.jsonl:1", "not what the manifest says"),
        (_cut, "state/person/london-hq.jsonl:2", "ends in the middle of a line"),
        (_line_lost, "state/person/london-hq.jsonl:1", "1 lines, 2 in the manifest"),
        (lambda folder: (folder / "location.jsonl").unlink(), "state/location.jsonl", "not there"),
        (_manifest('"format_version": 2', '"format_version": 0'), "state/manifest.json", "format 0 is not format 2"),
        (_manifest('"format_version": 2', '"format": 2'), "state/manifest.json:1", "no format version"),
        (_manifest('"kinds": {', '"kinds": ['), "state/manifest.json:", "not valid JSON"),
        (_manifest('"files"', '"file"'), "state/manifest.json:1", "lacks"),
    ],
)
def test_damage_is_told(tmp_path: Path, damage: Any, where: str, why: str) -> None:
    folder = tmp_path / "state"
    store.write(folder, small())
    damage(folder)
    with pytest.raises(ReconcileError) as error:
        found = store.open(folder)
        found.get("person", "bob@a.com", "London HQ")
        found.keys("location")
    assert error.value.where.startswith(where) and why in error.value.why
    assert "reconcile export" in error.value.do and error.value.exit_code == Exit.ERROR


def test_a_line_that_is_none_though_the_manifest_agrees(tmp_path: Path) -> None:
    from reconciler.repository.store.layout import digest

    folder = tmp_path / "state"
    store.write(folder, small())
    data = (folder / "location.jsonl").read_bytes()
    for other in (data.replace(b'"name"', b'name"'), data.replace(b"location/", b"person/")):
        (folder / "location.jsonl").write_bytes(other)
        _manifest(digest(data), digest(other))(folder)
        with pytest.raises(ReconcileError) as error:
            store.open(folder).get("location", "London HQ")
        assert error.value.where == "state/location.jsonl:1"
        data = other


def test_no_snapshot(tmp_path: Path) -> None:
    with pytest.raises(ReconcileError, match="reconcile export"):
        store.open(tmp_path / "state")


def test_files_that_do_not_fit_are_read_line_by_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reconciler.repository.store.reading.KEEP", 1)
    store.write(tmp_path / "state", small())
    found = store.open(tmp_path / "state")
    expected = small()
    for _ in range(2):
        for key in expected.keys("person"):
            assert found.get("person", key) == expected.get("person", key)
