"""Checks across all files: one resource per address, one owner per claim, and references that lead somewhere.

They are fed resource by resource and keep no more than names; the places are looked up when something is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from reconciler.desired.entries import did_you_mean
from reconciler.errors import Problem
from reconciler.kinds import kind as kind_named
from reconciler.kinds import sections_of
from reconciler.kinds._kind import Kind
from reconciler.kinds._marks import claims, references
from reconciler.model.desired import Wanted
from reconciler.model.snapshot import Snapshot

Source = tuple[str, int]


def parts(wanted: Wanted) -> Iterable[tuple[Kind, dict[str, object]]]:
    """A resource as (kind, fields): itself, then each of its sections that has values."""
    yield kind_named(wanted.kind), wanted.fields
    for name, section in sections_of(wanted.kind).items():
        if fields := wanted.fields.get(name):
            yield section, fields


def claims_of(wanted: Wanted) -> list[str]:
    if wanted.absent:
        return []
    return sorted(claim for kind, fields in parts(wanted) for claim in claims(kind, fields))


def references_of(wanted: Wanted) -> set[str]:
    """The addresses that a resource refers to."""
    if wanted.absent:
        return set()
    return {f"{ref.kind}/{key}" for kind, fields in parts(wanted) for ref, key in references(kind, fields)}


class Checks:
    """What has been seen so far; `problems` hold what clashes, `finish` adds references to nothing."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.addresses: dict[str, Source] = {}
        self._claims: dict[str, tuple[str, Source]] = {}
        self._references: dict[str, tuple[str, Source]] = {}

    def add(self, wanted: Wanted) -> None:
        source = (wanted.file, wanted.line)
        address = wanted.address
        first = self.addresses.setdefault(address, source)
        if first is not source:
            what = f"{address} is described twice; the first time at {_spot(first)}"
            self.problems.append(Problem(*source, 1, what, "keep one of the two"))
            return
        for claim in claims_of(wanted):
            holder = self._claims.setdefault(claim, (address, source))
            if holder[0] != address:
                what = f"{address}: {_claimed(claim)} already belongs to {holder[0]} ({_spot(holder[1])})"
                self.problems.append(Problem(*source, 1, what, "give one of them another"))
        for reference in references_of(wanted):
            self._references.setdefault(reference, (address, source))

    def finish(self, snapshot: Callable[[], Snapshot | None]) -> list[Problem]:
        """All problems. `snapshot` gives the current state, if there is one; it is asked for only when needed."""
        open_ends = self._references.keys() - self.addresses.keys()
        if open_ends:
            self.problems += missing(open_ends, self._references, self.addresses, snapshot())
        return self.problems


def missing(
    open_ends: Iterable[str],
    references: dict[str, tuple[str, Source]],
    addresses: Iterable[str],
    snapshot: Snapshot | None,
) -> list[Problem]:
    """A problem for each reference that neither desired nor the snapshot knows.

    Where neither knows anything of the kind, or its list is not complete, nobody can tell.
    """
    desired: dict[str, list[str]] = {}
    for address in addresses:
        kind, _, key = address.partition("/")
        desired.setdefault(kind, []).append(key)
    problems = []
    for reference in sorted(open_ends):
        kind, _, key = reference.partition("/")
        gap = snapshot.incomplete(kind) if snapshot else "not read"
        if (gap and gap != "not read") or (gap and kind not in desired):
            continue
        if snapshot and not gap and snapshot.get(kind, key) is not None:
            continue
        address, source = references[reference]
        known = [*desired.get(kind, ()), *(snapshot.keys(kind) if snapshot and not gap else ())]
        where = "desired nor in state/" if snapshot and not gap else "desired (state/ knows nothing of them)"
        what = f"{address}: there is no {kind.replace('_', ' ')} {key!r} in {where}"
        do = did_you_mean(key, known) or "correct the name, describe it, or run `reconcile export` if it is new"
        problems.append(Problem(*source, 1, what, do))
    return problems


def _claimed(claim: str) -> str:
    """`extension:Madrid:42` → extension 42 at Madrid."""
    space, _, rest = claim.partition(":")
    per, _, value = rest.rpartition(":")
    return f"{space} {value} at {per}" if per else f"{space} {value}"


def _spot(source: Source) -> str:
    return f"{source[0]}:{source[1]}"
