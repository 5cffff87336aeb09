"""Whatever lies in `.reconcile/`: never a traceback, never another snapshot or plan than without it, and no file of
somebody else's is touched through a link. What was read by an export that was cut off is taken whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from reconciler.errors import ReconcileError
from reconciler.inventory import spool as spools
from reconciler.inventory.spool_file import line_of, path_of
from tests.support.office import EVA, Office

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
ORG = "5d1c3c50-7a3e-4a53-9a0e-2f3a8a1f7c11"
DEEP = b"[" * 100_000
FILES = ("pace.json", "state-taken.json", "state-rows.json", "plan.sqlite", "forecast.json", "applied.json")
DAMAGE: dict[str, Callable[[Path, bytes], object]] = {
    "truncated": lambda path, data: path.write_bytes(data[: len(data) // 2]),
    "binary": lambda path, data: path.write_bytes(bytes(range(256)) * 40),
    "empty": lambda path, data: path.write_bytes(b""),
    "nested": lambda path, data: path.write_bytes(DEEP),
    "a list": lambda path, data: path.write_text("[1, 2]"),
    "a text": lambda path, data: path.write_text('"x"'),
    "null": lambda path, data: path.write_text("null"),
    "numbers": lambda path, data: path.write_text(_leaves(data, 5)),
    "lists": lambda path, data: path.write_text(_leaves(data, [None])),
    "not a number": lambda path, data: path.write_text(_leaves(data, float("nan"))),
    "a folder": lambda path, data: path.mkdir(),
    "a link to nothing": lambda path, data: path.symlink_to("nowhere/at/all"),
}


def _leaves(data: bytes, value: object) -> str:
    """The same document with another value at every end; what is no JSON is a mapping of such."""

    def changed(node: object) -> object:
        return {name: changed(part) for name, part in node.items()} if isinstance(node, dict) and node else value

    try:
        return json.dumps(changed(json.loads(data)))
    except ValueError:
        return json.dumps({"person": value})


@pytest.fixture
def known(office: Office, tmp_path: Path) -> Office:
    """A repository with everything that is kept: after an export, a plan with and without the tenant."""
    office.describe(people=[{"email": "person000002@example.com", "last_name": "New"}])
    assert office.export("--no-report").code == 0
    assert office.reconcile("plan", "--offline").code == 0
    for name in FILES:
        if not (office.root / ".reconcile" / name).exists():
            (office.root / ".reconcile" / name).write_text("{}")
    return office


def outcome(office: Office) -> tuple[dict[str, bytes], list[tuple[int, object]]]:
    """What an export since the last one, a plan and a drift check come to; how it is known when is another matter."""
    said = [
        office.export("--no-report", "--since", "last", "-q"),
        office.reconcile("plan", "--offline", "-o", "json"),
        office.reconcile("drift", "-o", "json"),
    ]
    for one in said:
        assert "internal error" not in one.err and "Traceback" not in one.err, one.err
    state = office.root / "state"
    files = {path.name: path.read_bytes() for path in sorted(state.rglob("*.json*")) if "runs" not in path.parts}
    told = [said[0].out, said[1].data["changes"], said[2].data["differences"]]
    return files, [(one.code, what) for one, what in zip(said, told, strict=True)]


def test_what_is_remembered_is_never_the_truth(known: Office) -> None:
    """All of it damaged alike at once, in every way."""
    expected = outcome(known)
    kept = {path: path.read_bytes() for path in (known.root / ".reconcile" / name for name in FILES)}
    for damage, apply in DAMAGE.items():
        for path, data in kept.items():
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink(missing_ok=True)
            apply(path, data)
        assert outcome(known) == expected, damage


def test_a_time_to_come_hides_no_change(known: Office) -> None:
    """A clock that was wrong, or a file that was edited: no event is younger than that."""
    path = known.root / ".reconcile" / "state-taken.json"
    noted = {
        kind: {**about, "taken": "2199-01-01T00:00:00+00:00"} for kind, about in json.loads(path.read_text()).items()
    }
    path.write_text(json.dumps(noted))
    known.forward(EVA, "+15550000077")
    said = known.export("--no-report", "--since", "last", "-q")
    assert said.code == 0 and "read everything: " in said.err and "a time to come" in said.err
    assert any(b"+15550000077" in path.read_bytes() for path in (known.root / "state" / "person.forwarding").iterdir())


def test_nothing_is_written_through_a_link(known: Office, tmp_path: Path) -> None:
    victims = []
    for name in FILES:
        path, victim = known.root / ".reconcile" / name, tmp_path / f"victim of {name}"
        victim.write_bytes(b"somebody's")
        path.unlink()
        path.symlink_to(victim)
        victims.append(victim)
    for verb in (["export", "--no-report"], ["plan", "--offline"], ["drift"]):  # refused whole: links.py
        said = known.reconcile(*verb)
        assert said.code == 4 and "out of the repository" in said.err, said.err
    assert {victim.read_bytes() for victim in victims} == {b"somebody's"}


def spool(root: Path) -> Path:
    """One document, and a list in three pages."""
    made = spools.begin(root, ORG, {}, NOW)
    assert made is not None
    made.keep("/a", {"id": "1"})
    for number in range(3):
        made.keep_page("/list", number, [{"id": str(number)}], last=number == 2)
    made.close()
    return made.path


def known_of(root: Path) -> tuple[object, object]:
    """What is known of the document and of the list; None of what is to be asked for again."""
    again = spools.resume(root, ORG, {}, NOW, timedelta(hours=1))
    found: list[object] = []
    for read in (lambda: again.document("/a"), lambda: list(again.rows("/list"))):
        try:
            found.append(read())
        except LookupError:
            found.append(None)
    again.close()
    return found[0], found[1]


def test_a_spool_that_lost_lines_never_gives_a_list_with_less_rows(tmp_path: Path) -> None:
    path = spool(tmp_path)
    lines = path.read_bytes().splitlines(keepends=True)
    whole = known_of(tmp_path)
    assert whole == ({"id": "1"}, [{"id": "0"}, {"id": "1"}, {"id": "2"}])
    for without in range(1, len(lines)):
        path.write_bytes(b"".join(lines[:without] + lines[without + 1 :]))
        try:
            document, rows = known_of(tmp_path)
        except ReconcileError as error:
            assert "damaged" in error.what and error.where.startswith(str(path))
        else:
            assert document in (None, whole[0]) and rows in (None, whole[1])


def test_no_byte_of_a_spool_can_change_unnoticed(tmp_path: Path) -> None:
    path = spool(tmp_path)
    data = path.read_bytes()
    whole = known_of(tmp_path)
    for place in range(0, len(data) - 1, 3):
        path.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        try:
            found = known_of(tmp_path)
        except ReconcileError:
            continue
        assert found == whole or found in ((whole[0], None), (None, None)), place


HEAD = {"format": 2, "org": ORG, "version": "", "selection": {}, "began": NOW.isoformat()}
ENTRIES = [
    {"request": "/a"},
    {"request": ["/a"], "document": 1, "last": True},
    {"request": "/a", "document": 1},
    {"document": 1, "last": True},
    {"request": "/list", "page": 1, "rows": [], "last": True},
    {"request": "/list", "page": "x", "rows": [], "last": True},
    {"request": "/list", "page": None, "rows": [], "last": True},
]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        bytes(range(256)) * 10,
        DEEP + b"\n",
        b"{}\n",
        line_of({}),
        line_of({**HEAD, "began": 5}),
        line_of({**HEAD, "began": "2026-05-04T12:00:00"}),
        line_of({**HEAD, "began": "x"}),
        line_of({**HEAD, "format": [2]}),
        line_of({**HEAD, "selection": [1]}),
        line_of({**HEAD, "org": None}),
    ],
)
def test_a_spool_that_is_none_is_refused(tmp_path: Path, data: bytes) -> None:
    path = spool(tmp_path)
    path.write_bytes(data)
    with pytest.raises(ReconcileError) as refused:
        spools.resume(tmp_path, ORG, {}, NOW, timedelta(hours=1))
    assert refused.value.do and "without --resume" in refused.value.do
    made = spools.begin(tmp_path, ORG, {}, NOW)
    assert made is not None, "it is no obstacle for a new one"
    made.close()


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_line_that_no_export_wrote_is_refused(tmp_path: Path, entry: dict[str, object]) -> None:
    path = spool(tmp_path)
    path.write_bytes(path.read_bytes() + line_of(entry))
    with pytest.raises(ReconcileError, match="damaged"):
        spools.resume(tmp_path, ORG, {}, NOW, timedelta(hours=1))


def test_a_spool_is_nobody_else_s_file(tmp_path: Path) -> None:
    """Neither a link to one, nor a pipe that never answers, nor a folder that is elsewhere."""
    victim, path = tmp_path / "victim", spool(tmp_path)
    victim.write_bytes(b"somebody's")
    path.unlink()
    for make in (lambda: path.symlink_to(victim), lambda: os.mkfifo(path), path.mkdir):
        make()
        assert spools.begin(tmp_path, ORG, {}, NOW) is None
        with pytest.raises(ReconcileError, match="cannot be opened"):
            spools.resume(tmp_path, ORG, {}, NOW, timedelta(hours=1))
        path.rmdir() if path.is_dir() else path.unlink()
    path.parent.rmdir()
    (tmp_path / "elsewhere").mkdir()
    path.parent.symlink_to(tmp_path / "elsewhere")
    assert spools.begin(tmp_path, ORG, {}, NOW) is None
    assert victim.read_bytes() == b"somebody's" and not list((tmp_path / "elsewhere").iterdir())


@pytest.mark.parametrize("org", ["../../out", "/etc/out", "a/b", "", ".", "x" * 300, "a\0b", "\ud800"])
def test_an_id_that_is_none_is_no_path(tmp_path: Path, org: str) -> None:
    assert path_of(tmp_path, org).parent == tmp_path / ".reconcile" / "export"
    made = spools.begin(tmp_path, org, {}, NOW)
    assert made is not None
    made.close()
