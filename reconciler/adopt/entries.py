"""What a desired file says of a resource as it is in the tenant, and which file that is."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import Any

from reconciler.kinds import sections_of
from reconciler.kinds.contract.kind import Kind, SectionKind
from reconciler.kinds.places.number import MOST_IN_A_RANGE
from reconciler.model.snapshot import Current, Fields
from reconciler.planning.diff import covers

#: Names of folders may be no longer than 255 bytes; nobody reads more of one than this.
_LONGEST_FOLDER = 80


def file_of(root: Path, kind: Kind, current: Current) -> Path:
    """`desired/<location>/<plural>.yaml`; what has no location stands at the top."""
    at = kind.shard or ("location" if "location" in kind.key_fields else "")
    location = current.key if kind.name == "location" else current.fields.get(at) if at else None
    if location and (at in current.unknown):
        location = None  # a remote id is no name of a folder
    name = "location.yaml" if kind.name == "location" else f"{kind.plural}.yaml"
    return root / "desired" / slug(location) / name if location else root / "desired" / name


def slug(name: str) -> str:
    """A folder name for a location: plain letters and digits."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower())[:_LONGEST_FOLDER].strip("-") or "location"


def entry(kind: Kind, current: Current, *, full: bool = False) -> Fields:
    """What a desired file says of a resource: fields with a value that is not the declared default, sections that are
    not at rest; with `full` those too. What could not be read is not said, nor what is only inherited."""
    fields = _said(kind, current.fields, full=full)
    for name, section in sections_of(kind.name).items():
        value = current.fields.get(name)
        if value and (said := _of_section(section, value, full=full)):
            fields[name] = said
    return {name: value for name, value in fields.items() if name not in current.unknown}


def _of_section(section: SectionKind, value: Fields, *, full: bool) -> Fields:
    """What is said of a section. At rest that is what null stands for, and no more: the rest of what it shows may be
    what others have decided."""
    if section.cleared is not None and covers(value, section.cleared):
        return dict(section.cleared) if full else {}
    return _said(section, value, full=full)


def _said(kind: Kind, fields: Fields, *, full: bool) -> Fields:
    found = _set_fields(kind, fields)
    if full:
        nothing = {name: None for name, value in kind.defaults.items() if value is None and name in fields}
        return {**nothing, **found}
    return {name: value for name, value in found.items() if name not in kind.defaults or value != kind.defaults[name]}


def _set_fields(kind: Kind, fields: Fields) -> Fields:
    return {
        name: said for name in kind.managed.model_fields if (said := _without_nothing(fields.get(name))) is not None
    }


def _without_nothing(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {name: said for name, item in value.items() if (said := _without_nothing(item)) is not None}
        return kept or None
    return None if value in ("", []) else value


def as_ranges(entries: list[Fields]) -> list[Fields]:
    """Numbers in a row with the same location and state become one range, as long as a range may be."""
    runs: list[list[Fields]] = []
    for number in sorted(entries, key=lambda entry: (len(entry["number"]), entry["number"])):
        if runs and len(runs[-1]) < MOST_IN_A_RANGE and _follows(number, runs[-1][-1]):
            runs[-1].append(number)
        else:
            runs.append([number])
    return [
        run[0] if len(run) == 1 else {"range": [run[0]["number"], run[-1]["number"]]} | _but(run[0], "number")
        for run in runs
    ]


def _follows(number: Fields, last: Fields) -> bool:
    digits, before = number["number"], last["number"]
    return (
        len(digits) == len(before) and int(digits) == int(before) + 1 and _but(number, "number") == _but(last, "number")
    )


def _but(fields: Fields, name: str) -> Fields:
    return {other: value for other, value in fields.items() if other != name}
