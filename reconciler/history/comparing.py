"""Two snapshots apart: addresses and fields, in a stable order."""

from __future__ import annotations

from collections import Counter

from reconciler.drift import Drift, changed
from reconciler.errors import UsageError
from reconciler.history.differing import differing
from reconciler.history.sides import Side
from reconciler.history.verifying import Known, verified
from reconciler.model.remote_id import uuid_of


def compare(before: Side, after: Side, *, facts: bool = False, known: Known | None = None) -> Drift:
    """What came, went and changed; `snapshot` and `live` of the fields are before and after. Two organisations have
    nothing to be compared. With `facts` also what nobody manages and follows from elsewhere (whose a number is).
    ReconcileError when a side is not what its manifest says; `known` is what was looked at for that before."""
    ids = [uuid_of(side.org.get("id", "")) for side in (before, after)]
    if all(ids) and ids[0] != ids[1]:
        raise UsageError(
            "these are snapshots of two organisations",
            why=f"{before.label} is of {before.org['id']}, {after.label} of {after.org['id']}",
        )
    seen: Known = {} if known is None else known
    old, new = differing(verified(before, seen), verified(after, seen))
    return changed(old, new, sorted({*old.kinds, *new.kinds}), labels=(before.label, after.label), facts=facts)


def tally(drift: Drift) -> Counter[str]:
    """How many addresses came, went and changed."""
    return Counter(one.deed for one in drift.differences if one.fields)
