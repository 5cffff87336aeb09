"""What `export` does beside writing the snapshot: note its time, keep a dated copy, tell a hook how it ended."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

if TYPE_CHECKING:
    from reconciler.inventory.exporting import Exported


@dataclass(frozen=True)
class Begun:
    """An export under way: when it began (a change during it may or may not be in it), and the words of its hook."""

    at: datetime
    words: list[str]


@Parameter(name="*")
@dataclass(frozen=True)
class Keeping:
    """What is left beside the snapshot."""

    dated: Annotated[Path | None, Parameter(name="--dated")] = None
    "Also write a copy into this folder of the repository, under the time of the reading: history without git."
    hook: Annotated[str, Parameter(name="--hook")] = ""
    "Run this command at the end, without a shell; it gets the result as JSON on standard input."

    def begin(self, *, reads: bool) -> Begun:
        """Before anything is read. UsageError when the options make no sense."""
        from reconciler.errors import UsageError
        from reconciler.telemetry import hook

        if (self.dated is not None or self.hook) and not reads:
            raise UsageError("--dated and --hook are about what is read now", do="leave out --from-state")
        return Begun(datetime.now(UTC), hook.parse(self.hook) if self.hook else [])

    def end(
        self, begun: Begun, root: Path, target: Path, exported: Exported, code: int, report: Path | None = None
    ) -> None:
        """After the snapshot was written to `target` and the `report`, if any; `code` is how the export ends, and
        nothing here changes that."""
        from reconciler.inert import visible
        from reconciler.repository.store.dated import write_dated
        from reconciler.repository.store.taken import note
        from reconciler.telemetry import hook

        if target.resolve() == (root / "state").resolve() and not exported.part:
            note(root, exported.snapshot.kinds, exported.began or begun.at)
        kept = None
        if self.dated is not None:
            kept = write_dated(root / self.dated, exported.snapshot, exported.began or begun.at)
            print(f"dated copy in {kept}", file=sys.stderr)
        if begun.words:
            told = {
                "command": "export",
                "verdict": "incomplete" if exported.snapshot.gaps else "complete",
                "exit_code": code,
                "report": str(report.resolve()) if report is not None else None,
                "snapshot": str((kept or target).resolve()),
                "counts": {name: len(found) for name, found in sorted(exported.snapshot.kinds.items())},
                "incomplete": dict(sorted(exported.snapshot.gaps.items())),
                "org": dict(exported.snapshot.org),
            }
            if failed := hook.run(begun.words, root, told):
                print(visible(f"warning: {failed}"), file=sys.stderr)
