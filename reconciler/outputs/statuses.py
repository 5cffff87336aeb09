"""What came of reading each artefact, as a table: `status.csv`, `status.json`. No timings: those are the run's."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.inventory.status import Status
from reconciler.kinds import observed, sections_of
from reconciler.outputs.redaction import Redactor
from reconciler.outputs.source import ListedSnapshot, Source
from reconciler.outputs.tables import Row, Table, TableColumn

COLUMNS = (
    TableColumn("artefact", "text", "Kind, section or artefact"),
    TableColumn("result", "text", "ok (0 is ok), not_found, incomplete, forbidden, error: the worst that happened"),
    TableColumn("count", "integer", "How many were read"),
    TableColumn("not_entitled", "integer", "Owners that have no such setting: no calling, or a licence tier too low"),
    TableColumn("failed", "integer", "How many could not be read"),
    TableColumn("http_status", "integer", "What the API answered to the worst of them"),
    TableColumn("scope", "text", "What the token lacks, where that is known"),
    TableColumn("why", "text", "The reason, in words"),
)


def status_table(statuses: list[Status], redactor: Redactor | None) -> Table:
    """The table of these statuses, sorted by artefact."""

    def rows(source: Source) -> Iterator[Row]:
        for status in sorted(statuses, key=lambda one: one.artefact):
            values = status.to_json()
            values["why"] = redactor.text(status.why) if redactor else status.why
            yield tuple(values[column.name] for column in COLUMNS)

    return Table("status", "What came of reading each artefact.", COLUMNS, rows, ("artefact",))


def of_snapshot(snapshot: ListedSnapshot, source: Source) -> list[Status]:
    """What a snapshot still tells without its run: the counts, and what was noted with it of who has none, what was
    refused and what went wrong."""
    found = []
    for name in source.names:
        sections = {one.name: part for part, one in sections_of(name).items() if one.always}
        counts, unknown = dict.fromkeys((name, *sections), 0), dict.fromkeys((name, *sections), 0)
        for current in source.resources(name):
            counts[name] += 1
            unknown[name] += name in observed() and bool(current.unknown)
            for section, part in sections.items():
                counts[section] += current.fields.get(part) is not None
                unknown[section] += part in current.unknown
        for artefact, count in counts.items():
            noted = snapshot.statuses.get(artefact, {})
            found.append(_told(Status.of(artefact, count, noted), unknown[artefact], snapshot.gaps.get(artefact)))
    return found


def _told(status: Status, unknown: int, gap: str | None) -> Status:
    """A status with what the resources say themselves. `unknown`: how many of them lack it for some reason."""
    section = status.artefact not in observed()
    if gap is None and section:
        status.not_entitled = unknown  # without a gap that is the only reason
    elif gap is not None and status.result == "ok":  # from before there was more in a snapshot
        status.result, status.why = "incomplete", gap
        status.failed = status.failed or unknown
    return status
