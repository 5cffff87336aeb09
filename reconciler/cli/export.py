"""`reconcile export`: the tenant as it is, into state/."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from reconciler.cli.keeping import Keeping
from reconciler.cli.options import Access, Repository
from reconciler.cli.outputs import OutputOptions
from reconciler.cli.reading import ReadOptions, preflight_lines
from reconciler.cli.reporting import Reporting


def export(
    *,
    out: Annotated[Path | None, Parameter(name="--out")] = None,
    reading: ReadOptions = ReadOptions(),
    files: OutputOptions = OutputOptions(),
    reporting: Reporting = Reporting(),
    keeping: Keeping = Keeping(),
    repository: Repository = Repository(),
    access: Access = Access(),
) -> int:
    """Read the tenant into a normalised, sorted snapshot; an unchanged tenant gives the same bytes.

    Exit codes: 0 all of it was read, 1 something cannot be written or desired/ has errors, 4 the token or state/ is of
    another organisation, 6 another export is under way, 7 something could not be read and is named, 75 try again later,
    77 the token is not valid (with --preflight also: a scope is missing), 130 interrupted; --resume goes on.

    Parameters
    ----------
    out
        Where to write; default: state/ in the repository.
    """
    from reconciler.errors import Exit
    from reconciler.report.inventory_text import statuses_text
    from reconciler.repository import desired, store
    from reconciler.repository.store.taken import taken

    root = repository.root_or_here()
    choice = reading.choice(root)
    request = files.request(root)
    target = out or root / "state"
    begun = keeping.begin(reads=not files.from_state)
    prepared = reporting.prepare(root, target, files.outputs or root / "inventory")
    if files.from_state and request is not None:
        kinds = [*choice.managed, *choice.artefacts] if reading.kind else ()
        code = files.write_from_state(root, target, request, kinds)
        snapshot = store.open(target)
        when = taken(root).earliest(snapshot.kinds) if out is None else None
        reporting.finish(prepared, snapshot, None, request, when)
        return code
    if not reading.preflight:
        beside = [prepared.folder.absolute().parent] if request is not None or reporting.wanted(request) else []
        for place in (target, *beside, *([root / keeping.dated] if keeping.dated else [])):
            store.refuse_unwritable(place)
    exported = reading.read(access.tenant(root), root, target, choice, desired.pinned(root))
    if reading.preflight:
        from reconciler.inventory.exporting import missing_scopes

        print(*preflight_lines(exported.preflight), sep="\n")
        if error := missing_scopes(exported.preflight):
            raise error
        return Exit.OK
    times = taken(root)
    written = store.write(target, exported.snapshot, sorted(exported.snapshot.kinds))
    print(statuses_text([status.to_json() for status in exported.statuses], every=reading.verbose), end="")
    of = f" ({exported.expected:,} expected)" if exported.expected else ""
    print(f"{written.summary} in {target}, {exported.requests:,} requests{of}", file=sys.stderr)
    reading.end(root, target, exported, times)
    for name, why in sorted(exported.snapshot.gaps.items()):
        print(f"incomplete: {name}: {why}", file=sys.stderr)
    if request is not None:
        files.write(root, request, exported.snapshot, exported.statuses, requests=exported.requests)
    report = reporting.finish(prepared, exported.snapshot, exported.statuses, request, exported.began or begun.at)
    code = Exit.OK if exported.statuses.complete else Exit.INCOMPLETE
    keeping.end(begun, root, target, exported, code, report)
    return code
