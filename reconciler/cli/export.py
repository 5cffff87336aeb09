"""`reconcile export`: the tenant as it is, into state/."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from reconciler.cli.keeping import Keeping
from reconciler.cli.options import Access, Repository
from reconciler.cli.outputs import Outputs
from reconciler.cli.reading import Reading, preflight_lines
from reconciler.cli.reporting import Reporting

if TYPE_CHECKING:
    from reconciler.inventory import Status


def export(
    *,
    out: Annotated[Path | None, Parameter(name="--out")] = None,
    reading: Reading = Reading(),
    files: Outputs = Outputs(),
    reporting: Reporting = Reporting(),
    keeping: Keeping = Keeping(),
    repository: Repository = Repository(),
    access: Access = Access(),
) -> int:
    """Read the tenant into a normalised, sorted snapshot; an unchanged tenant gives the same bytes.

    Parameters
    ----------
    out
        Where to write; default: state/ in the repository.
    """
    from reconciler import desired, store
    from reconciler.errors import Exit
    from reconciler.store.taken import taken

    choice = reading.choice()
    root = repository.root_or_here()
    request = files.request(root)
    target = out or root / "state"
    begun = keeping.begin(reads=not files.from_state)
    prepared = reporting.prepare(root, target, replaced=not files.from_state)
    if files.from_state:
        code = files.write_from_state(root, target, [*choice.managed, *choice.artefacts] if reading.kind else ())
        reporting.finish(prepared, files.outputs or root / "inventory", store.open(target), None, request)
        return code
    pinned = ("", root.resolve().name)
    if (root / "desired" / "tenant.yaml").exists():
        org = desired.load_tenant(root).org
        pinned = (org.id, org.name)
    exported = reading.read(access.tenant(root), root, target, choice, pinned)
    if reading.preflight:
        from reconciler.exporting import missing_scopes

        print(*preflight_lines(exported.preflight), sep="\n")
        if error := missing_scopes(exported.preflight):
            raise error
        return Exit.OK
    times = taken(root)
    written = store.write(target, exported.snapshot, sorted(exported.snapshot.kinds))
    for status in exported.statuses:
        print(_line(status))
    of = f" ({exported.expected:,} expected)" if exported.expected else ""
    print(f"{written.summary} in {target}, {exported.requests:,} requests{of}", file=sys.stderr)
    reading.end(root, target, exported, times)
    for name, why in sorted(exported.snapshot.gaps.items()):
        print(f"incomplete: {name}: {why}", file=sys.stderr)
    if request is not None:
        files.write(root, request, exported.snapshot, exported.statuses, requests=exported.requests)
    reporting.finish(prepared, files.outputs or root / "inventory", exported.snapshot, exported.statuses, request)
    code = Exit.OK if exported.statuses.complete else Exit.INCOMPLETE
    keeping.end(begun, root, target, exported, code)
    return code


def _line(status: Status) -> str:
    extra = [f"{status.not_entitled:,} not entitled"] if status.not_entitled else []
    if status.result != "ok":
        extra.append(f"{status.result}: {status.why}")
    return f"{status.artefact:<34} {status.count:>7,}  {', '.join(extra)}".rstrip()
