"""Format 2 of `state/`: sections in files of their own. What format 1 says is the same, and is written over whole."""

from __future__ import annotations

import shutil
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from reconciler import pipeline
from reconciler.drift import changed
from reconciler.errors import ReconcileError
from reconciler.history import sides
from reconciler.history.comparing import compare
from reconciler.kinds import observed, shard_of
from reconciler.model.snapshot import Current, MemorySnapshot, keys_of
from reconciler.repository import store
from reconciler.repository.store import dividing, writing
from reconciler.repository.store.joined import JoinedFields
from reconciler.repository.store.layout import digest, file_names, parsed
from reconciler.repository.store.lines import line_of
from reconciler.repository.store.shard import Shard
from tests.repository.store.test_store import contents, snapshots

#: A snapshot that a version of before wrote: sections nested, artefacts with `fields`, one name twice, two gaps.
FORMAT_1 = Path(__file__).parent / "format_1"


@pytest.fixture
def before(tmp_path: Path) -> Path:
    return shutil.copytree(FORMAT_1, tmp_path / "state")


def everything(folder: Path) -> tuple[MemorySnapshot, dict[str, str], dict[str, Any]]:
    found = store.open(folder)
    memory = MemorySnapshot(dict(found.org))
    for kind in found.kinds:
        memory.kinds[kind] = {key: one for key in found.keys(kind) if (one := found.get(kind, key)) is not None}
        for current in memory.kinds[kind].values():
            current.fields = dict(current.fields.items())
    return memory, found.gaps, found.statuses


def written_in_format_1(folder: Path, snapshot: MemorySnapshot) -> None:
    """As the version of before wrote it; no gaps and statuses."""
    import json

    kinds: dict[str, Any] = {}
    for name, resources in snapshot.kinds.items():
        shard, lines = shard_of(name), dict[str, list[bytes]]()
        for key in sorted(resources):
            place = resources[key].fields.get(shard) if shard and shard not in resources[key].unknown else ""
            lines.setdefault(str(place or ""), []).append(line_of(resources[key]))
        files = {}
        for place, file in file_names(name, bool(shard), lines).items():
            if place in lines:
                (folder / file).parent.mkdir(parents=True, exist_ok=True)
                data = b"".join(lines[place])
                (folder / file).write_bytes(data)
                files[file] = {"lines": len(lines[place]), "sha256": digest(data), "location": place}
        count = len(keys_of(snapshot, name))
        kinds[name] = {"complete": True, "count": count, "ambiguous": len(resources) - count, "files": files}
    folder.mkdir(exist_ok=True)
    manifest = {"format_version": 1, "org": dict(snapshot.org), "kinds": kinds}
    (folder / "manifest.json").write_bytes(json.dumps(manifest).encode("utf-8", "surrogatepass"))


def test_what_format_1_says_is_what_format_2_says(before: Path, tmp_path: Path) -> None:
    memory, gaps, statuses = everything(before)
    assert memory.kinds["person"]["ana@example.com"].fields["forwarding"]["busy"]["destination"] == "+34910000000"
    again = tmp_path / "again"
    memory.gaps, memory.statuses = gaps, statuses
    store.write(again, memory)
    assert everything(again) == (memory_of(memory), gaps, statuses)
    store.write(before, MemorySnapshot(dict(memory.org)), [])  # nothing was read: all is kept, and in the new format
    assert contents(before) == contents(again)
    assert parsed((again / "manifest.json").read_bytes())["format_version"] == 2


def memory_of(snapshot: MemorySnapshot) -> MemorySnapshot:
    return MemorySnapshot(snapshot.org, snapshot.kinds)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(snapshots())
def test_both_formats_say_the_same(tmp_path_factory: pytest.TempPathFactory, snapshot: MemorySnapshot) -> None:
    folder = tmp_path_factory.mktemp("both")
    snapshot.gaps = {}
    store.write(folder / "2", snapshot)
    written_in_format_1(folder / "1", snapshot)
    assert everything(folder / "1") == everything(folder / "2")
    one, two = (sides.of_folder(folder / name, name) for name in ("1", "2"))
    for old, new in ((one, two), (two, one)):
        assert compare(old, new, facts=True).differences == []
    shutil.rmtree(folder)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(snapshots(), snapshots())
