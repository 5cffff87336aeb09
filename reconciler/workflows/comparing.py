"""One desired resource against a reading of the tenant, and references that lead nowhere in it."""

from __future__ import annotations

from reconciler.diff import aliased, compare, refused, unread
from reconciler.errors import InputError, Problem
from reconciler.model.desired import Wanted
from reconciler.model.plan import Change
from reconciler.model.snapshot import MemorySnapshot


def compared(wanted: Wanted, snapshot: MemorySnapshot, *, isolate: bool = False) -> list[Change]:
    """The changes of one resource; cannot tell where its list could not be read. InputError for an ambiguous name,
    unless such are set aside (`isolate`)."""
    current = snapshot.get(wanted.kind, wanted.key)
    if current is None and (primary := snapshot.get(wanted.kind, snapshot.alias(wanted.kind, wanted.key))):
        return [aliased(wanted, primary)]
    if current is None and (why := snapshot.gaps.get(wanted.kind)):
        what = "state: absent, but " if wanted.absent else ""
        return [unread(wanted, f"{what}the list of {wanted.kind} could not be read: {why}")]
    if current is not None and current.candidates:
        why = f"{wanted.address} is ambiguous: {len(current.candidates)} in the tenant have that name"
        if isolate:
            return [refused(wanted, f"{why} ({'; '.join(current.candidates)})")]
        raise InputError(
            [Problem(wanted.file, wanted.line, 1, f"{why} ({'; '.join(current.candidates)})", "rename all but one")]
        )
    return compare(wanted, current)


def refuse_missing(changes: list[Change], missing: set[str], *, isolate: bool = False) -> None:
    """InputError where changes refer to what is neither desired nor in the tenant; set aside with `isolate`."""
    problems = []
    for change in changes:
        file, _, line = change.source.rpartition(":")
        for ref in change.refs:
            if ref in missing:
                kind, _, key = ref.partition("/")
                what = f"{change.address} refers to {kind} {key!r}, which is neither desired nor in the tenant"
                if isolate:
                    change.blocked = what
                    continue
                problems.append(Problem(file, int(line), 1, what, "correct the name, or describe it in desired/"))
    if problems:
        raise InputError(sorted(problems, key=Problem.order))
