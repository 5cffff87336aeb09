"""The options of `export` about what is read and how, and the reading itself."""

from __future__ import annotations

import asyncio
import random
import re
import shlex
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from reconciler.errors import UsageError

if TYPE_CHECKING:
    from reconciler.inventory.choice import Choice
    from reconciler.inventory.exporting import Exported, ExportOptions
    from reconciler.inventory.incremental import Changed, LastExport
    from reconciler.inventory.preflight import Preflight
    from reconciler.inventory.spool import Spool
    from reconciler.model.snapshot import MemorySnapshot
    from reconciler.repository.store.taken import Taken
    from reconciler.webex.connection import Connection

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@Parameter(name="*")
@dataclass(frozen=True)
class ReadOptions:
    """What to read, and how."""

    kind: Annotated[list[str] | None, Parameter(name="--kind", negative="")] = None
    "Only this kind and its sections, or this artefact (repeatable); default: everything."
    location: Annotated[str, Parameter(name="--location")] = ""
    "Only what is at this location; the rest of the snapshot stays as it is."
    address: Annotated[list[str] | None, Parameter(name="--address", negative="")] = None
    "Only resources with such an address, like person/ana@* (repeatable); the rest stays as it is."
    skip_group_members: Annotated[bool, Parameter(name="--skip-group-members", negative="")] = False
    "Do not ask who is in which group: it takes a request per group and 500 members."
    preflight: Annotated[bool, Parameter(name="--preflight", negative="")] = False
    "Only check which scopes the token lacks for this, and read nothing; exit 77 when it lacks one."
    since: Annotated[str, Parameter(name="--since")] = ""
    "last, or a time: read again only what changed since the snapshot in state/ (lists are always read)."
    verify_sample: Annotated[str, Parameter(name="--verify-sample")] = ""
    "With --since: read so many percent of the rest too, like 5%, and say what had changed unnoticed."
    seed: Annotated[int | None, Parameter(name="--seed")] = None
    "Which sample; it is printed, so that the same can be read again."
    resume: Annotated[bool, Parameter(name="--resume", negative="")] = False
    "Go on with an export that was cut off: read only what it had not read."
    resume_within: Annotated[str, Parameter(name="--resume-within")] = "6h"
    "How old that may be."
    no_cache: Annotated[bool, Parameter(name="--no-cache", negative="")] = False
    "Keep nothing in .reconcile/: the export can then not be resumed."
    quiet: Annotated[bool, Parameter(name=["-q", "--quiet"], negative="")] = False
    "No progress."
    verbose: Annotated[bool, Parameter(name=["-v", "--verbose"], negative="")] = False
    "Also list one by one what the tenant has nothing of."

    def choice(self, root: Path | None = None) -> Choice:
        """What is to be read, with the sections that this repository describes. UsageError when it makes no sense."""
        from reconciler.inventory.choice import chosen
        from reconciler.repository.desired import described

        without = ("group.members",) if self.skip_group_members else ()
        used = described(root) if root is not None else ()
        return chosen(self.kind or (), location=self.location, patterns=self.address or (), without=without, used=used)

    def read(self, connection: Connection, root: Path, target: Path, choice: Choice, org: tuple[str, str]) -> Exported:
        """Read the tenant, with progress on stderr, and say how to go on when it is cut off."""
        from reconciler import pipeline
        from reconciler.cli.progress import shown
        from reconciler.report.progress import Progress

        spools: list[Spool] = []

        def kept(spool: Spool | None) -> None:
            if spool is None:
                _warn_unkept(root, "the file there cannot be opened")
                return
            spools.append(spool)
            if spool.replaced:
                print(f"an export that was cut off at {spool.replaced:%H:%M} is thrown away", file=sys.stderr)

        how = replace(self._how(root, target, choice, org[0]), kept=kept, told=_tell)
        if how.keep is not None and not self.preflight:
            how = self._keeping(how, root)
        try:
            with shown(Progress(), quiet=self.quiet) as heard:
                exported = asyncio.run(
                    pipeline.export(connection, org=org, choice=choice, how=replace(how, heard=heard))
                )
        except BaseException:
            if spools:
                again = self.again(root, target)
                print(f"cut off; what was read is kept, and this goes on with it:\n  {again}", file=sys.stderr)
            raise
        if choice.narrow and not self.preflight:
            return replace(exported, snapshot=_merged(exported, choice, target), part=True)
        return exported

    def end(self, root: Path, target: Path, exported: Exported, times: Taken) -> None:
        """The snapshot is written: what was kept for a resumption may go, what serves the next `--since` is noted.
        `times`: when what was there before had been read."""
        from reconciler.repository.store import prints, taken

        for line in [*(incremental_lines(exported.changed) if exported.changed else ()), *_notes(exported)]:
            print(line, file=sys.stderr)
        if exported.spool is not None and exported.spool.failed:
            print(f"not all of it could be kept: {exported.spool.failed}", file=sys.stderr)
        if exported.spool is not None:
            failed = [one.artefact for one in exported.statuses if one.result in ("error", "incomplete") and one.failed]
            if failed:
                exported.spool.close()
                again = self.again(root, target)
                print(f"what was read is kept; to read only what failed:\n  {again}", file=sys.stderr)
            else:
                exported.spool.done()
        if self.no_cache or target.resolve() != (root / "state").resolve():
            return
        if exported.part:  # of the rest of each kind nothing newer is known
            for name in exported.snapshot.kinds:
                if name in times.kinds:
                    taken.note(root, [name], times.kinds[name])
        else:
            prints.note(root, exported.prints)

    def again(self, root: Path, target: Path) -> str:
        """The command that goes on with this export."""
        words = ["reconcile", "export", "--resume", "-C", str(root)]
        words += [word for name in self.kind or () for word in ("--kind", name)]
        words += [word for name in self.address or () for word in ("--address", name)]
        words += ["--location", self.location] if self.location else []
        words += ["--skip-group-members"] if self.skip_group_members else []
        words += ["--since", self.since] if self.since else []
        words += ["--out", str(target)] if target != root / "state" else []
        return shlex.join(words)

    def _keeping(self, how: ExportOptions, root: Path) -> ExportOptions:
        """Whether what is read can be kept is known before anything is asked; that it cannot is an error only for who
        wants to go on with it."""
        from reconciler.errors import ReconcileError
        from reconciler.inventory.spool_file import obstacle, place_of

        why = obstacle(root)
        if why and self.resume:
            do = "run it without --resume, which begins anew"
            raise ReconcileError("nothing that was read can be opened", where=str(place_of(root)), why=why, do=do)
        if why:
            _warn_unkept(root, why)
        return replace(how, keep=None) if why else how

    def _how(self, root: Path, target: Path, choice: Choice, org: str) -> ExportOptions:
        from reconciler.inventory.exporting import ExportOptions
        from reconciler.outputs.report import counts_in

        if self.resume and self.no_cache:
            raise UsageError("--resume goes on with what --no-cache does not keep", do="leave out one of them")
        if (self.verify_sample or self.seed is not None) and not self.since:
            raise UsageError("--verify-sample and --seed are about what --since does not read", do="add --since last")
        _, before = counts_in(target) or ("", {})
        return ExportOptions(
            careful=True,
            only_preflight=self.preflight,
            keep=None if self.no_cache else root,
            resume=self.resume,
            within=span(self.resume_within),
            earlier=self._earlier(root, target, choice, org) if self.since else None,
            before=before,
            into=target,
        )

    def _earlier(self, root: Path, target: Path, choice: Choice, org: str) -> LastExport:
        """The snapshot to begin with, and since when things may have changed."""
        from reconciler.inventory.incremental import LastExport
        from reconciler.repository import store
        from reconciler.repository.store import prints
        from reconciler.repository.store.taken import taken

        if target.resolve() != (root / "state").resolve():
            raise UsageError("--since begins with the snapshot in state/", do="leave out --out")
        snapshot, times = store.open(target, org), taken(root)
        there = set(snapshot.kinds).intersection((*choice.managed, *choice.artefacts))
        since = times.earliest(there) if self.since == "last" else moment(self.since)
        percent = _percent(self.verify_sample)
        seed = random.randrange(1_000_000) if self.seed is None else self.seed
        return LastExport(snapshot, since, times.why, prints.noted(root), percent, seed)


