"""Current state into `desired/`: new files for what is not described yet, single fields for what is.

What is at rest is left out (no forwarding, inherited permissions), so that a file says only what somebody decided;
what is written is enforced from then on. Adopting everything and planning then gives no change.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reconciler import desired, yamlfile
from reconciler.desired import files
from reconciler.diff import compare, covers
from reconciler.errors import InputError, ReconcileError, UsageError
from reconciler.kinds import kind as kind_named
from reconciler.kinds import owners, sections_of
from reconciler.kinds._kind import Kind
from reconciler.model.address import matches
from reconciler.model.desired import Wanted
from reconciler.model.plan import Change
from reconciler.model.snapshot import Current, Fields, Snapshot
from reconciler.report.wording import counted

#: Of what is left out for one reason so many are named; the rest is counted.
_NAMED = 20
_SCHEMA_HINT = "# Written by reconcile adopt; yours to edit.\n"


@dataclass
class Adopted:
    """What became of it: new resources per file, fields set in place (`file:line address field`), and what was
    left alone, with the reason. `matched`: how many resources the patterns name; `pinned`: tenant.yaml is new."""

    written: dict[str, int] = field(default_factory=dict)
    edited: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    matched: int = 0
    pinned: bool = False


def adopt(root: Path, snapshot: Snapshot, org: Mapping[str, str], patterns: Iterable[str] = ()) -> Adopted:
    """Write what the patterns name (none: everything) from the snapshot into desired/. UsageError when they name
    nothing; then nothing is written."""
    wanted_patterns = tuple(patterns)
    chosen = [(kind, one) for kind in owners() if kind.writable for one in _chosen(snapshot, kind, wanted_patterns)]
    if wanted_patterns and not chosen:
        raise UsageError(
            f"nothing in the snapshot matches {' '.join(wanted_patterns)}", do="an address is kind/key; * matches all"
        )
    done = Adopted(matched=len(chosen), pinned=_begin(root, org))
    described = {} if done.pinned else _described(root)
    fresh: dict[Path, list[tuple[Kind, Current]]] = defaultdict(list)
    edits: dict[str, list[tuple[Wanted, Change]]] = defaultdict(list)
    homeless: dict[tuple[str, str], list[str]] = defaultdict(list)
    for kind, current in chosen:
        wanted = described.get(current.address)
        if current.candidates:
            why = f"the name is ambiguous ({'; '.join(current.candidates)})"
            done.left.append(f"{current.address}: {why}: rename all but one, export, and adopt again")
        elif wanted is not None:
            edits[wanted.file] += [(wanted, c) for c in compare(wanted, current) if c.action == "update"]
        elif _of_ambiguous_place(snapshot, current):
            homeless[current.fields["location"], kind.name].append(current.address)
        else:
            fresh[_file(root, kind, current)].append((kind, current))
    for (place, kind_name), addresses in sorted(homeless.items()):
        done.left.append(f"{_some(kind_name, addresses)}: several locations are called {place!r}")
    for path, resources in sorted(fresh.items()):
        _append(path, resources)
        done.written[str(path.relative_to(root))] = len(resources)
    for file, changes in sorted(edits.items()):
        _edit(root, file, changes, done)
    return done


def _begin(root: Path, org: Mapping[str, str]) -> bool:
    """Make desired/tenant.yaml, which pins the organisation, if there is none; whether it was made now."""
    file = root / "desired" / "tenant.yaml"
    if file.exists():
        return False
    tenant = {
        "schema_version": 1,
        "org": {"name": org.get("name") or root.resolve().name, "id": org["id"]},
        "limits": {"delete": {"max": 5, "percent": 10}},
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(_SCHEMA_HINT + yamlfile.dump(tenant), encoding="utf-8")
    return True


def _described(root: Path) -> dict[str, Wanted]:
    if not files.names(root):  # nothing but settings
        return {}
    try:
        return {wanted.address: wanted for wanted in desired.load(root).resources}
    except InputError as error:
        raise ReconcileError("desired/ has errors, so nothing is adopted", why=str(error), do="correct them") from None


def _chosen(snapshot: Snapshot, kind: Kind, patterns: tuple[str, ...]) -> Iterable[Current]:
    for key in snapshot.keys(kind.name):
        current = snapshot.get(kind.name, key)
        if current is not None and (not patterns or any(matches(p, current.address) for p in patterns)):
            yield current


def _of_ambiguous_place(snapshot: Snapshot, current: Current) -> bool:
    """Whether the location of a resource shares its name with others: described by that name, what is in different
    places would be in one, where extensions collide."""
    name = current.fields.get("location")
    place = snapshot.get("location", str(name)) if name else None
    return bool(place and place.candidates)


def _some(kind: str, addresses: list[str]) -> str:
    more = f", … {counted(len(addresses), kind)} in all" if len(addresses) > _NAMED else ""
    return ", ".join(addresses[:_NAMED]) + more


def _file(root: Path, kind: Kind, current: Current) -> Path:
    """`desired/<location>/<plural>.yaml`; what has no location stands at the top."""
    location = current.key if kind.name == "location" else current.fields.get(kind.shard) if kind.shard else None
    name = "location.yaml" if kind.name == "location" else f"{kind.plural}.yaml"
    return root / "desired" / slug(location) / name if location else root / "desired" / name


def slug(name: str) -> str:
    """A folder name for a location: plain letters and digits."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-") or "location"