def test_a_difference_is_the_same_whatever_the_formats(
    tmp_path_factory: pytest.TempPathFactory, first: MemorySnapshot, second: MemorySnapshot
) -> None:
    folder = tmp_path_factory.mktemp("apart")
    for name, snapshot in (("first", first), ("second", second)):
        snapshot.gaps = {}
        store.write(folder / f"{name}2", snapshot)
        written_in_format_1(folder / f"{name}1", snapshot)
    kinds = sorted({*first.kinds, *second.kinds})
    for kind in first.kinds.keys() & second.kinds.keys():
        then, now = first.kinds[kind], second.kinds[kind]
        for key in [key for key in then.keys() & now.keys() if then[key] == now[key]]:
            del then[key], now[key]
    expected = changed(first, second, kinds, labels=("a", "b"), facts=True).differences
    for old in ("first1", "first2"):
        for new in ("second1", "second2"):
            found = compare(sides.of_folder(folder / old, "a"), sides.of_folder(folder / new, "b"), facts=True)
            # of several reasons the first in the order of the file is told
            assert [replace(one, why="") for one in found.differences] == [replace(one, why="") for one in expected]
    shutil.rmtree(folder)


def test_a_part_that_is_read_takes_the_rest_along(before: Path) -> None:
    memory, gaps, _ = everything(before)
    some = MemorySnapshot(dict(memory.org), {"number": memory.kinds["number"]})
    written = store.write(before, some)
    assert written.resources == 2 and "person.forwarding/madrid.jsonl" in written.changed
    found, still, _ = everything(before)
    assert (found.kinds, still) == (memory.kinds, gaps)
    (before / "person/madrid.jsonl").write_bytes(b"")
    with pytest.raises(ReconcileError, match="damaged"):
        everything(before)


def test_a_damaged_rest_in_format_1_is_not_taken_along(before: Path) -> None:
    memory, _, _ = everything(before)
    path = before / "person/madrid.jsonl"
    path.write_bytes(path.read_bytes().replace(b"Ana", b"Eva"))
    with pytest.raises(ReconcileError, match="damaged"):
        store.write(before, MemorySnapshot(dict(memory.org), {"number": memory.kinds["number"]}))
    assert store.write(before, memory).resources


def test_who_has_no_sections_says_so_once(before: Path) -> None:
    store.write(before, MemorySnapshot(dict(store.open(before).org)), [])
    (line,) = (before / "person/_.jsonl").read_text().splitlines()
    assert line.count("has no calling") == 1
    zoe = store.open(before).get("person", "zoe@example.com")
    assert zoe is not None and set(zoe.unknown) == {"forwarding", "numbers", "outgoing_permissions"}
    assert not any(b"zoe" in data for name, data in contents(before).items() if "." in name.partition("/")[0])


def test_a_changed_field_is_one_line_that_shows_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    memory, gaps, statuses = everything(FORMAT_1)
    memory.gaps, memory.statuses = gaps, statuses
    store.write(folder, memory)
    old = contents(folder)
    memory.kinds["person"]["ana@example.com"].fields["forwarding"]["always"] = {"enabled": True, "destination": "1001"}
    written = store.write(folder, memory)
    assert written.changed == ("person.forwarding/madrid.jsonl", "manifest.json")
    pair = [data["person.forwarding/madrid.jsonl"].splitlines() for data in (old, contents(folder))]
    ((was, now),) = [(a, b) for a, b in zip(*pair, strict=True) if a != b]
    assert len(now) < 250 and was.startswith(b'{"address":"person.forwarding/ana@example.com","fields":{')
    assert all((path.stat().st_mode & 0o777) == 0o600 for path in folder.rglob("*.json*"))


class Killed(BaseException):
    pass


