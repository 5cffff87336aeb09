"""What an export has read so far, on disk, so that one that was cut off can go on: `.reconcile/export/<org>.jsonl`.

One line per document or page that was read, appended at once; the first line says of which organisation, which part of
it, by which version and since when. A last line that was torn off in the middle is dropped; a file in which anything
else is not as it was written is refused whole. The documents are kept as they came, so the file is for its owner alone
(0600, in a folder 0700), and it goes away with the export that it serves.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from reconciler import __version__
from reconciler.errors import ApiError, ReconcileError, RefusedError
from reconciler.inventory.spool_file import entry_of, make_place, opened, path_of, write
from reconciler.model.remote_id import uuid_of

FORMAT = 2
#: The first line has the names of all kinds; more than this is no first line.
_LONGEST_HEAD = 1_000_000
_AGAIN = "run it without --resume, which begins anew"


@dataclass
class _Kept:
    """Where in the file an answer is: a document, or pages of a list of which the last one came."""

    places: list[tuple[int, int]] = field(default_factory=list)
    whole: bool = False


class Spool:
    """A tape (webex/tape.py) in a file. It knows what was there when it was opened, not what it keeps itself: an export
    asks nothing twice. `began`: when the export began that it serves; `taken`: answers that needed no request;
    `replaced`: when an export began that was cut off here, and is thrown away for this one."""

    replaced: datetime | None = None
    failed = ""  # why no more can be kept; what there is till then is good

    def __init__(self, path: Path, descriptor: int, began: datetime, known: dict[str, _Kept]) -> None:
        self.path, self.began, self.taken = path, began, 0
        self._descriptor, self._known = descriptor, known

    def document(self, request: str) -> Any:
        return self._line(self._known[request].places[0])["document"]

    def rows(self, request: str) -> Iterator[dict[str, Any]]:
        kept = self._known[request]
        if not kept.whole:
            raise LookupError(request)
        return (row for place in kept.places for row in self._line(place)["rows"])

    def keep(self, request: str, document: Any) -> None:
        self._append({"request": request, "document": document, "last": True})

    def keep_page(self, request: str, number: int, rows: list[dict[str, Any]], *, last: bool) -> None:
        self._append({"request": request, "page": number, "rows": rows, "last": last})

    def keep_refusal(self, request: str, error: ApiError, pages: int = 0) -> None:
        told = [error.status, error.message, error.code, error.tracking_id, error.request]
        self._append({"request": request, "page": pages, "error": told, "last": True})

    def done(self) -> None:
        """The export that it served has ended well. Emptied first: that a file can be written does not mean that it can
        be removed."""
        with suppress(OSError):
            os.ftruncate(self._descriptor, 0)
            self.path.unlink(missing_ok=True)
        self.close()

    def close(self) -> None:
        os.close(self._descriptor)

    def _append(self, line: Mapping[str, Any]) -> None:
        if self.failed:
            return
        try:
            write(self._descriptor, line)
        except OSError as error:
            self.failed = error.strerror or str(error)

    def _line(self, place: tuple[int, int]) -> dict[str, Any]:
        self.taken += 1
        line = entry_of(os.pread(self._descriptor, place[1], place[0]))
        if "error" in line:
            status, message, code, tracking_id, request = line["error"]
            raise ApiError(status, message, code=code, tracking_id=tracking_id, request=request)
        return line


def begin(root: Path, org_id: str, selection: Mapping[str, Any], now: datetime) -> Spool | None:
    """A new one; what an earlier export left is thrown away. None where nothing can be written: that costs no more than
    the resumption. LockedError while another export writes it."""
    path = path_of(root, org_id)
    try:
        make_place(root)
        descriptor = opened(path, os.O_CREAT)
        replaced = left_behind(root, org_id)
        os.ftruncate(descriptor, 0)
        write(descriptor, _head(org_id, selection, now))
    except OSError:
        return None
    spool = Spool(path, descriptor, now, {})
    spool.replaced = replaced
    return spool


def resume(root: Path, org_id: str, selection: Mapping[str, Any], now: datetime, within: timedelta) -> Spool:
    """The one that a cut off export left. RefusedError when it is of something else or too old."""
    path = path_of(root, org_id)
    try:
        descriptor = opened(path, 0)
    except FileNotFoundError:
        raise _nothing(path) from None
    except OSError as error:
        why = error.strerror or str(error)
        raise ReconcileError("what was read cannot be opened", where=str(path), why=why, do=_AGAIN) from None
    try:
        known, head, end = _read(path, descriptor)
        if not end:
            raise _nothing(path)
        began = _checked(path, head, _head(org_id, selection, now), now, within)
    except ReconcileError:
        os.close(descriptor)
        raise
    os.ftruncate(descriptor, end)
    return Spool(path, descriptor, began, known)


def left_behind(root: Path, org_id: str) -> datetime | None:
    """When the export began that was cut off here, if there was one."""
    try:
        with path_of(root, org_id).open("rb") as file:
            return datetime.fromisoformat(entry_of(file.readline(_LONGEST_HEAD))["began"])
    except (OSError, ValueError, LookupError, TypeError):
        return None


def _nothing(path: Path) -> ReconcileError:
    return ReconcileError("there is no interrupted export to go on with", where=str(path), do=_AGAIN)


def _head(org_id: str, selection: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    began = now.isoformat(timespec="milliseconds")
    return {
        "format": FORMAT,
        "org": uuid_of(org_id),
        "version": __version__,
        "selection": dict(selection),
        "began": began,
    }


def _checked(path: Path, head: Any, ours: Mapping[str, Any], now: datetime, within: timedelta) -> datetime:
    """When it began, if it is what we would go on with."""
    if not isinstance(head, dict) or head.keys() != ours.keys() or head["format"] != FORMAT:
        raise RefusedError("this is not what an export leaves", where=str(path), do=_AGAIN)
    for name, words in {"org": "organisation", "version": "version of this tool", "selection": "selection"}.items():
        if head[name] != ours[name]:
            why = f"it was {_short(head[name])}, now it is {_short(ours[name])}"
            raise RefusedError(f"the interrupted export was of another {words}", where=str(path), why=why, do=_AGAIN)
    began = _moment(head["began"])
    if began is None:
        raise RefusedError("this is not what an export leaves", where=str(path), do=_AGAIN)
    if now - began > within:
        hours = (now - began).total_seconds() / 3600
        raise RefusedError(
            f"the interrupted export is {hours:.1f} hours old",
            where=str(path),
            why="the tenant may have changed since",
            do=f"{_AGAIN}; or allow it with --resume-within",
        )
    return began.astimezone(UTC)


def _short(value: Any) -> str:
    if isinstance(value, dict):
        value = {name: f"{len(part)} names" if isinstance(part, list) else part for name, part in value.items()}
        return json.dumps({name: part for name, part in value.items() if part}, ensure_ascii=False)
    return str(value)


def _read(path: Path, descriptor: int) -> tuple[dict[str, _Kept], Any, int]:
    """What is in the file, its first line, and where the last whole line ends."""
    known: dict[str, _Kept] = {}
    head: Any = None
    place = 0
    with open(descriptor, "rb", closefd=False) as file:
        file.seek(0)
        for number, line in enumerate(file, start=1):
            if not line.endswith(b"\n"):
                break  # torn off
            try:
                entry = entry_of(line)
                if head is None:
                    head = entry
                else:
                    _learn(known, entry, (place, len(line)))
            except (ValueError, LookupError, TypeError):
                raise RefusedError("what was read is damaged", where=f"{path}:{number}", do=_AGAIN) from None
            place += len(line)
    return known, head, place


def _learn(known: dict[str, _Kept], entry: Mapping[str, Any], place: tuple[int, int]) -> None:
    """A page that is not the next one of its list means that lines are missing: ValueError."""
    page = entry.get("page", 0)
    if page == 0:
        known[entry["request"]] = _Kept()
    kept = known[entry["request"]]
    if page != len(kept.places) or kept.whole:
        raise ValueError("a page is missing")
    if not ({"document", "rows", "error"} & entry.keys()):
        raise ValueError("nothing was answered")
    kept.places.append(place)
    kept.whole = entry["last"]


def _moment(text: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except (ValueError, TypeError):
        return None
    return found if found.tzinfo else None
