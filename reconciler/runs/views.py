"""The files beside a journal, written as the journal grows, and completed from it after a crash."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from reconciler.files.wholefile import private, write_whole
from reconciler.model.plan import Plan
from reconciler.report.closing import summary_markdown
from reconciler.runs import summaries
from reconciler.runs.journal import Journal, records
from reconciler.runs.view_lines import AFTER, BEFORE, ERROR, OK, ViewLines

SUMMARY_TEXT = "summary.md"


class JournalViews:
    """The views of one run. They are not the evidence: one that cannot be written is said, and the run goes on; the
    next `resume` or the end of the run completes it from the journal."""

    def __init__(self, folder: Path, plan: Plan) -> None:
        self.folder, self.plan, self.run = folder, plan, folder.name
        self._broken = False
        self._catch_up()

    def name(self, view: str) -> Path:
        """`…_ok.csv` and `…_error.jsonl` carry the run's name, because they are passed on."""
        return self.folder / (f"{self.run}_{view}" if view in (OK, ERROR) else view)

    def _catch_up(self) -> None:
        """Bring the files to where the journal is: what a crash tore or left out is put right."""
        texts = self._texts(frozenset())
        if self._trail.taken_back:
            texts = self._texts(frozenset(self._trail.taken_back))
        for view, lines in texts.items():
            self._try(_complete, self.name(view), "".join(lines))

    def _texts(self, without: frozenset[str]) -> dict[str, list[str]]:
        """The lines of each view."""
        self._trail = ViewLines(self.plan, self.run, without)
        texts: dict[str, list[str]] = {OK: [], ERROR: []}
        for view, line in (*self._trail.header(), *self._lines()):
            texts.setdefault(view, []).append(line)
        return texts

    def _lines(self) -> Iterator[tuple[str, str]]:
        for record in records(self.folder):
            yield from self._trail.feed(record)

    def feed(self, record: dict[str, Any]) -> None:
        """One more record, which is on the disk already."""
        for view, line in self._trail.feed(record):
            self._try(_append, self.name(view), line)
        if record["event"] == "run ended" and self._trail.taken_back - self._trail.without:
            self._catch_up()  # what was applied by its own reading back, and at the end was not so

    def close(self, journal: Journal, budget: dict[str, Any] | None = None) -> dict[str, Any]:
        """Write the summary in both forms; the data. A view that could not be written is made anew from the records."""
        if self._broken:
            self._broken = False
            self._catch_up()
        files = [path.name for path in map(self.name, (OK, ERROR, BEFORE, AFTER)) if path.exists()]
        told = summaries.summary(self.plan, self.run, records(self.folder), budget=budget, files=files)
        found = summaries.checked(told)
        journal.summary(found.model_dump(exclude_defaults=True))
        data = found.model_dump()
        self._try(write_whole, self.folder / SUMMARY_TEXT, summary_markdown(data))
        return data

    def _try(self, write: Callable[[Path, bytes], None], path: Path, text: str) -> None:
        if self._broken:
            return
        try:
            write(path, text.encode("utf-8", "backslashreplace"))
        except OSError as error:
            self._broken = True
            print(f"warning: {path}: {error.strerror}; the journal has it all", file=sys.stderr)


def _complete(path: Path, whole: bytes) -> None:
    """Append what is missing; a file that is not the beginning of what it should be is written anew."""
    try:
        have = path.read_bytes()
    except FileNotFoundError:
        have = None
    if have is not None and whole.startswith(have):
        if len(have) < len(whole):
            _append(path, whole[len(have) :])
    else:
        write_whole(path, whole)


def _append(path: Path, data: bytes) -> None:
    with open(path, "ab", opener=private) as file:
        file.write(data)