def test_a_write_that_is_killed_leaves_a_snapshot_or_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of format 1 and of format 2, at every step: what can be read whole is one of the two, never some of each."""
    memory, gaps, statuses = everything(FORMAT_1)
    after = MemorySnapshot(memory.org, dict(memory.kinds), gaps, statuses)
    after.kinds["person"] = {k: v for k, v in memory.kinds["person"].items() if "eve" not in k}
    bob = after.kinds["person"]["bob@example.com"]
    moved = {**bob.fields, "location": "Málaga", "forwarding": None}
    after.kinds["person"]["bob@example.com"] = Current("person", bob.key, bob.id, moved, bob.facts, bob.unknown)
    store.write(tmp_path / "format_2", everything_with(memory, gaps, statuses))
    step = writing.in_one_step
    outcomes = set()
    for start in (FORMAT_1, tmp_path / "format_2"):
        for last in range(40):
            folder = shutil.copytree(start, tmp_path / f"{start.name}-{last}")
            left = iter(range(last))

            def stopping(path: Path, data: bytes, left: Any = left) -> None:
                if next(left, None) is None:
                    raise Killed
                step(path, data)

            monkeypatch.setattr(writing, "in_one_step", stopping)
            try:
                store.write(folder, after)
                done = True
            except Killed:
                done = False
            monkeypatch.setattr(writing, "in_one_step", step)
            try:
                found: Any = everything(folder)[0].kinds
            except ReconcileError as error:
                assert "damaged" in str(error) and not done
                found = None
            assert found in (None, memory.kinds, after.kinds)
            outcomes.add((start.name, done, found is None))
            store.write(folder, after)
            assert everything(folder)[0].kinds == after.kinds
            if done:
                break
    assert {(name, True, False) for name in ("format_1", "format_2")} <= outcomes
    assert {(name, False, True) for name in ("format_1", "format_2")} <= outcomes


def everything_with(memory: MemorySnapshot, gaps: dict[str, str], statuses: dict[str, Any]) -> MemorySnapshot:
    return MemorySnapshot(memory.org, dict(memory.kinds), gaps, statuses)


# --- managed and observed at once ---------------------------------------------------------------------------------


@pytest.fixture
def both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, MemorySnapshot]:
    """A section of which more is observed than is managed; Eve has the one alone, somebody unlisted the other."""
    names = {**observed(), "person.forwarding": observed()["person.caller_id"]}
    for module in ("dividing", "mixing"):
        monkeypatch.setattr(f"reconciler.repository.store.{module}.observed", lambda: names)
    memory, _, _ = everything(FORMAT_1)
    seen = {
        key: Current(
            "person.forwarding", key, f"id-{key}", {"location": "Madrid", "more": [key]}, {}, {"x": "HTTP 500"}
        )
        for key in ("ana@example.com", "bob@example.com", "gone@example.com")
    }
    memory.kinds["person.forwarding"] = seen
    store.write(tmp_path / "state", memory)
    return tmp_path / "state", memory


def test_a_section_that_is_managed_and_observed_is_one_line(both: tuple[Path, MemorySnapshot]) -> None:
    folder, memory = both
    assert everything(folder)[0].kinds == memory.kinds
    lines = (folder / "person.forwarding/madrid.jsonl").read_text().splitlines()
    assert len(lines) == 2 and all('"fields":' in line and '"observed":' in line for line in lines)
    side = sides.of_folder(folder, "now")
    assert compare(side, side).differences == []
    assert store.open(folder).get("person.forwarding", "eve@example.com") is None


@pytest.mark.parametrize("kind", ["person", "person.forwarding", "number"])
def test_each_half_is_kept_where_the_other_alone_was_read(both: tuple[Path, MemorySnapshot], kind: str) -> None:
    folder, memory = both
    old = contents(folder)
    store.write(folder, MemorySnapshot(memory.org, {kind: memory.kinds[kind]}), [kind])
    assert contents(folder) == old
    kept = memory.kinds[kind].pop("ana@example.com", None)
    store.write(folder, MemorySnapshot(memory.org, {kind: memory.kinds[kind]}), [kind])
    assert everything(folder)[0].kinds == memory.kinds or kept is None


def test_a_section_nobody_manages_any_more_is_observed_alone(both: tuple[Path, MemorySnapshot]) -> None:
    folder, memory = both
    for person in memory.kinds["person"].values():
        person.fields.pop("forwarding", None)
        person.unknown.pop("forwarding", None)
    store.write(folder, MemorySnapshot(memory.org, {"person": memory.kinds["person"]}), ["person"])
    assert everything(folder)[0].kinds == memory.kinds
    assert compare(sides.of_folder(folder, "a"), sides.of_folder(folder, "b")).differences == []


# --- what is opened -----------------------------------------------------------------------------------------------


def test_sections_are_joined_when_they_are_asked_for() -> None:
    asked: list[str] = []

    def read(name: str) -> Any:
        asked.append(name)
        return {"x": name} if name != "none" else dividing.ABSENT

    def fields() -> JoinedFields:
        asked.clear()
        return JoinedFields({"z": 1, "a": 2}, {"f", "g", "none"}, read)

    whole = {"a": 2, "f": {"x": "f"}, "g": {"x": "g"}, "z": 1}
    one = fields()
    assert (one["z"], one.get("a"), one.get("q"), "a" in one, asked) == (1, 2, None, True, [])
    assert one["f"] == {"x": "f"} and one.get("f") == {"x": "f"} and asked == ["f"]
    assert "none" not in one and one.get("none", 5) == 5 and asked == ["f", "none"]
    with pytest.raises(KeyError):
        fields()["none"]
    for copy in (dict, lambda d: {**d}, lambda d: d | {}, lambda d: {} | d, lambda d: d.copy(), deepcopy):
        assert copy(fields()) == whole
    assert list(fields()) == sorted(whole) == list(fields().keys()) and len(fields()) == 4
    assert fields() == whole == fields() == fields()
    assert (fields() != {**whole, "z": 2}) is True
    changed = fields()
    changed["f"] = None
    assert changed == {**whole, "f": None} and "f" not in asked


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files of snapshots that are read, in order."""
    found: list[str] = []
    first = Shard.__init__

    def noting(self: Shard, folder: Path, file: str, *rest: Any, **more: Any) -> None:
        found.append(file)
        first(self, folder, file, *rest, **more)

    monkeypatch.setattr(Shard, "__init__", noting)
    return found


