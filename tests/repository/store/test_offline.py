"""Offline evaluation: with a cache or without, after whatever edits, it says what the plain path says."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.errors import InputError, ReconcileError, RefusedError
from reconciler.model.snapshot import Current
from reconciler.planning import incremental
from reconciler.planning.diff import compare
from reconciler.planning.incremental import evaluating, processes, signatures
from reconciler.repository import desired, store
from tests.benchmarks import tenants

SIZE = 9


Told = tuple[list[dict[str, Any]], int, str]  # changes, how many resources are managed, fingerprint


def plainly(root: Path) -> Told:
    """What the simplest possible code gives."""
    snapshot, read = store.open(root / "state"), desired.load(root)
    found = [change for wanted in read.resources for change in compare(wanted, snapshot.get(wanted.kind, wanted.key))]
    changes = sorted(found, key=lambda change: change.address)
    return [change.to_json() for change in changes], len(read.resources), read.fingerprint


def evaluated(root: Path, **options: Any) -> Told:
    found = evaluating.evaluate(root, **options)
    return [change.to_json() for change in found.changes], found.managed, found.fingerprint


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("tenant")
    tenants.PER_LOCATION, before = 3, tenants.PER_LOCATION
    try:
        tenants.write(root, SIZE)
    finally:
        tenants.PER_LOCATION = before
    (root / "desired/users.csv").write_text("email,first_name,location\nnew@example.com,New,Site 0000\n")
    (root / "desired/anchors.yaml").write_text(
        "people:\n  - &a {email: x@example.com, first_name: X}\n  - {<<: *a, email: y@example.com}\n"
    )
    (root / "desired/gone.yaml").write_text("people:\n  - {email: user000001@example.com.not, state: absent}\n")
    return root


@pytest.fixture
def root(original: Path, tmp_path: Path) -> Path:
    return shutil.copytree(original, tmp_path / "tenant")


def _people(root: Path, rnd: random.Random) -> Path:
    return rnd.choice(sorted(root.glob("desired/*/people.yaml")))


def edit_value(root: Path, rnd: random.Random) -> None:
    path = _people(root, rnd)
    path.write_text(path.read_text().replace("first_name: First", f"first_name: F{rnd.randint(0, 9)}", 1))


def edit_name(root: Path, rnd: random.Random) -> None:
    path = _people(root, rnd)
    path.write_text(path.read_text().replace("- email: user", f"- email: u{rnd.randint(0, 9)}ser", 1))


def drop_item(root: Path, rnd: random.Random) -> None:
    path = _people(root, rnd)
    head, *items = path.read_text().split("  - email")
    if items:
        items.pop(rnd.randrange(len(items)))
    path.write_text("  - email".join([head, *items]))


def shift_lines(root: Path, rnd: random.Random) -> None:
    path = _people(root, rnd)
    path.write_text("# one more line\n" + path.read_text())


def move_file(root: Path, rnd: random.Random) -> None:
    path = _people(root, rnd)
    path.rename(path.with_name("people.yml"))


def touch(root: Path, rnd: random.Random) -> None:
    os.utime(_people(root, rnd), (1, rnd.randint(1, 10**6)))


def break_reference(root: Path, rnd: random.Random) -> None:
    path = _people(root, rnd)
    path.write_text(path.read_text().replace("location: Site", "location: Nowhere", 1))


def clash(root: Path, rnd: random.Random) -> None:
    path = _people(root, rnd)
    path.write_text(path.read_text().replace(f'"{rnd.randint(1000, 1002)}"', '"1000"', 1))


def break_syntax(root: Path, rnd: random.Random) -> None:
    path = _people(root, rnd)
    path.write_text(path.read_text() + "  - email: [x\n")


def mend_syntax(root: Path) -> None:
    for path in root.glob("desired/*/people.*"):
        path.write_text(path.read_text().replace("  - email: [x\n", ""))


def change_state(root: Path, rnd: random.Random) -> None:
    snapshot = _read(root)
    people = snapshot.kinds["person"]
    key = rnd.choice(sorted(people))
    match rnd.randrange(6):
        case 0:
            del people[key]
        case 1:
            people[key].fields["first_name"] = "Else"
        case 2:
            people[key].fields["location"] = "Site 0000"
        case 3:
            people[key].unknown["forwarding"] = "HTTP 403"
        case 4:
            sections = ("forwarding", "numbers", "outgoing_permissions")
            people[key].unknown = dict.fromkeys(sections, "this person has no calling")
            people[key].fields = {name: value for name, value in people[key].fields.items() if name not in sections}
        case 5:
            people[key].fields["outgoing_permissions"] = None
            people[key].fields["display_name"] = 'Zo\u00eb "First"'
    store.write(root / "state", snapshot)


def add_to_state(root: Path, rnd: random.Random) -> None:
    snapshot = _read(root)
    key = rnd.choice(["new@example.com", "x@example.com", "y@example.com"])
    snapshot.kinds["person"][key] = Current("person", key, "id", {"email": key, "first_name": "X"})
    store.write(root / "state", snapshot)


def _read(root: Path) -> Any:
    from reconciler.model.snapshot import MemorySnapshot

    found = store.open(root / "state")
    snapshot = MemorySnapshot(org=found.org)
    for kind in found.kinds:
        snapshot.kinds[kind] = {key: current for key in found.keys(kind) if (current := found.get(kind, key))}
    return snapshot


EDITS = [
    edit_value, edit_name, drop_item, shift_lines, move_file, touch, break_reference, clash, break_syntax,
    change_state, add_to_state,
]  # fmt: skip


def outcome(run: Any) -> Any:
    try:
        return run()
    except InputError as error:
        return str(error)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(edits=st.lists(st.tuples(st.sampled_from(EDITS), st.integers(0, 99)), max_size=6))
def test_cached_is_uncached_is_plain(original: Path, tmp_path_factory: pytest.TempPathFactory, edits: Any) -> None:
    root = shutil.copytree(original, tmp_path_factory.mktemp("edited") / "tenant")
    outcome(lambda: evaluating.evaluate(root))
    for edit, seed in edits:
        edit(root, random.Random(seed))
        expected = outcome(lambda: plainly(root))
        assert outcome(lambda: evaluated(root, cache=True)) == expected
        assert outcome(lambda: evaluated(root, cache=False)) == expected
        if edit is break_syntax:
            mend_syntax(root)  # or all that follows would be compared by the same message
    shutil.rmtree(root)


def test_several_processes_find_the_same(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = plainly(root)
    monkeypatch.setattr(processes, "workers", lambda sizes: 3)
    assert evaluated(root, cache=False) == expected
    assert evaluated(root, cache=True) == expected
    assert evaluated(root, cache=True) == expected
    called: list[str] = []
    evaluating.evaluate(root, cache=False, meanwhile=lambda: called.append("meanwhile"))
    assert called == ["meanwhile"]
    break_syntax(root, random.Random(1))
    with pytest.raises(InputError):
        evaluating.evaluate(root, cache=False)


@pytest.mark.parametrize("damage", ["garbage", "bits", "empty", "folder"])
def test_a_damaged_cache_is_rebuilt(root: Path, damage: str) -> None:
    expected = evaluated(root)
    path = root / ".reconcile/plan.sqlite"
    data = path.read_bytes()
    if damage == "garbage":
        path.write_bytes(b"no database at all " * 400)
    elif damage == "empty":
        path.write_bytes(b"")
    elif damage == "folder":
        path.unlink()
        path.mkdir()
    else:
        rnd = random.Random(1)
        spoilt = bytearray(data)
        for _ in range(300):
            spoilt[rnd.randrange(4096, len(data))] ^= 0xFF
        path.write_bytes(spoilt)
    assert evaluated(root) == expected
    assert evaluated(root) == expected


def test_two_runs_at_once(root: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from reconciler.planning.incremental import evaluating\n"
        "for _ in range(4): print(len(evaluating.evaluate(Path(sys.argv[1])).changes))"
    )
    runs = [
        subprocess.Popen([sys.executable, "-c", code, str(root)], stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    assert {run.communicate()[0] for run in runs} == {f"{len(plainly(root)[0])}\n" * 4}


@pytest.mark.parametrize("grain", [signatures.GRAIN, -(10**20)], ids=["just written", "written long ago"])
def test_unchanged_files_are_not_parsed_nor_old_ones_read(
    root: Path, monkeypatch: pytest.MonkeyPatch, grain: int
) -> None:
    monkeypatch.setattr(signatures, "GRAIN", grain)
    expected = evaluated(root)
    monkeypatch.setattr(
        "reconciler.planning.incremental.comparing.Comparing.file", lambda *a: pytest.fail("a file was parsed")
    )
    if grain < 0:
        monkeypatch.setattr(
            "reconciler.planning.incremental.cached_evaluation.content_digest",
            lambda *a: pytest.fail("a file was read"),
        )
    assert evaluated(root) == expected


def test_a_snapshot_damaged_after_a_run_is_told(root: Path) -> None:
    evaluating.evaluate(root)
    path = next(root.glob("state/person/site*.jsonl"))
    path.write_bytes(path.read_bytes().replace(b"First", b"Fxrst"))
    with pytest.raises(ReconcileError, match="damaged"):
        evaluating.evaluate(root)


def test_another_organisation_is_refused(root: Path) -> None:
    path = root / "desired/tenant.yaml"
    path.write_text(path.read_text().replace(tenants.ORG, "b3RoZXI"))
    with pytest.raises(RefusedError, match="another organisation"):
        evaluating.evaluate(root)


def test_ambiguous_names_are_an_error(root: Path) -> None:
    snapshot = _read(root)
    snapshot.add(Current("person", "user000001@example.com", "other", {"location": "Site 0001"}))
    store.write(root / "state", snapshot)
    for cache in (False, True, True):
        with pytest.raises(InputError, match="ambiguous"):
            evaluating.evaluate(root, cache=cache)


def test_gaps_are_those_of_what_is_managed(root: Path) -> None:
    snapshot = _read(root)
    snapshot.gaps = {"person": "HTTP 403", "person.forwarding": "HTTP 500", "license": "HTTP 500"}
    store.write(root / "state", snapshot)
    (root / "desired/w.yaml").write_text("workspaces:\n  - {name: W}\n")
    for cache in (False, True, True):
        found = evaluating.evaluate(root, cache=cache).gaps
        assert found == {"person": "HTTP 403", "person.forwarding": "HTTP 500", "workspace": "not read"}


# --- the answer of a whole run -----------------------------------------------------------------------------------


def test_an_answer_is_given_again_until_something_changes(root: Path) -> None:
    assert incremental.remembered(root, "k") is None
    incremental.remember(root, "k", b"answer\nof two lines")
    assert incremental.remembered(root, "k") == b"answer\nof two lines"
    assert incremental.remembered(root, "other") is None
    for path in (root / "desired/users.csv", root / "state/location.jsonl"):
        text = path.read_bytes()
        sign = path.stat()
        path.write_bytes(text.swapcase())
        os.utime(path, ns=(sign.st_atime_ns, sign.st_mtime_ns))
        assert incremental.remembered(root, "k") is None
        path.write_bytes(text)
        assert incremental.remembered(root, "k") is None
        incremental.remember(root, "k", b"again")
        assert incremental.remembered(root, "k") == b"again"
    (root / "desired/more.yaml").touch()
    assert incremental.remembered(root, "k") is None


@pytest.mark.parametrize("many", [False, True], ids=["one process", "several"])
def test_an_answer_rests_on_the_folders_of_state_that_were_opened(
    root: Path, monkeypatch: pytest.MonkeyPatch, many: bool
) -> None:
    monkeypatch.setattr(processes, "workers", lambda sizes: 3 if many else 1)
    shutil.rmtree(root / "desired")
    tenants.write(root, 1, with_state=False)
    people = root / "desired/site-0000/people.yaml"
    people.write_text(people.read_text().partition("    outgoing_permissions:")[0])

    def plan() -> bytes | None:
        store.relied_on.clear()
        if (known := incremental.remembered(root, "k")) is None:
            evaluating.evaluate(root)
            incremental.remember(root, "k", b"answer", store.relied_on)
        return known

    for expected in (None, b"answer"):
        assert plan() == expected
    unopened = root / "state/person.outgoing_permissions/site-0000.jsonl"
    unopened.write_bytes(unopened.read_bytes() + b"\n")
    assert plan() == b"answer"
    for opened in ("state/person.forwarding/site-0000.jsonl", "state/manifest.json", "state/new/a.jsonl"):
        path = root / opened
        before = path.read_bytes() if path.exists() else b""
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(before + b"\n")
        assert incremental.remembered(root, "k") is None
        path.write_bytes(before)
        plan()
        assert plan() == b"answer"


def test_what_changed_during_the_run_is_not_remembered(root: Path) -> None:
    assert incremental.remembered(root, "k") is None
    (root / "desired/users.csv").write_text("email\n")
    incremental.remember(root, "k", b"of before")
    assert incremental.remembered(root, "k") is None
    incremental.remember(root / "elsewhere", "k", b"never asked")
    assert incremental.remembered(root / "elsewhere", "k") is None


def test_a_damaged_answer_is_none(root: Path) -> None:
    incremental.remembered(root, "k")
    incremental.remember(root, "k", b"answer")
    (path,) = (root / ".reconcile/answers").iterdir()
    data = path.read_bytes()
    for spoilt in (data[:-1], data[:10], b"", data.replace(b"answer", b"ansver")):
        path.write_bytes(spoilt)
        assert incremental.remembered(root, "k") is None


def test_local_files_stay_out_of_git(root: Path) -> None:
    evaluating.evaluate(root)
    assert (root / ".reconcile/.gitignore").read_text() == "*\n"


# --- what is imported --------------------------------------------------------------------------------------------


def _imported(code: str, root: Path) -> set[str]:
    code += "\nimport sys; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code, str(root)], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


def test_validating_and_planning_offline_import_nothing_slow(root: Path) -> None:
    code = "import sys; from pathlib import Path; from reconciler.repository import desired\n"
    code += "from reconciler.planning.incremental import evaluating; r = Path(sys.argv[1])\n"
    loaded = _imported(code + "desired.load(r); evaluating.evaluate(r, cache=False)", root)
    assert not {"wxc_sdk", "deepdiff", "aiohttp", "asyncio", "git", "rich", "phonenumbers"} & loaded


def test_remembering_imports_the_standard_library_only(root: Path) -> None:
    code = "import sys; from pathlib import Path; from reconciler.planning import incremental\n"
    loaded = _imported(code + "incremental.remembered(Path(sys.argv[1]), 'k')", root)
    assert not {"pydantic", "ruamel", "yaml_rs", "sqlite3", "reconciler.kinds", "reconciler.repository.store"} & loaded
