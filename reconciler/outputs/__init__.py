"""The inventory as files: CSV, JSON, JSONL, SQLite and Parquet, made from a snapshot and nothing else.

`write(folder, snapshot, …)` streams resource by resource. The same snapshot gives the same bytes; what belongs to the
run stands in `run.json` alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from reconciler.inventory.status import Status
from reconciler.outputs import documenting, odt
from reconciler.outputs.asking import LAYOUTS, Request, asked
from reconciler.outputs.folder import refuse_foreign, replacing
from reconciler.outputs.formats import FORMATS, TableWriter, open_writer
from reconciler.outputs.redaction import Redactor
from reconciler.outputs.source import ListedSnapshot, Source
from reconciler.outputs.statuses import of_snapshot, status_table
from reconciler.outputs.tables import Row, Table, tables
from reconciler.outputs.views import views

__all__ = ["FORMATS", "LAYOUTS", "Request", "WrittenOutputs", "asked", "refuse_foreign", "write"]

FORMAT_VERSION = 1
#: The formats of the status that are always written.
TOP = ("csv", "json")


@dataclass(frozen=True)
class WrittenOutputs:
    """What was written: where, and how many rows of each table."""

    folder: Path
    rows: dict[str, int]

    @property
    def summary(self) -> str:
        return f"{len(self.rows)} tables, {sum(self.rows.values()):,} rows in {self.folder}"


def write(
    folder: Path, snapshot: ListedSnapshot, statuses: Iterable[Status] | None, request: Request, **run: object
) -> WrittenOutputs:
    """Write a snapshot into a folder, which it replaces when all went well. `statuses` None: what the snapshot tells;
    `run` is what `run.json` says of the run beside when it was and how long it took, like how many requests it made.

    ReconcileError when it cannot be written; RefusedError when the folder holds what no export wrote.
    """
    redactor = Redactor(request.key) if request.redact else None
    source = Source(snapshot, request.kinds, redactor)
    found = list(statuses) if statuses is not None else of_snapshot(snapshot, source)
    rows: dict[str, int] = {}
    status = status_table(found, redactor)
    made = odt.tables(found, rows) if request.layout == "odt" else [*tables(source.names), *views(source), status]
    about = {
        "format_version": FORMAT_VERSION,
        "org": {name: redactor.text(text) if redactor else text for name, text in snapshot.org.items()},
        "layout": request.layout,
        "formats": list(request.formats),
        "redacted": request.redact,
        "started": datetime.fromtimestamp(request.began, UTC).isoformat(timespec="seconds"),
        **run,
    }
    with replacing(folder, about) as new:
        if request.layout == "odt":
            _all(new / "exports", made, request.formats, source, rows, flat=True)
        else:
            _all(new, made, request.formats, source, rows)
            _all(new, [status], TOP, source, rows, flat=True)  # at the top, whatever the formats
        (new / "columns.json").write_text(documenting.as_json(made), encoding="utf-8")
        (new / "columns.md").write_text(documenting.as_markdown(made), encoding="utf-8")
        about["seconds"] = round(time.time() - request.began, 3)
    return WrittenOutputs(folder, rows)


def _all(
    folder: Path,
    made: list[Table],
    formats: Iterable[str],
    source: Source,
    counts: dict[str, int],
    *,
    flat: bool = False,
) -> None:
    """Each table in every format, its rows made once; `counts` learns how many."""
    with ExitStack() as stack:
        writers: dict[str, TableWriter] = {}
        for name in formats:
            place = folder if flat or name == "sqlite" else folder / name
            place.mkdir(parents=True, exist_ok=True)
            writers[name] = open_writer(name, place)
            stack.callback(writers[name].close)
        for table in made:
            # `status` has its place at the top in these two
            puts = [w.begin(table) for name, w in writers.items() if flat or table.name != "status" or name not in TOP]
            counts[table.name] = _one(table, puts, source)


def _one(table: Table, puts: list[Callable[[Row], None]], source: Source) -> int:
    count = 0
    for row in table.rows(source):
        for put in puts:
            put(row)
        count += 1
    return count
