"""The options of `export` about its report, and the summary at its end."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from reconciler.cli.options import colored

if TYPE_CHECKING:
    from reconciler.insights.custom import Tuning
    from reconciler.inventory import Status
    from reconciler.outputs import Request
    from reconciler.outputs.report import Trend


@dataclass(frozen=True)
class Prepared:
    """What an export remembers for its report: the state folder and the snapshot that was in it, the rules, the counts
    of earlier snapshots with their organisation, the folder of the report and what the report in it was compared
    with."""

    state: Path
    before: str
    tuning: Tuning
    earlier: list[tuple[str, dict[str, int]]]
    folder: Path
    trend: Trend | None


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

    def prepare(self, root: Path, state: Path, folder: Path) -> Prepared:
        """What is to be known before `state` and `folder` are replaced, and whether desired/insights.yaml can be read:
        nobody wants to learn that after an hour."""
        from reconciler.errors import UsageError
        from reconciler.outputs.report import counts_in, trend_in
        from reconciler.repository.desired.insights import load_insights
        from reconciler.repository.store.layout import fingerprint_of

        tuning, before = load_insights(root), fingerprint_of(state)
        if not self.previous:
            found = counts_in(state)
            return Prepared(state, before, tuning, [found] if found else [], folder, trend_in(folder))
        earlier = []
        for place in self.previous:
            found = counts_in(place) or counts_in(place / "state")
            if found is None:
                raise UsageError(f"there is no snapshot in {place}", do="--previous names a state folder")
            earlier.append(found)
        return Prepared(state, before, tuning, earlier, folder, None)

    def wanted(self, files: Request | None) -> bool:
        """Whether the page is written; `files`: what else is."""
        return self.report if self.report is not None else self.open_report or files is not None

    def finish(
        self,
        prepared: Prepared,
        snapshot: Any,
        statuses: Iterable[Status] | None,
        files: Request | None,
        taken: datetime | None,
    ) -> Path | None:
        """Write the report into its folder if it is wanted, open it if asked, and print the summary on stderr. Where
        the report is, if there is one.

        `statuses` None: what the snapshot tells of them; `files`: what else was written there; `taken`: when the tenant
        was read, where that is known.
        """
        from reconciler.model.wording import moment
        from reconciler.outputs.redaction import Redactor
        from reconciler.outputs.report import put, report_view
        from reconciler.report.inventory_html import inventory_html
        from reconciler.report.inventory_text import inventory_text

        when = moment(taken) if taken is not None else ""
        trend = self._trend(prepared, snapshot.org.get("id", ""), when)
        view = report_view(
            snapshot,
            statuses,
            tuning=prepared.tuning,
            earlier=trend.earlier,
            fingerprint=trend.fingerprint,
            taken=trend.taken,
            tables="csv" if files and files.layout == "tables" and "csv" in files.formats else "",
            redactor=Redactor(files.key) if files and files.redact else None,
        )
        path = put(prepared.folder, inventory_html(view), trend) if self.wanted(files) else None
        print(inventory_text(view, str(path or ""), color=colored(sys.stderr)), end="", file=sys.stderr)
        if path is not None and self.open_report:
            import webbrowser

            if not webbrowser.open(path.resolve().as_uri()):
                print(f"no browser could be opened; the report is {path}", file=sys.stderr)
        return path

    def _trend(self, prepared: Prepared, org: str, taken: str) -> Trend:
        """What to compare with: what was named, else the snapshot that was replaced; where that is the same, whatever
        it was compared with itself."""
        from reconciler.outputs.report import Trend
        from reconciler.repository.store.layout import fingerprint_of, same_org

        now = fingerprint_of(prepared.state)
        if not self.previous and prepared.before == now:
            known = prepared.trend
            same = known if known is not None and known.fingerprint == now else Trend(now, [])
            return replace(same, taken=same.taken or taken)
        earlier = [counts for theirs, counts in prepared.earlier if theirs == org or same_org(theirs, org)]
        if self.previous and len(earlier) < len(prepared.earlier):
            strange = len(prepared.earlier) - len(earlier)
            print(f"warning: {strange} of --previous are of another organisation: not compared", file=sys.stderr)
        return Trend(now, earlier, taken)
