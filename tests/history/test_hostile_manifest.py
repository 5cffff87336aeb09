"""A manifest is a file in git: anybody can have edited it, or the files it speaks of. What it says is held against
them, and nothing that it says ends in a traceback, or hides a change."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from tests.support.office import ANA, Office

T = TypeVar("T")
Attack = Callable[[Path, dict[str, Any]], None]
#: Every verb that reads `state/` or what git keeps of it, and writes nothing.
READERS = (
    ["history", "diff", "HEAD"],
    ["history", "diff", "WORKING", "HEAD", "-o", "json"],
    ["history", "list"],
    ["history", "blame", f"person/{ANA}"],
    ["insights"],
    ["plan", "--offline"],
    ["validate"],
)


@pytest.fixture
def kept(office: Office) -> Office:
    """A snapshot that is committed, and one after Ana was renamed in the working tree."""
    assert office.export("--no-report").code == 0
    office.commit("One")
    office.rename(ANA, "Renamed")
    assert office.export("--no-report").code == 0
    return office


def _file(state: Path) -> Path:
    return next(path for path in sorted(state.glob("person/*.jsonl")) if ANA.encode() in path.read_bytes())


def _told(state: Path, manifest: dict[str, Any], data: bytes, kind: str = "person") -> None:
    """Give the file of Ana this content, and say so in the manifest."""
    path = _file(state)
    path.write_bytes(data)
    about = manifest["kinds"][kind]["files"][f"person/{path.name}"]
    about |= {"sha256": hashlib.sha256(data).hexdigest(), "lines": data.count(b"\n")}
    manifest["kinds"][kind]["count"] = sum(one["lines"] for one in manifest["kinds"][kind]["files"].values())


def _content_of_before(state: Path, manifest: dict[str, Any]) -> None:
    path = _file(state)
    path.write_bytes(path.read_bytes().replace(b"Renamed", b"Another"))


def _not_counted(state: Path, manifest: dict[str, Any]) -> None:
    manifest["kinds"]["person"]["count"] += 1


def _lines_not_counted(state: Path, manifest: dict[str, Any]) -> None:
    manifest["kinds"]["person"]["files"][f"person/{_file(state).name}"]["lines"] += 1


def _twice(state: Path, manifest: dict[str, Any]) -> None:
    line = next(line for line in _file(state).read_bytes().splitlines(keepends=True) if ANA.encode() in line)
    _told(state, manifest, _file(state).read_bytes() + line.replace(b"Renamed", b"Hidden"))


def _of_another_kind(state: Path, manifest: dict[str, Any]) -> None:
    _told(state, manifest, _file(state).read_bytes() + b'{"address":"number/+15550000001"}\n')


def _linked(state: Path, manifest: dict[str, Any]) -> None:
    path = _file(state)
    path.rename(state.parent / "elsewhere.jsonl")
    path.symlink_to(state.parent / "elsewhere.jsonl")


def _folder_linked(state: Path, manifest: dict[str, Any]) -> None:
    (state / "person").rename(state.parent / "elsewhere")
    (state / "person").symlink_to(state.parent / "elsewhere")


def _gone(state: Path, manifest: dict[str, Any]) -> None:
    _file(state).unlink()


LIES = (
    _content_of_before,
    _not_counted,
    _lines_not_counted,
    _twice,
    _of_another_kind,
    _linked,
    _folder_linked,
    _gone,
)


def test_what_the_manifest_says_is_held_against_the_files(kept: Office, tmp_path: Path) -> None:
    for attack in again_and_again(kept, LIES, tmp_path):
        edit(kept, attack)
        for words in (["history", "diff", "HEAD"], ["history", "diff", "WORKING", "HEAD"]):
            said = kept.reconcile(*words)
            assert said.code == 1 and said.out == "", (attack, said)
            assert "this snapshot is damaged" in said.err and "WORKING: " in said.err, (attack, said)


def test_the_digest_of_another_day_hides_no_change(kept: Office) -> None:
    """The manifest of before beside the files of now: nothing would be looked at."""
    working = kept.root / "state" / "manifest.json"
    committed = kept.reconcile("history", "diff", "HEAD", "-o", "json").data
    assert [one["address"] for one in committed["changes"]] == [f"person/{ANA}"]
    kept.commit("Two")
    shutil.copy(working, kept.root / "now.json")
    from tests.history.test_hostile_history import _git

    _git(kept.root, "checkout", "HEAD~1", "--", "state/manifest.json")
    assert kept.reconcile("history", "diff", "HEAD~1").code == 1
    kept.commit("The manifest of before")
    for words in (["history", "diff", "HEAD~2", "HEAD"], ["history", "show"]):
        said = kept.reconcile(*words)
        assert said.code == 1 and "not what the manifest says" in said.err, words
    told = kept.reconcile("history", "list", "-o", "json").data["snapshots"]
    assert ["not what the manifest says" in one.get("why", "") for one in told] == [True, False, False]


def _file_unnamed(state: Path, manifest: dict[str, Any]) -> None:
    gone = manifest["kinds"]["person"]["files"].pop(f"person/{_file(state).name}")
    manifest["kinds"]["person"]["count"] -= gone["lines"]


def _kind_unnamed(state: Path, manifest: dict[str, Any]) -> None:
    del manifest["kinds"]["person"]


@pytest.mark.parametrize("attack", [_file_unnamed, _kind_unnamed])
def test_what_the_manifest_does_not_name_is_not_gone(kept: Office, attack: Attack) -> None:
    edit(kept, attack)
    data = kept.reconcile("history", "diff", "HEAD", "-o", "json").data
    assert "person" in data["incomplete"]
    assert not [one for one in data["changes"] if one["address"].startswith("person") and one["deed"] == "went"]
    said = kept.reconcile("history", "blame", f"person/{ANA}")
    assert said.code == 1 and "the manifest does not name this file" in said.err


DEEP = b"[" * 100_000 + b"]" * 100_000


def _line(text: bytes) -> Attack:
    def attack(state: Path, manifest: dict[str, Any]) -> None:
        _told(state, manifest, b'{"address":"person/' + ANA.encode() + b'"' + text + b"}\n")

    return attack


def _entry(**parts: Any) -> Attack:
    return lambda state, manifest: manifest["kinds"]["person"].update(parts)


def _about(**parts: Any) -> Attack:
    return lambda state, manifest: next(iter(manifest["kinds"]["person"]["files"].values())).update(parts)


def _named(name: str) -> Attack:
    return lambda state, manifest: manifest["kinds"]["person"]["files"].update({name: {"lines": 0, "sha256": "0" * 64}})


def _manifest(data: bytes) -> Attack:
    return lambda state, manifest: (manifest.clear(), manifest.update({"raw": data.decode()}))[0]  # type: ignore[func-returns-value]


def _folder_for_manifest(state: Path, manifest: dict[str, Any]) -> None:
    manifest.clear()
    manifest["folder"] = True


HOSTILE: dict[str, Attack] = {
    "fields are a list": _line(b',"fields":[1]'),
    "fields are a text": _line(b',"fields":"x"'),
    "unknown is a list": _line(b',"unknown":[1],"fields":{}'),
    "candidates are a mapping": _line(b',"candidates":{"a":1}'),
    "an id that is none": _line(b',"id":{"a":1}'),
    "a field too many": _line(b',"more":1'),
    "a line that is nested": _line(b',"fields":{"a":' + DEEP + b"}"),
    "a line that is nested less": _line(b',"fields":{"a":' + b"[" * 900 + b"]" * 900 + b"}"),
    "half a line": _line(b',"fields":{'),
    "a number that is too long": _line(b',"fields":{"a":' + b"9" * 10_000 + b"}"),
    "NaN": _line(b',"fields":{"a":NaN}'),
    "nested": _manifest(DEEP),
    "null": _manifest(b"null"),
    "a list": _manifest(b"[]"),
    "empty": _manifest(b""),
    "a version that is a list": lambda state, manifest: manifest.update(format_version=[1]),
    "a version to come": lambda state, manifest: manifest.update(format_version=3),
    "an organisation that is a list": lambda state, manifest: manifest.update(org=["id"]),
    "an organisation without a name": lambda state, manifest: manifest.update(org={"id": None}),
    "kinds that are a list": lambda state, manifest: manifest.update(kinds=["person"]),
    "a kind that nobody knows": lambda state, manifest: manifest["kinds"].update(
        {"../../etc": {"count": 0, "complete": True, "files": {}}}
    ),
    "a count below nothing": _entry(count=-1),
    "a count that is a text": _entry(count="5"),
    "a count that is true": _entry(count=True),
    "complete is null": _entry(complete=None),
    "complete is false": _entry(complete=False),
    "sections are a list": _entry(sections=["forwarding"]),
    "files are a list": _entry(files=["person/_.jsonl"]),
    "lines are a text": _about(lines="5"),
    "a digest that is null": _about(sha256=None),
    "a location that is a list": _about(location=["x"]),
    "a file above": _named("../../../etc/passwd.jsonl"),
    "a file at the root": _named("/etc/passwd.jsonl"),
    "a file with NUL": _named("person/a\0.jsonl"),
    "a file in depth": _named("person/a/b.jsonl"),
    "a folder for a manifest": _folder_for_manifest,
}


def test_nothing_in_a_manifest_ends_in_a_traceback(kept: Office, tmp_path: Path) -> None:
    """The diff meets each of them, every other verb one after the other."""
    for turn, (name, attack) in enumerate(again_and_again(kept, HOSTILE.items(), tmp_path)):
        edit(kept, attack)
        for words in (READERS[0], READERS[1 + turn % (len(READERS) - 1)]):
            said = kept.reconcile(*words)
            assert said.code in (0, 1, 2, 4, 7, 64), (name, words, said)
            assert "internal error" not in said.err and "Traceback" not in said.err, (name, words, said.err)
            assert said.code or words[:2] != ["history", "diff"] or "nobody" in name or "NaN" in name, (name, words)


def again_and_again(office: Office, attacks: Iterable[T], place: Path) -> Iterator[T]:
    """Each of them, on the snapshot as it was."""
    whole = place / "whole"
    shutil.copytree(office.root / "state", whole)
    for attack in attacks:
        for path in (office.root / "state", place / "repo" / "elsewhere", place / "repo" / "elsewhere.jsonl"):
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        shutil.copytree(whole, office.root / "state")
        yield attack


def edit(office: Office, attack: Attack) -> None:
    path = office.root / "state" / "manifest.json"
    manifest = json.loads(path.read_bytes())
    attack(path.parent, manifest)
    os.unlink(path)
    if manifest.get("folder"):
        path.mkdir()
    else:
        path.write_text(manifest["raw"] if "raw" in manifest else json.dumps(manifest))
