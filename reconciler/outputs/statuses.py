"""What came of reading each artefact, as a table: `status.csv`, `status.json`. No timings: those are the run's."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.inventory.status import Status
from reconciler.kinds import kinds, sections_of
from reconciler.outputs.redaction import Redactor
from reconciler.outputs.source import Readable, Source
from reconciler.outputs.tables import Column, Row, Table

COLUMNS = (
    Column("artefact", "text", "Kind, section or artefact"),
    Column("result", "text", "ok (0 is ok), not_found, incomplete, forbidden, error: the worst that happened"),
    Column("count", "integer", "How many were read"),
    Column("not_entitled", "integer", "Owners that have no such setting: no calling, or a licence tier too low"),
    Column("failed", "integer", "How many could not be read"),
    Column("http_status", "integer", "What the API answered to the worst of them"),
    Column("scope", "text", "What the token lacks, where that is known"),
    Column("why", "text", "The reason, in words"),
)


def status_table(statuses: list[Status], redactor: Redactor | None) -> Table:
    """The table of these statuses, sorted by artefact."""

    def rows(source: Source) -> Iterator[Row]:
        for status in sorted(statuses, key=lambda one: one.artefact):
            values = status.to_json()
            values["why"] = redactor.text(status.why) if redactor else status.why
            yield tuple(values[column.name] for column in COLUMNS)

    return Table("status", "What came of reading each artefact.", COLUMNS, rows, ("artefact",))


def of_snapshot(snapshot: Readable, source: Source) -> list[Status]:
    """What a snapshot without its run still tells: `ok` or `incomplete`, the counts, and the reason of a gap."""
    found = []
    for name in source.names:
        sections = {f"{name}.{part}": part for part in sections_of(name)} if name in kinds() else {}
        own = Status(name)
        parts = {section: Status(section) for section in sections}
        for current in source.resources(name):
            own.count += 1
            own.failed += name not in kinds() and bool(current.unknown)
            for section, part in sections.items():
                status = parts[section]
                if part in current.unknown:
                    # Without a gap only "has no such setting" is unknown; with one, the two cannot be told apart.
                    status.not_entitled += section not in snapshot.gaps
                    status.failed += section in snapshot.gaps
                status.count += current.fields.get(part) is not None
        for status in (own, *parts.values()):
            why = snapshot.gaps.get(status.artefact)
            if why is not None:
                status.result, status.why = "incomplete", why
            found.append(status)
    return found