def span(text: str) -> timedelta:
    """`90s`, `30m`, `6h`, `2d`. UsageError for anything else."""
    found = re.fullmatch(r"(\d+)([smhd])", text.strip().lower())
    if found is None:
        raise UsageError(f"not a span of time: {text!r}", do="like 30m, 6h or 2d")
    return timedelta(seconds=int(found[1]) * _UNITS[found[2]])


def moment(text: str) -> datetime:
    """A time in ISO format, UTC unless it says otherwise. UsageError for anything else."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"not a time: {text!r}", do="--since last, or like 2026-05-04T09:30") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _percent(text: str) -> float:
    try:
        percent = float(text.strip().removesuffix("%")) if text else 0.0
    except ValueError:
        percent = -1.0
    if not 0 <= percent <= 100:
        raise UsageError(f"not a share: {text!r}", do="--verify-sample 5%")
    return percent


def _notes(exported: Exported) -> list[str]:
    from reconciler.inert import visible

    return [f"note: {visible(note)}" for note in exported.notes]


def _merged(exported: Exported, choice: Choice, target: Path) -> MemorySnapshot:
    from reconciler.inventory.merging import merged
    from reconciler.repository import store
    from reconciler.repository.store.layout import MANIFEST

    whole = store.open(target) if (target / MANIFEST).exists() else None
    return merged(exported.snapshot, choice, whole)


def _warn_unkept(root: Path, why: str) -> None:
    from reconciler.inventory.spool_file import place_of

    print(f"warning: nothing can be kept in {place_of(root)}: {why}; cut off, this begins anew", file=sys.stderr)


def _tell(found: Preflight) -> None:
    """What the token may not read, before anything is read."""
    for family, error in found.missing:
        print(f"preflight: the token may not read {family.name}; it lacks {error.scopes}", file=sys.stderr)


def preflight_lines(found: Preflight) -> list[str]:
    """Each family that was asked, and what is missing."""
    lines = []
    for family, error in found.asked():
        verdict = "ok" if error is None else f"missing: {error.scopes}" + (" (optional)" if family.optional else "")
        lines.append(f"{family.name:<18} {verdict}")
    return lines


def incremental_lines(changed: Changed) -> list[str]:
    """What an incremental export did."""
    from reconciler.inert import visible

    if changed.why:
        return [f"read everything: {changed.why}"]
    since = f"{changed.since:%Y-%m-%d %H:%M} UTC" if changed.since else ""
    lines = [
        f"since {since}: {changed.events:,} audit events; {changed.read:,} parts read again, "
        f"{changed.kept:,} taken from the last snapshot"
    ]
    if changed.sampled:
        sample = f"verify-sample: {changed.sampled:,} more (--seed {changed.seed})"
        lines.append(f"{sample}, {len(changed.missed):,} had changed unnoticed")
    return [*lines, *(f"missed: {visible(address)}" for address in changed.missed)]
