"""The report of an inventory: what it is made of, and its place beside the other files of an export."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from reconciler.errors import ReconcileError
from reconciler.insights import Insight, InsightsFound, judge
from reconciler.insights.custom import NOTHING, Tuning
from reconciler.inventory.status import Status
from reconciler.kinds import managed, observed
from reconciler.model.snapshot import Current
from reconciler.outputs.folder import RUN, replacing
from reconciler.outputs.redaction import Redactor
from reconciler.outputs.source import ListedSnapshot, Source
from reconciler.outputs.statuses import of_snapshot
from reconciler.report.inventory import InventoryReport, InventoryView, inventory_view
from reconciler.repository.store.layout import MANIFEST, parsed
from reconciler.repository.store.writing import in_one_step

FILE = "report.html"


def report_view(
    snapshot: Any,
    statuses: Iterable[Status] | None,
    *,
    tuning: Tuning = NOTHING,
    earlier: Sequence[Mapping[str, int]] = (),
    fingerprint: str = "",
    taken: str = "",
    tables: str = "",
    redactor: Redactor | None = None,
) -> InventoryView:
    """What the report and the terminal show of a snapshot; `statuses` None: what it tells of them itself.

    With a redactor there is nothing in it that would tell whom it is about. Rules look at the snapshot as it is all the
    same: a masked number belongs to nobody.
    """
    judged = judge(snapshot, tuning)
    shown = _Shown(snapshot, redactor)
    if statuses is None:
        statuses = of_snapshot(snapshot, Source(snapshot))
    hide = redactor.text if redactor else str
    return inventory_view(
        InventoryReport(
            org={name: hide(text) for name, text in snapshot.org.items()},
            snapshot=shown,
            kinds=sorted(snapshot.kinds),
            statuses=[{**status.to_json(), "why": hide(status.why)} for status in statuses],
            judged=_masked(judged, redactor) if redactor else judged,
            earlier=earlier,
            requests=_requests(),
            docs={name: kind.doc for name, kind in managed().items()} | {name: a.doc for name, a in observed().items()},
            fingerprint=fingerprint,
            taken=taken,
            tables=tables,
        )
    )


class _Shown:
    """A snapshot as it is shown: masked where that is asked for."""

    def __init__(self, snapshot: ListedSnapshot, redactor: Redactor | None) -> None:
        self.kinds = list(snapshot.kinds)
        self._snapshot = snapshot
        self._source = Source(snapshot, None, redactor) if redactor else None

    def get(self, kind: str, key: str) -> Current | None:
        return (self._source or self._snapshot).get(kind, key)

    def keys(self, kind: str) -> list[str]:
        if self._source is None:
            return self._snapshot.keys(kind)
        return [current.key for current in self._source.resources(kind)]

    def incomplete(self, kind: str) -> str:
        return self._snapshot.gaps.get(kind, "")


def _masked(judged: InsightsFound, redactor: Redactor) -> InsightsFound:
    def insight(one: Insight) -> Insight:
        return replace(one, address=redactor.text(one.address), what=redactor.text(one.what))

    risk = tuple(replace(one, address=redactor.text(one.address)) for one in judged.risk)
    return replace(judged, insights=tuple(map(insight, judged.insights)), risk=risk)


def _requests() -> dict[str, str]:
    """The API behind every kind and artefact."""
    described = {name: kind.source for name, kind in managed().items()}
    return described | {name: ", ".join(one.requests) for name, one in observed().items()}


def counts_in(folder: Path) -> tuple[str, dict[str, int]] | None:
    """What a snapshot's manifest says: its organisation, and how many of each kind there are. None when there is none
    that can be read."""
    try:
        manifest = parsed((folder / MANIFEST).read_bytes())
        counts = {str(name): int(entry["count"]) for name, entry in manifest["kinds"].items()}
        return str(manifest["org"].get("id") or ""), counts
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None


@dataclass(frozen=True)
class Trend:
    """What the counts of a report are compared with: `earlier` counts by kind, oldest first, for the snapshot with this
    fingerprint, which was `taken` then (empty: not known). An unchanged tenant is compared with the same again, and
    keeps the time at which it was first read so, so that its report has the same bytes."""

    fingerprint: str
    earlier: list[dict[str, int]]
    taken: str = ""


def trend_in(folder: Path) -> Trend | None:
    """What the report in the folder of an export was compared with; None when there is none that says it."""
    try:
        said = json.loads((folder / RUN).read_bytes())["compared"]
        earlier = [{str(name): int(count) for name, count in counts.items()} for counts in said["earlier"]]
        return Trend(str(said["fingerprint"]), earlier, str(said.get("taken") or ""))
    except (OSError, ValueError, RecursionError, LookupError, TypeError, AttributeError):
        return None


def put(folder: Path, text: str, trend: Trend, name: str = FILE) -> Path:
    """Write a page into the folder of an export (0600), and into the list of what is in it; what it is compared with is
    noted in `run.json`. A folder that is not there is made; ReconcileError when it cannot be written."""
    path = folder / name
    data = text.encode("utf-8", "backslashreplace")
    if not (folder / RUN).is_file():
        with replacing(folder, {"compared": asdict(trend)}) as new:
            (new / name).write_bytes(data)
        return path
    try:
        run = json.loads((folder / RUN).read_bytes())
        run["compared"] = asdict(trend)
        run["files"] = dict(sorted({**run["files"], name: hashlib.sha256(data).hexdigest()}.items()))
        in_one_step(path, data)
        in_one_step(folder / RUN, (json.dumps(run, indent=1, ensure_ascii=False) + "\n").encode())
    except (OSError, ValueError, RecursionError, LookupError, TypeError, AttributeError) as error:
        raise ReconcileError("cannot write the report", where=str(path), why=str(error)) from None
    return path
