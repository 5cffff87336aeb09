"""The options of `export` about its report, and the summary at its end."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from reconciler.cli.options import colored

if TYPE_CHECKING:
    from reconciler.insights.custom import Tuning
    from reconciler.inventory import Status
    from reconciler.outputs import Request


@dataclass(frozen=True)
class Prepared:
    """What an export remembers for its report: the state folder, the rules, and the counts of earlier snapshots with
    their organisation."""

    state: Path
    tuning: Tuning
    earlier: list[tuple[str, dict[str, int]]]


@Parameter(name="*")
@dataclass(frozen=True)
class Reporting:
    """Whether to write a page about the inventory, and what to compare it with."""

    report: Annotated[bool | None, Parameter(name="--report", negative="--no-report")] = None
    "Write report.html beside the files; default: when files are asked for."
    open_report: Annotated[bool, Parameter(name="--open-report", negative="")] = False
    "Write it and open it in the browser."
    previous: Annotated[list[Path] | None, Parameter(name="--previous", negative="")] = None
    "Compare with this earlier snapshot (a state folder; repeatable, oldest first); default: the one it replaces."

    def prepare(self, root: Path, state: Path, *, replaced: bool) -> Prepared:
        """What is to be known before `state` is `replaced`, and whether desired/insights.yaml can be read: nobody wants
        to learn that after an hour."""
        from reconciler.desired.insights import load_insights
        from reconciler.errors import UsageError
        from reconciler.outputs.report import counts_in

        tuning = load_insights(root)
        if not self.previous:
            return Prepared(state, tuning, [found for found in [counts_in(state)] if found and replaced])
        earlier = []
        for folder in self.previous:
            found = counts_in(folder) or counts_in(folder / "state")
            if found is None:
                raise UsageError(f"there is no snapshot in {folder}", do="--previous names a state folder")
            earlier.append(found)
        return Prepared(state, tuning, earlier)

    def finish(
        self, prepared: Prepared, folder: Path, snapshot: Any, statuses: Iterable[Status] | None, files: Request | None
    ) -> None:
        """Write the report into the folder if it is wanted, open it if asked, and print the summary on stderr.

        `statuses` None: what the snapshot tells of them; `files`: what else was written there.
        """
        from reconciler import store
        from reconciler.outputs.redaction import Redactor
        from reconciler.outputs.report import put, report_view
        from reconciler.report.inventory_html import inventory_html
        from reconciler.report.inventory_text import inventory_text

        view = report_view(
            snapshot,
            statuses,
            tuning=prepared.tuning,
            earlier=[counts for org, counts in prepared.earlier if org == snapshot.org.get("id")],
            fingerprint=store.open(prepared.state).fingerprint,
            tables="csv" if files and files.layout == "tables" and "csv" in files.formats else "",
            redactor=Redactor(files.key) if files and files.redact else None,
        )
        wanted = self.report if self.report is not None else self.open_report or files is not None
        path = put(folder, inventory_html(view)) if wanted else None
        print(inventory_text(view, str(path or ""), color=colored(sys.stderr)), end="", file=sys.stderr)
        if path is not None and self.open_report:
            import webbrowser

            if not webbrowser.open(path.resolve().as_uri()):
                print(f"no browser could be opened; the report is {path}", file=sys.stderr)