TENANT = """schema_version: 1
org: {name: Example, id: Y2lzY29zcGFyazovL3VzL09SR0FOSVpBVElPTi84ZjJiNmExMC0zYzU3LTRkMWUtOWI2NC0wZjVlN2E5YzJkMzE}
"""
PERSON = "people: [{email: ana@example.com, first_name: NAME, location: Madrid SECTION}]\n"


@pytest.mark.parametrize("name", ["Ana", "Another"])
@pytest.mark.parametrize(
    ("section", "file"),
    [
        ("", ""),
        (", forwarding: {always: null}", "person.forwarding/madrid.jsonl"),
        (", numbers: {secondary: []}", "person.numbers/madrid.jsonl"),
    ],
)
def test_a_plan_opens_the_sections_that_desired_uses(
    before: Path, opened: list[str], name: str, section: str, file: str
) -> None:
    """Also where the object itself differs, and whoever has another section has lines in other files."""
    root = before.parent
    store.write(before, MemorySnapshot(dict(store.open(before).org)), [])
    (root / "desired").mkdir()
    (root / "desired/tenant.yaml").write_text(TENANT)
    text = PERSON.replace("NAME", name).replace(" SECTION", section)
    (root / "desired/people.yaml").write_text(text)
    for _ in range(2):
        opened.clear()
        plan = pipeline.plan_offline(root)
        assert [change.address for change in plan.changes] == (["person/ana@example.com"] if name != "Ana" else [])
        assert {one for one in opened if "." in one.partition("/")[0].removesuffix(".jsonl")} <= {file}
        root.joinpath("desired/people.yaml").write_text(text + "# and again\n")


def test_what_a_plan_rests_on_is_what_it_opened(before: Path) -> None:
    """A section that nobody describes can be damaged, or another one, and the plan of before stands."""
    root = before.parent
    store.write(before, MemorySnapshot(dict(store.open(before).org)), [])
    (root / "desired").mkdir()
    (root / "desired/tenant.yaml").write_text(TENANT)
    (root / "desired/people.yaml").write_text(
        PERSON.replace("NAME", "Ana").replace(" SECTION", ", numbers: {secondary: []}")
    )
    assert not pipeline.plan_offline(root).changes
    memory, _, _ = everything(before)
    whole = deepcopy(memory)
    for person in memory.kinds["person"].values():
        person.fields.pop("numbers", None)
        person.unknown.pop("numbers", None)
    store.write(before, memory)
    assert not (before / "person.numbers").exists()
    assert [one.address for one in pipeline.plan_offline(root).changes] == ["person.numbers/ana@example.com"]
    store.write(before, whole)
    assert not pipeline.plan_offline(root).changes
    memory = whole
    memory.kinds["person"]["ana@example.com"].fields["numbers"] = {"secondary": ["+34910000001"]}
    store.write(before, memory)
    assert [one.address for one in pipeline.plan_offline(root).changes] == ["person.numbers/ana@example.com"]
    del memory.kinds["person"]["ana@example.com"].fields["numbers"]
    memory.kinds["person"]["ana@example.com"].unknown["numbers"] = "HTTP 500"
    store.write(before, memory)
    assert [one.action for one in pipeline.plan_offline(root).changes] == ["cannot_tell"]
