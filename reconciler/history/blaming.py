"""Since when each field of an address has its value: which commit of the snapshot, which run, which desired commit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from reconciler.errors import ReconcileError, UsageError
from reconciler.history.listing import between, runs, wrote
from reconciler.history.sides import Side, of_commit, of_folder, ours
from reconciler.kinds import managed, sections_of
from reconciler.model.address import address as address_of
from reconciler.model.address import split_address
from reconciler.model.history import Blame, Commit
from reconciler.model.snapshot import Fields
from reconciler.repository.git import Past
from reconciler.repository.store.layout import part_file
from reconciler.repository.store.lines import ABSENT, current_of, encoded_key, managed_of, prefix_of


def blame(root: Path, past: Past, address: str, org: str = "") -> list[Blame]:
    """Every field of a resource with its sections, or of one section, by path. UsageError when the snapshot has no
    such address, RefusedError when it is of another organisation than `org`."""
    kind, key = split_address(address)
    working = ours(of_folder(root / "state", "WORKING"), org)
    owner, _, part = kind.partition(".")
    section = part if part and (kind not in working.kinds or part in working.parts(owner)) else ""
    holder = owner if section else kind
    now = _leaves(working, holder, key, {})
    if now is None:
        raise UsageError(f"the snapshot has no {address}", do="an address is kind/key, like person/ana@example.com")
    wanted = {path: value for path, value in now.items() if _belongs(path, section)}
    if not wanted:
        raise UsageError(f"the snapshot has nothing of {address}")
    since: dict[str, tuple[Commit | None, Commit | None]] = {}  # when it got its value, and the commit before that
    last: Commit | None = None
    undecided = set(wanted)
    known: dict[str, Fields | None] = {}
    for commit in past.log(tuple(_places(working, holder, section))):
        try:
            then = _leaves(ours(of_commit(past, commit), org), holder, key, known)
        except ReconcileError:
            then = None  # a commit without a snapshot of ours that can be read: nothing is known before it
        for path in [path for path in undecided if then is None or _missing(then, path, wanted[path])]:
            since[path] = last, commit
            undecided.discard(path)
        last = commit
        if not undecided:
            break
    found, done = [], runs(root)
    for path in sorted(wanted):
        begun, before = since.get(path, (last, None))
        until = begun.at if begun is not None else datetime.now(UTC)
        place, inner = _placed(holder, key, path)
        made = between(done, before.at if before is not None else None, until) if path in since else []
        run = next((one for one in made if wrote(one, place, inner, wanted[path])), None)
        desired = past.find(run.commit) if run is not None and run.commit and "+" not in run.commit else None
        found.append(Blame(place, inner, wanted[path], begun, path not in since, run, desired))
    return found


def _places(working: Side, holder: str, section: str) -> Iterator[str]:
    """Where the fields lie, or did in a format of before."""
    known = {*working.parts(holder), *(sections_of(holder) if holder in managed() else ())}
    for name in (holder, *(f"{holder}.{part}" for part in sorted(known) if section in ("", part))):
        yield from (f"state/{name}.jsonl", f"state/{name}")


def _missing(then: Fields, path: str, value: Any) -> bool:
    return path not in then or then[path] != value


def _belongs(path: str, section: str) -> bool:
    return not section or path == section or path.startswith(f"{section}.")


def _placed(holder: str, key: str, path: str) -> tuple[str, str]:
    """The address of a field, its section's where it has one, and its path there."""
    first, _, rest = path.partition(".")
    if holder in managed() and first in sections_of(holder):
        return address_of(f"{holder}.{first}", key), rest
    return address_of(holder, key), path


def _leaves(side: Side, kind: str, key: str, known: dict[str, Fields | None]) -> Fields | None:
    """The fields of a resource by dotted path; None where the snapshot has no such resource. `known` keeps what was
    found in a file by its content: most commits leave most files alone."""
    for name, sha256 in side.files(kind).items():
        own = _found(side, kind, key, name, sha256, known)
        if own is None:
            continue
        parts = ((part, part_file(name, kind, part), files) for part, files in sorted(side.parts(kind).items()))
        found = dict(own)
        for part, file, files in parts:
            if file in files:
                inner = _found(side, f"{kind}.{part}", key, file, files[file], known, part)
                found |= inner or {}
        return found
    if kind in side.unnamed:
        raise side.damaged(side.unnamed[kind], "the manifest does not name this file")
    return None


def _found(
    side: Side, kind: str, key: str, file: str, sha256: str, known: dict[str, Fields | None], section: str = ""
) -> Fields | None:
    """The fields in the line of a file about a key; None where there is none."""
    identity = side.identities.get(file) or sha256
    if identity not in known:
        needle = prefix_of(kind) + encoded_key(key) + b'"'
        line = next((line for line in side.lines(file, sha256) if line.startswith(needle)), None)
        known[identity] = _fields(side, kind, key, file, line, section) if line is not None else None
    return known[identity]


def _fields(side: Side, kind: str, key: str, file: str, line: bytes, section: str) -> Fields:
    try:
        fields = managed_of(line, kind, encoded_key(key)) if section else current_of(line, kind, key).fields
    except (ValueError, LookupError, TypeError, AttributeError):
        raise side.damaged(file, f"not a line about a {kind}") from None
    return dict(_flat(fields, section)) if fields is not ABSENT else {}


def _flat(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and value:
        for name, part in value.items():
            yield from _flat(part, f"{path}.{name}" if path else name)
    else:
        yield path, value
