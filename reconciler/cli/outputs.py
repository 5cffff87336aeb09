"""The options of `export` that ask for files beside the snapshot, and what they do."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

if TYPE_CHECKING:
    from reconciler.errors import Exit
    from reconciler.inventory import Statuses
    from reconciler.outputs import Request
    from reconciler.outputs.source import ListedSnapshot


@Parameter(name="*")
@dataclass(frozen=True)
class OutputOptions:
    """Which files to write."""

    format: Annotated[str, Parameter(name="--format")] = ""
    "Also write files: csv, json, jsonl, sqlite, parquet, several with commas."
    outputs: Annotated[Path | None, Parameter(name="--outputs")] = None
    "Folder of those files, which is replaced; default: inventory/ in the repository."
    layout: Annotated[str, Parameter(name="--layout")] = "tables"
    "tables, or odt: the files and columns of Space_OdT (csv and json)."
    redact: Annotated[bool, Parameter(name="--redact", negative="")] = False
    "Mask e-mails, numbers and names in them; RECONCILE_REDACT_KEY makes the masks the same from run to run."
    from_state: Annotated[bool, Parameter(name="--from-state", negative="")] = False
    "Make the files from the snapshot in state/, without a request."

    def request(self, root: Path) -> Request | None:
        """What is asked for, checked before anything is read; None when no files are."""
        from reconciler.errors import UsageError

        if not self.format and self.layout == "tables":
            for name in ("outputs", "redact", "from_state"):
                if getattr(self, name):
                    option = name.replace("_", "-")
                    raise UsageError(f"--{option} needs --format", do="--format csv, or json, jsonl, sqlite, parquet")
            return None
        from reconciler.outputs import asked, refuse_foreign

        refuse_foreign(self.outputs or root / "inventory")
        return asked(self.format, self.layout, redact=self.redact)

    def write(
        self, root: Path, request: Request, snapshot: ListedSnapshot, statuses: Statuses | None, **run: object
    ) -> None:
        """Write the files and say so."""
        from reconciler import outputs

        if request.redact and request.of_run:
            print("masks are of this run only; set RECONCILE_REDACT_KEY to keep them", file=sys.stderr)
        written = outputs.write(self.outputs or root / "inventory", snapshot, statuses, request, **run)
        print(written.summary, file=sys.stderr)

    def write_from_state(self, root: Path, state: Path, request: Request, kinds: Iterable[str]) -> Exit:
        """Files from the committed snapshot, of these kinds (none: of all); exit 7 where it is incomplete."""
        from reconciler.errors import Exit
        from reconciler.repository import desired, store

        chosen = set(kinds)
        snapshot = store.open(state, desired.pinned(root)[0])
        self.write(root, replace(request, kinds=tuple(chosen) or None), snapshot, None, from_state=True)
        gaps = {name: why for name, why in snapshot.gaps.items() if not chosen or name.partition(".")[0] in chosen}
        for name, why in sorted(gaps.items()):
            print(f"incomplete: {name}: {why}", file=sys.stderr)
        return Exit.INCOMPLETE if gaps else Exit.OK
