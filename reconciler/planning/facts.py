"""What a plan is made from: what is described, and what is known of the tenant, whoever says it. The tenant itself does
(inventory/for_plan.py), the snapshot in `state/` (incremental/for_plan.py), or a run's journal beside the tenant
(applying/undo.py)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.model.callbacks import Callbacks
from reconciler.model.claims import Fit
from reconciler.model.desired import Wanted
from reconciler.model.desired_state import Desired
from reconciler.model.plan import Change, Finding, Operation
from reconciler.model.selection import Selection
from reconciler.model.snapshot import Current
from reconciler.model.tenant import Tenant
from reconciler.model.watch import Watch
from reconciler.planning.consent import ConsentFacts
from reconciler.planning.guards.proposal import Get, Population, Resources, Uses, nobody_uses
from reconciler.planning.select import selected
from reconciler.repository.desired.checks import names_in
from reconciler.repository.local import dropping

if TYPE_CHECKING:
    from reconciler.webex.connection import Connection
    from reconciler.webex.exchange import Tally


def _as_they_are(operations: list[Operation]) -> list[Operation]:
    return operations


def _nothing(kind: str, key: str) -> Current | None:
    return None


def _no_alias(kind: str, name: str) -> str:
    return ""


@dataclass(frozen=True)
class Described:
    """What is asked for in the repository `root`, by the files of `fingerprint`: `population` is all that is managed,
    `there` the addresses that are to be there (None: nobody can tell), `dropped` those that were described before;
    `aside` are entries that were set aside before there was anything to compare (repository/desired/isolation.py), and
    are counted all the same; `notices` say how files were read; `uses` says of addresses who is described to refer to
    them, `resources` are all that is described. `scope` is what a plan is about beside its selection, `arranged` its
    operations in an order of their own within the waves."""

    root: Path
    tenant: Tenant
    fingerprint: str
    population: Population
    aside: tuple[Finding, ...] = ()
    notices: tuple[str, ...] = ()
    there: Callable[[], Collection[str]] | None = None
    dropped: Callable[[], Iterable[str]] = tuple
    uses: Uses = nobody_uses
    resources: Resources = tuple
    scope: Mapping[str, list[str]] = field(default_factory=dict)
    arranged: Callable[[list[Operation]], list[Operation]] = _as_they_are


def described(root: Path, wanted: Desired) -> Described:
    """As desired/ says."""
    resources = wanted.resources
    return Described(
        root,
        wanted.tenant,
        wanted.fingerprint,
        Population(len(resources), lambda: {one.address for one in resources}),
        wanted.aside,
        wanted.notices,
        lambda: {one.address for one in resources if not one.absent},
        lambda: dropping.no_longer_described(root, lambda: resources),
        partial(users, lambda: resources),
        lambda: resources,
    )


def users(resources: Callable[[], Iterable[Wanted]], addresses: Collection[str]) -> dict[str, str]:
    """Who is described to refer to one of these, by its address; who goes himself does not count."""
    found: dict[str, str] = {}
    for one in resources() if addresses else ():
        if one.address not in addresses:
            found |= {reference: one.address for reference in names_in(one)[1] if reference in addresses}
    return found


@dataclass(frozen=True)
class Facts:
    """The `changes` that desired and current come to, within the selection, and what guards and order may ask of the
    tenant beside them. What is not known is left out, and objects to nothing.

    `managed` is how much was compared; `get` finds what is in the tenant by kind and key, `alias` the key of what has a
    name beside it; `gaps` say which lists are not proven complete; `me` are id and e-mails of whose token it is; `held`
    says who else has what a change takes, `callbacks` which emergency callback numbers it touches, `beside` what an
    approval rests on, `fits` what a create seems to be, by its address; `read` are people and workspaces as the tenant
    has them now. `scopes` are what the token may (None: not known), `connection` and `tally` how fast the tenant may be
    asked, and what it was asked for this.
    """

    changes: Sequence[Change]
    managed: Population
    get: Get = _nothing
    alias: Callable[[str, str], str] = _no_alias
    gaps: Mapping[str, str] = field(default_factory=dict)
    me: frozenset[str] = frozenset()
    held: Mapping[str, str] = field(default_factory=dict)
    callbacks: Callbacks | None = None
    beside: ConsentFacts | None = None
    fits: Mapping[str, Fit] = field(default_factory=dict)
    read: Iterable[Current] = ()
    watch: Watch | None = None
    notices: tuple[str, ...] = ()
    scopes: frozenset[str] | None = None
    connection: Connection | None = None
    tally: Tally | None = None


def managed(
    population: Population, resources: Callable[[], Sequence[Wanted]], selection: Selection, aside: Collection[Finding]
) -> Population:
    """What is compared of all that is managed. UsageError where a selection takes nothing."""
    if selection.whole:
        return population
    taken = selected(resources(), selection, aside)
    return Population(len(taken), lambda: taken)
