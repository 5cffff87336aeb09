"""The export carried out: preflight, reading, counts held against each other; what is kept so that it can go on after
an interruption, and what is known of the last time so that less has to be read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from reconciler.errors import AuthError, ReconcileError
from reconciler.inventory.budget import expected
from reconciler.inventory.choice import Choice
from reconciler.inventory.counts import cross_check
from reconciler.inventory.estimate import Estimate
from reconciler.inventory.incremental import Changed, LastExport, read_changed
from reconciler.inventory.managed import everything
from reconciler.inventory.preflight import AUDIT, DIRECTORY, Preflight, preflight
from reconciler.inventory.reading import Reading, Slots
from reconciler.inventory.spool import Spool, begin, resume
from reconciler.inventory.status import Statuses
from reconciler.inventory.whole import read_whole
from reconciler.kinds import observed
from reconciler.kinds.people.license import LicenseNames
from reconciler.model.snapshot import Current, MemorySnapshot
from reconciler.repository import store
from reconciler.webex.connection import Connection, identity
from reconciler.webex.place import PlaceReader
from reconciler.webex.tenant import TenantReader

Heard = Callable[[int, int, int], None]


@dataclass(frozen=True)
class ExportOptions:
    """How to read. `careful`: ask first what the token may read, and count twice what can be counted twice. `keep` is
    the repository in which the reading is kept until it is done; `resume` goes on with what is kept, if it is not older
    than `within`. `earlier`: what is known of the last time, so that only what changed is read. `before`: how many
    resources there were. `heard` is told at every answer how many requests were made, how many answers were there from
    before, and how many there will be in all; `told` what the preflight found; `kept` what the reading is kept in, None
    where nothing can be. `into`: the folder that the snapshot is to be written into, so that it is refused before
    anything is read."""

    careful: bool = False
    only_preflight: bool = False
    keep: Path | None = None
    resume: bool = False
    within: timedelta = timedelta(hours=6)
    earlier: LastExport | None = None
    before: dict[str, int] = field(default_factory=dict)
    heard: Heard | None = None
    told: Callable[[Preflight], None] = lambda found: None
    kept: Callable[[Spool | None], None] = lambda spool: None
    into: Path | None = None


@dataclass(frozen=True)
class Exported:
    """A reading of the tenant: the snapshot, what came of each artefact, how many requests it took and how many there
    should have been (0: not known beforehand). `began`: when the reading of it did; `prints`: of the rows of lists
    whose details were read; `spool`: to be thrown away when the snapshot is safe; `part`: only some resources of
    a kind were read, the others are those of the last snapshot."""

    snapshot: MemorySnapshot
    statuses: Statuses
    requests: int
    expected: int = 0
    preflight: Preflight = field(default_factory=Preflight)
    notes: tuple[str, ...] = ()
    began: datetime | None = None
    changed: Changed | None = None
    prints: dict[str, dict[str, str]] = field(default_factory=dict)
    spool: Spool | None = None
    part: bool = False


def choice_of(kinds: Iterable[str] | None, artefacts: Iterable[str]) -> Choice:
    """These managed kinds (empty: all, None: none) and artefacts."""
    managed = everything(kinds).kinds if kinds is not None else ()
    both = [name for name in managed if name in observed()]
    asked = [observed()[name].of for name in both if observed()[name].rows]  # there is a list of each of these
    artefacts = dict.fromkeys((*artefacts, *asked, *both))
    return Choice(tuple(name for name in managed if name not in observed()), tuple(artefacts))


async def export(connection: Connection, choice: Choice, org: tuple[str, str], how: ExportOptions) -> Exported:
    """Read what was chosen. `org` is the pinned (id, name), the id empty before the first adopt."""
    now = datetime.now(UTC)
    async with connection.reader() as reader:
        snapshot = MemorySnapshot({"id": await identity(reader, org[0]), "name": org[1]})
        if how.into is not None and not how.only_preflight:
            # without a pin only the snapshot there says whose the repository is: then nothing of it is replaced
            whole = org[0] and not choice.narrow
            store.refuse_mixing(how.into, snapshot.org["id"], choice.names if whole else ())
        asked = await _preflight(reader, choice, how)
        if how.only_preflight:
            return Exported(snapshot, Statuses(), reader.session.sent, preflight=asked)
        reading = Reading(reader, snapshot, Statuses(), Slots(connection.workers), choice=choice)
        reading.refused = asked.refused(choice)
        for name in reading.refused:
            reader.fails(name, reading.refused[name])
        spool = _spool(reader, choice, how, now)
        reader.tape = spool
        if choice.location:
            reader = reading.reader = PlaceReader(reader, await reader.id_of("location", choice.location))
        _listen(reader, reading, how, asked, spool)
        changed = None
        try:
            if how.earlier is not None:
                changed = await read_changed(reader, reading, how.earlier, asked, now)
            else:
                await read_whole(reading)
            before = reader.session.sent
            notes = await cross_check(reader, reading, asked) if how.careful else []
        except BaseException:
            if spool is not None:
                spool.close()
            raise
        snapshot.kinds |= _called_anew(reader, choice, how.into)
        snapshot.statuses = reading.statuses.beside
        checks = reader.session.sent - before
        whole = changed is None and not choice.narrow and reading.statuses.complete
        known = sum(expected(snapshot, reader.listed).values()) + asked.requests + checks if whole else 0
        began = spool.began if spool is not None else now
        sent = reader.session.sent
        return Exported(
            snapshot, reading.statuses, sent, known, asked, tuple(notes), began, changed, reading.prints, spool
        )


def _called_anew(reader: TenantReader, choice: Choice, into: Path | None) -> dict[str, dict[str, Current]]:
    """The list of licences, where it was read only for names, and those in the snapshot that a part is written into are
    others by now: who has which would be told in names that nobody there knows."""
    listed = reader.listed.get("license")
    if listed is None or choice.narrow or "license" in choice.names or into is None:
        return {}
    try:
        known = store.open(into).licenses
    except ReconcileError:
        return {}  # there is none, or it is damaged
    return {"license": dict(listed)} if known and repr(LicenseNames(listed.values())) != repr(known) else {}


async def _preflight(reader: TenantReader, choice: Choice, how: ExportOptions) -> Preflight:
    if not how.careful:
        return Preflight()
    optional = [DIRECTORY] if "person" in choice.managed and not choice.narrow else []
    if how.earlier or how.only_preflight:
        optional.append(AUDIT)
    found = await preflight(reader, choice, optional=optional)
    how.told(found)
    return found


def _spool(reader: TenantReader, choice: Choice, how: ExportOptions, now: datetime) -> Spool | None:
    if how.keep is None:
        return None
    what = choice.to_json()
    org = reader.org_id
    spool = resume(how.keep, org, what, now, how.within) if how.resume else begin(how.keep, org, what, now)
    how.kept(spool)
    return spool


def _listen(reader: TenantReader, reading: Reading, how: ExportOptions, asked: Preflight, spool: Spool | None) -> None:
    """Tell of every answer; the estimate begins with how many there were the last time."""
    choice, session = reading.choice, reader.session
    bare = frozenset(name for name in choice.managed if not choice.has_sections(name))
    names = [name for name in (*choice.managed, *choice.artefacts) if name not in reading.refused]
    fixed = 1 + asked.requests + (1 if how.careful and "number" in choice.managed and not choice.narrow else 0)
    estimate = reading.estimate = Estimate(names, how.before, fixed=fixed, bare=bare)
    heard = how.heard
    if heard is not None:
        answers = count(session.sent + 1)  # what is still under way does not count
        session.heard = lambda: heard(next(answers), spool.taken if spool else 0, estimate.total())


def missing_scopes(found: Preflight) -> AuthError | None:
    """What a preflight that found something missing ends with."""
    if not found.missing:
        return None
    words = [f"{family.name}: {error.scopes}" for family, error in found.missing]
    return AuthError(
        f"the token lacks {len(words)} of the rights that this needs",
        why="; ".join(words),
        do="give it these scopes, and its owner an admin role that may read them",
    )
