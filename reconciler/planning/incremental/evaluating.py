"""The evaluation of all of `desired/` against `state/`: streamed file by file, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from reconciler.errors import InputError, Problem
from reconciler.kinds.people.license import WHICH
from reconciler.model.desired_state import Desired
from reconciler.model.plan import Change, Finding
from reconciler.model.tenant import Tenant
from reconciler.planning.diff import refused
from reconciler.planning.incremental import processes
from reconciler.planning.incremental.cached_evaluation import CachedEvaluation, DamagedCache
from reconciler.planning.incremental.comparing import CALLED_OTHERWISE, Comparing, ambiguity, changed, hint_of
from reconciler.planning.incremental.facts import Crowd
from reconciler.planning.incremental.results import FileResult
from reconciler.planning.renames import Renames, as_there, judged
from reconciler.repository import desired, store
from reconciler.repository.desired.checks import refuse_doubts
from reconciler.repository.desired.loading import Loading, collector_off
from reconciler.repository.store import StoredSnapshot


@dataclass(frozen=True)
class Evaluation:
    """What the comparison gave: the changes by address, and of how many resources (`managed`) they are.

    `gaps` say of which kinds and sections the snapshot is not proven complete; `org` is the snapshot's; `notices` say
    what is to be known of how desired/ was read. Where something is renamed the changes are of desired as the tenant
    calls it (planning/renames.py).
    """

    tenant: Tenant
    fingerprint: str
    changes: list[Change]
    same: int
    managed: int
    gaps: dict[str, str]
    org: Mapping[str, str]
    aside: tuple[Finding, ...] = ()
    notices: tuple[str, ...] = ()
    renames: Renames = field(default_factory=Renames)


def evaluate(root: Path, *, cache: bool = True, meanwhile: Callable[[], None] = lambda: None) -> Evaluation:
    """Compare every desired resource with the snapshot, exactly as `desired.load` and `diff.compare` would.

    InputError with every problem of desired/; ReconcileError without a sound snapshot; RefusedError when the
    snapshot is of another organisation than desired/tenant.yaml pins. `cache` lets what has not changed since the
    last run stand; the result is the same without. `meanwhile` is called while other processes compare, if they do.
    """
    with collector_off():
        return _evaluate(root, cache, meanwhile)


def _evaluate(root: Path, cached: bool, meanwhile: Callable[[], None]) -> Evaluation:
    loading = Loading(root)
    tenant = loading.tenant()
    snapshot = store.open(root / "state", tenant.org.id)
    comparing = Comparing(loading, snapshot, keep=cached, meanwhile=meanwhile)
    if not cached:
        return _evaluation(tenant, comparing, None)
    earlier = CachedEvaluation(root, tenant, snapshot, loading.countries)
    try:
        return _evaluation(tenant, comparing, earlier)
    except DamagedCache:
        return _evaluate(root, cached=False, meanwhile=meanwhile)
    finally:
        earlier.close()


def _evaluation(tenant: Tenant, comparing: Comparing, earlier: CachedEvaluation | None) -> Evaluation:
    loading, snapshot = comparing.loading, comparing.snapshot
    total = FileResult(b"")
    crowd = Crowd()
    sound = not loading.problems
    for name, result in _results(comparing, earlier):
        if result is None:
            sound = False
            break
        loading.digests[name] = result.digest
        crowd.add(result.facts)
        total.sum(result)
    if sound and (earlier is None or earlier.stirred or earlier.vanished(loading.names)):
        for facts in earlier.facts() if earlier else ():
            crowd.add(facts)
        sound = not (crowd.clash() or _missing(crowd, total.kinds, snapshot))
    if not sound:
        _tell(loading.root, snapshot)
    if earlier:
        earlier.finish(loading.names)
    if any(CALLED_OTHERWISE in change.get("facts", ()) for change in total.changes):
        return _whole(desired.load(loading.root), snapshot)
    changes = sorted((Change(**change) for change in total.changes), key=lambda change: change.address)
    gaps = _gaps(total.kinds, snapshot)
    found = Evaluation(tenant, loading.fingerprint(), changes, total.same, total.managed, gaps, snapshot.org)
    return replace(found, notices=tuple(total.notices))


def isolated(root: Path) -> Evaluation:
    """As `evaluate`, resource by resource and without what earlier runs found: what is refused, an ambiguous name too,
    is set aside."""
    wanted = desired.load(root, isolate=True)
    return _whole(wanted, store.open(root / "state", wanted.tenant.org.id))


def _whole(wanted: Desired, snapshot: StoredSnapshot) -> Evaluation:
    """Every resource compared by itself; a name that is ambiguous is its own fault."""
    changes: list[Change] = []
    same = 0
    known = (one for one in wanted.resources if not snapshot.incomplete(one.kind))
    renames = judged(known, snapshot.get)
    for one in as_there(wanted.resources, renames):
        current = snapshot.get(one.kind, one.key, hint_of(one))
        if current is not None and current.candidates:
            found = [refused(one, ambiguity(one, current.candidates).what)]
        elif doubt := snapshot.licenses.doubt(one.fields):
            found = [refused(one, f"{doubt}: {WHICH}")]
        else:
            found = changed(snapshot.licenses.in_desired(one), current, snapshot)
        changes += found
        same += not found
    changes.sort(key=lambda change: change.address)
    gaps = _gaps({one.kind for one in wanted.resources}, snapshot)
    managed, said = len(wanted.resources), (wanted.aside, (*wanted.notices, *renames.notices))
    return Evaluation(wanted.tenant, wanted.fingerprint, changes, same, managed, gaps, snapshot.org, *said, renames)


def _results(comparing: Comparing, earlier: CachedEvaluation | None) -> Iterator[tuple[str, FileResult | None]]:
    """The result of every file, None where it has problems: first what stands, then what is new or has changed."""
    if earlier is None:
        jobs = [processes.Job(name, (comparing.loading.root / name).stat().st_size) for name in comparing.loading.names]
    else:
        standing = {name: earlier.standing(name, comparing) for name in comparing.loading.names}
        yield from ((name, result) for name, result in standing.items() if result is not None)
        jobs = earlier.jobs(name for name, result in standing.items() if result is None)
        comparing.gather = earlier.stirred
    for found in processes.results(comparing, jobs):
        if earlier and found.result:
            earlier.note(found, gathered=comparing.gather)
        yield found.name, found.result


def _tell(root: Path, snapshot: StoredSnapshot) -> None:
    """Something is wrong: the plain path finds it again, and says exactly what and where. A false alarm comes back."""
    wanted = desired.load(root)
    ambiguous, doubts = [], []
    for resource in wanted.resources:
        if doubt := snapshot.licenses.doubt(resource.fields):
            doubts.append((resource, doubt))
        current = snapshot.get(resource.kind, resource.key, hint_of(resource))
        if current is not None and current.candidates:
            ambiguous.append(ambiguity(resource, current.candidates))
    if ambiguous:
        raise InputError(sorted(ambiguous, key=Problem.order))
    refuse_doubts(doubts)


def _missing(crowd: Crowd, kinds: set[str], snapshot: StoredSnapshot) -> bool:
    """Whether a reference leads nowhere."""
    by_kind: dict[str, set[str]] = {}
    for kind, _, key in (reference.partition("/") for reference in crowd.open_ends()):
        by_kind.setdefault(kind, set()).add(key)
    for kind, keys in by_kind.items():
        gap = snapshot.incomplete(kind)
        if (gap == "not read" and kind in kinds) or (not gap and snapshot.lacking(kind, keys)):
            return True
    return False


def _gaps(kinds: set[str], snapshot: StoredSnapshot) -> dict[str, str]:
    """Of what desired manages, what the snapshot is not proven complete in."""
    gaps = {name: why for name, why in snapshot.gaps.items() if name.partition(".")[0] in kinds}
    return dict(sorted((gaps | dict.fromkeys(kinds - set(snapshot.kinds), "not read")).items()))