def entry(kind: Kind, current: Current) -> Fields:
    """What a desired file says of a resource: fields with a value, sections that are not at rest."""
    fields = _set_fields(kind, current.fields)
    for name, section in sections_of(kind.name).items():
        value = current.fields.get(name)
        at_rest = section.cleared is not None and value is not None and covers(value, section.cleared)
        if value and not at_rest and (said := _set_fields(section, value)):
            fields[name] = said
    return fields


def _set_fields(kind: Kind, fields: Fields) -> Fields:
    return {name: said for name in kind.model.model_fields if (said := _without_nothing(fields.get(name))) is not None}


def _without_nothing(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {name: said for name, item in value.items() if (said := _without_nothing(item)) is not None}
        return kept or None
    return None if value in ("", []) else value


def _entries(resources: list[tuple[Kind, Current]]) -> list[Fields]:
    kind = resources[0][0]
    entries = [entry(kind, current) for _, current in resources]
    return _as_ranges(entries) if kind.name == "number" else entries


def _as_ranges(entries: list[Fields]) -> list[Fields]:
    """Numbers in a row with the same location and state become one range."""
    runs: list[list[Fields]] = []
    for number in sorted(entries, key=lambda entry: (len(entry["number"]), entry["number"])):
        last = runs[-1][-1] if runs else None
        follows = last is not None and int(number["number"]) == int(last["number"]) + 1
        if last is not None and follows and {**number, "number": ""} == {**last, "number": ""}:
            runs[-1].append(number)
        else:
            runs.append([number])
    return [
        run[0] if len(run) == 1 else {"range": [run[0]["number"], run[-1]["number"]]} | _but(run[0], "number")
        for run in runs
    ]


def _but(fields: Fields, name: str) -> Fields:
    return {other: value for other, value in fields.items() if other != name}


def _append(path: Path, resources: list[tuple[Kind, Current]]) -> None:
    """Add entries to the end of a file's list, or make the file; comments in it stay."""
    plural, entries = resources[0][0].plural, _entries(resources)
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.write_text(_SCHEMA_HINT + yamlfile.dump({plural: entries}), encoding="utf-8")
        return
    document = yamlfile.edit(path.read_text(encoding="utf-8")) or {}
    known = document.get(plural) or []
    known.extend(yamlfile.styled(entries))
    document[plural] = known
    path.write_text(yamlfile.edited(document), encoding="utf-8")


def _edit(root: Path, file: str, changes: list[tuple[Wanted, Change]], done: Adopted) -> None:
    """Set the fields that differ in the entries that describe them; nothing else in the file changes."""
    if not changes:
        return
    path = root / file
    if path.suffix == ".csv":
        done.left += [f"{w.source}: {c.address} is described in CSV: {_said(c)}" for w, c in changes]
        return
    document = yamlfile.edit(path.read_text(encoding="utf-8"))
    by_line = {item.lc.line + 1: item for entries in document.values() for item in entries or []}
    for wanted, change in changes:
        target = by_line.get(wanted.line)
        if target is None or str(target.get(kind_named(wanted.kind).key)).lower() != wanted.key.lower():
            done.left.append(f"{wanted.source}: {change.address} is part of a range or nested: {_said(change)}")
            continue
        section = kind_named(change.kind).section
        if section:
            target = target.setdefault(section, {})
        _set(target, change.want, change.before)
        done.edited.append(f"{wanted.source} {change.address} {', '.join(change.want)}")
    path.write_text(yamlfile.edited(document), encoding="utf-8")


def _set(target: Any, want: Fields, current: Fields) -> None:
    """Only what differs, as deep as it differs, so that the rest of the entry keeps its look."""
    for name, wanted in want.items():
        value = current.get(name)
        if isinstance(wanted, dict) and isinstance(value, dict) and isinstance(target.get(name), dict):
            _set(target[name], {leaf: w for leaf, w in wanted.items() if value.get(leaf) != w}, value)
        else:
            target[name] = yamlfile.styled(value)


def _said(change: Change) -> str:
    return "; ".join(f"{name} is {change.before.get(name)!r} in the tenant" for name in change.want)
