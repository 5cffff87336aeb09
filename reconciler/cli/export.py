"""`reconcile export`: the tenant as it is, into state/."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from reconciler.cli.keeping import Keeping
from reconciler.cli.options import Access, Repository
from reconciler.cli.outputs import Outputs
from reconciler.cli.reporting import Reporting

if TYPE_CHECKING:
    from reconciler.inventory import Status


def export(
    *,
    kind: Annotated[list[str] | None, Parameter(name="--kind", negative="")] = None,
    out: Annotated[Path | None, Parameter(name="--out")] = None,
    skip_group_members: Annotated[bool, Parameter(name="--skip-group-members", negative="")] = False,
    files: Outputs = Outputs(),
    reporting: Reporting = Reporting(),
    keeping: Keeping = Keeping(),
    repository: Repository = Repository(),
    access: Access = Access(),
) -> int:
    """Read the tenant into a normalised, sorted snapshot; an unchanged tenant gives the same bytes.

    Parameters
    ----------
    kind
        Only this kind and its sections (repeatable); default: everything.
    out
        Where to write; default: state/ in the repository.
    skip_group_members
        Do not ask who is in which group: it takes a request per group and 500 members.
    """
    from reconciler import desired, pipeline, store
    from reconciler.errors import Exit

    managed, artefacts = _chosen(kind or ())
    if skip_group_members:
        artefacts = [name for name in artefacts if name != "group.members"]
    root = repository.root_or_here()
    request = files.request(root)
    target = out or root / "state"
    begun = keeping.begin(reads=not files.from_state)
    prepared = reporting.prepare(root, target, replaced=not files.from_state)
    if files.from_state:
        code = files.write_from_state(root, target, [*(managed or ()), *artefacts] if kind else ())
        reporting.finish(prepared, files.outputs or root / "inventory", store.open(target), None, request)
        return code
    pinned = ("", root.resolve().name)
    if (root / "desired" / "tenant.yaml").exists():
        org = desired.load_tenant(root).org
        pinned = (org.id, org.name)
    exported = asyncio.run(pipeline.export(access.tenant(root), managed, artefacts, pinned))
    written = store.write(target, exported.snapshot, sorted(exported.snapshot.kinds))
    for status in exported.statuses:
        print(_line(status))
    print(f"{written.summary} in {target}, {exported.requests:,} requests", file=sys.stderr)
    for name, why in sorted(exported.snapshot.gaps.items()):
        print(f"incomplete: {name}: {why}", file=sys.stderr)
    if request is not None:
        files.write(root, request, exported.snapshot, exported.statuses, requests=exported.requests)
    reporting.finish(prepared, files.outputs or root / "inventory", exported.snapshot, exported.statuses, request)
    code = Exit.OK if exported.statuses.complete else Exit.INCOMPLETE
    keeping.end(begun, root, target, exported, code)
    return code


def _chosen(names: Iterable[str]) -> tuple[list[str] | None, list[str]]:
    """The managed kinds and the artefacts that these names mean (none: all); an artefact brings its owner along."""
    from reconciler.errors import UsageError
    from reconciler.kinds import kinds, observed, owners

    if not names:
        return [], list(observed())
    managed = {name.partition(".")[0] for name in names if name in kinds()}
    artefacts: set[str] = set()
    for name in names:
        if name not in kinds() and name not in observed():
            known = [owner.name for owner in owners()] + list(observed())
            raise UsageError(f"there is no kind {name!r}", do=f"one of: {', '.join(known)}")
        needed = name
        while needed in observed():
            artefacts.add(needed)
            needed = observed()[needed].of
        if needed in kinds():
            managed.add(needed.partition(".")[0])
    return sorted(managed) or None, sorted(artefacts)


def _line(status: Status) -> str:
    extra = [f"{status.not_entitled:,} not entitled"] if status.not_entitled else []
    if status.result != "ok":
        extra.append(f"{status.result}: {status.why}")
    return f"{status.artefact:<34} {status.count:>7,}  {', '.join(extra)}".rstrip()
