"""Changes that are alike as one entry: numbers in a row, and creates and updates of the same fields from and to the
same values. What destroys, what is blocked, and a few stand one by one; of a fold everybody is named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reconciler.inert import visible
from reconciler.model.plan import Change, Finding
from reconciler.model.ranges import is_number, ranges
from reconciler.report.fields import field_lines

#: What is each one's own: it is said of each in a line of its own, and two that differ in it are alike.
OWN = ("first_name", "last_name", "display_name", "extension", "phone_number")
#: So few are shown one by one.
_FEW = 3
_IN_A_LINE = 4
_FOLDING = ("create", "update", "cannot_tell")

Against = Mapping[str, Sequence[Finding]]


def alike(changes: Sequence[Change], place: str, findings: Against) -> tuple[object, ...] | None:
    """What must be equal for owners to be shown as one: `changes` are all of one owner. None where it stands alone."""
    if len(changes) == 1 and is_number(changes[0].key):
        return (place, _traits(changes[0], findings))
    if any(change.action not in _FOLDING or change.blocked for change in changes):
        return None
    return (place, *(_traits(change, findings) for change in changes))


def folds(owners: Sequence[Sequence[Change]]) -> bool:
    """Whether owners that are alike become one entry."""
    return len(owners) > _FEW or is_number(owners[0][0].key)


def names_of(changes: Sequence[Change], *, named: bool) -> tuple[str, tuple[str, ...]]:
    """The address of an entry of several changes of one kind that are alike, and the lines that tell who they are; only
    what is each one's own where another entry of the same owners has `named` them."""
    first = changes[0]
    if not is_number(first.key):
        told = [_own(change) for change in changes]
        if any(told):
            lines = [f"{visible(change.key)}  {own}" for change, own in zip(changes, told, strict=True)]
        else:
            lines = [] if named else _rows([visible(change.key) for change in changes])
        return f"{visible(first.address)}, …", tuple(lines)
    spans = ranges(change.key for change in changes)
    if len(spans) == 1:
        return f"{visible(first.kind)}/{spans[0]}", ()
    return f"{visible(first.kind)}/{spans[0]}, …", tuple(_rows(spans))


def _rows(names: Sequence[str]) -> list[str]:
    return [", ".join(names[at : at + _IN_A_LINE]) for at in range(0, len(names), _IN_A_LINE)]


def sources_of(changes: Sequence[Change]) -> str:
    """`numbers.csv:2`, or `numbers.csv:2-41` where several lines of one file are meant."""
    first = changes[0].source
    if len(changes) == 1:
        return visible(first)
    file = first.rpartition(":")[0]
    lines = {int(line) for change in changes if (line := change.source.rpartition(":")[2]).isdecimal()}
    return visible(f"{file}:{min(lines)}-{max(lines)}" if len(lines) > 1 else first)


def _own(change: Change) -> str:
    return "  ".join(f"{line.path} {line.text}" for line in field_lines(change, full=True) if line.path in OWN)


def _traits(change: Change, findings: Against) -> tuple[object, ...]:
    """The file, but not its line, is part of it."""
    against = findings.get(change.address, ())
    return (
        change.kind,
        change.action,
        change.reason,
        change.blocked,
        change.reset,
        change.source.rpartition(":")[0],
        tuple(change.notes),
        tuple(change.explicit),
        tuple((f.rule, f.why, f.do, f.override.replace(f.address, "")) for f in against),
        tuple(change.irreversible),
        tuple(line for line in field_lines(change, full=True) if line.path not in OWN),
    )
