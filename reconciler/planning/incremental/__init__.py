"""Plans without the tenant: `desired/` against the snapshot in `state/`, as little of both as has changed.

`evaluate` compares; `remembered` and `remember` answer a whole run again while nothing has changed. The latter two
need the standard library only: they are asked before anything heavy is imported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.planning.incremental.whole_answer import remember, remembered

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from reconciler.model.callbacks import Callbacks
    from reconciler.model.claims import Fit
    from reconciler.model.desired import Wanted
    from reconciler.model.plan import Change
    from reconciler.planning.consent import ConsentFacts
    from reconciler.planning.incremental.evaluating import Evaluation
    from reconciler.repository.store import StoredSnapshot

__all__ = [
    "beside",
    "callbacks",
    "evaluate",
    "fitting",
    "holders",
    "isolated",
    "remember",
    "remembered",
    "renamed_locations",
    "untold",
]


def evaluate(root: Path, *, cache: bool = True) -> Evaluation:
    """Every resource of `desired/` compared with the snapshot; see `evaluating.evaluate`."""
    from reconciler.planning.incremental.evaluating import evaluate as evaluate_now

    return evaluate_now(root, cache=cache)


def isolated(root: Path) -> Evaluation:
    """As `evaluate`, with the entries that are refused set aside; see `evaluating.isolated`."""
    from reconciler.planning.incremental import evaluating

    return evaluating.isolated(root)


def beside(snapshot: StoredSnapshot, changes: list[Change]) -> ConsentFacts:
    """What an approval of these changes rests on; see `stored_holders.beside`."""
    from reconciler.planning.incremental.stored_holders import beside as beside_now

    return beside_now(snapshot, changes)


def holders(snapshot: StoredSnapshot, changes: list[Change]) -> dict[str, str]:
    """Who else holds what these changes take; see `stored_holders.holders`."""
    from reconciler.planning.incremental.stored_holders import holders as holders_now

    return holders_now(snapshot, changes)


def callbacks(snapshot: StoredSnapshot, changes: list[Change]) -> Callbacks:
    """Emergency callback numbers that these changes touch; see `callback_numbers.callbacks`."""
    from reconciler.planning.incremental import callback_numbers

    return callback_numbers.callbacks(snapshot, changes)


def fitting(snapshot: StoredSnapshot, changes: list[Change], described: Collection[str]) -> dict[str, Fit]:
    """What each create seems to be; see `renamed.fitting`."""
    from reconciler.planning.incremental import renamed

    return renamed.fitting(snapshot, changes, described)


def renamed_locations(
    snapshot: StoredSnapshot, missing: Collection[str], described: Collection[Wanted]
) -> dict[str, str]:
    """Locations that seem to be others under a new name; see `renamed.locations`."""
    from reconciler.planning.incremental import renamed

    return renamed.locations(snapshot, missing, described)


def untold(changes: list[Change]) -> tuple[str, ...]:
    """What state/ does not say of emergency callback numbers; see `callback_numbers.untold`."""
    from reconciler.planning.incremental import callback_numbers

    return callback_numbers.untold(changes)
