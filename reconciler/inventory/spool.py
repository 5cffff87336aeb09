"""What an export has read so far, on disk, so that one that was cut off can go on: `.reconcile/export/<org>.jsonl`.

One line per document or page that was read, appended at once; the first line says of which organisation, which part of
it, by which version and since when. A last line that was torn off in the middle is dropped. The documents are kept as
they came, so the file is for its owner alone (0600), and it goes away with the export that it serves.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from reconciler import __version__
from reconciler.errors import ApiError, LockedError, ReconcileError, RefusedError
from reconciler.kinds._wire import uuid_of

FORMAT = 1
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
        """The export that it served has ended well."""
        self.path.unlink(missing_ok=True)
        self.close()

    def close(self) -> None:
        os.close(self._descriptor)

    def _append(self, line: Mapping[str, Any]) -> None:
        if self.failed:
            return
        try:
            _write(self._descriptor, line)
        except OSError as error:
            self.failed = error.strerror or str(error)

    def _line(self, place: tuple[int, int]) -> dict[str, Any]:
        self.taken += 1
        line: dict[str, Any] = json.loads(os.pread(self._descriptor, place[1], place[0]))
        if "error" in line:
            status, message, code, tracking_id, request = line["error"]
            raise ApiError(status, message, code=code, tracking_id=tracking_id, request=request)
        return line


def begin(root: Path, org_id: str, selection: Mapping[str, Any], now: datetime) -> Spool | None:
    """A new one; what an earlier export left is thrown away. None where nothing can be written: that costs no more than
    the resumption. LockedError while another export writes it."""
    path = _path(root, org_id)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not (root / ".reconcile" / ".gitignore").exists():
            (root / ".reconcile" / ".gitignore").write_text("*\n", encoding="utf-8")
        descriptor = _opened(path, os.O_CREAT)
        replaced = left_behind(root, org_id)
        os.ftruncate(descriptor, 0)
        _write(descriptor, _head(org_id, selection, now))
    except OSError:
        return None
    spool = Spool(path, descriptor, now, {})
    spool.replaced = replaced
    return spool


def resume(root: Path, org_id: str, selection: Mapping[str, Any], now: datetime, within: timedelta) -> Spool:
    """The one that a cut off export left. RefusedError when it is of something else or too old."""
    path = _path(root, org_id)
    try:
        descriptor = _opened(path, 0)
    except FileNotFoundError:
        raise ReconcileError("there is no interrupted export to go on with", where=str(path), do=_AGAIN) from None
    try:
        known, head, end = _read(path, descriptor)
        began = _checked(path, head, _head(org_id, selection, now), now, within)
    except ReconcileError:
        os.close(descriptor)
        raise
    os.ftruncate(descriptor, end)
    return Spool(path, descriptor, began, known)


def left_behind(root: Path, org_id: str) -> datetime | None:
    """When the export began that was cut off here, if there was one."""
    try:
        with _path(root, org_id).open("rb") as file:
            return datetime.fromisoformat(json.loads(file.readline())["began"])
    except (OSError, ValueError, LookupError, TypeError):
        return None


def _path(root: Path, org_id: str) -> Path:
    return root / ".reconcile" / "export" / f"{uuid_of(org_id)}.jsonl"


def _opened(path: Path, how: int) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | how, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise LockedError(
            "another export of this organisation is under way here", do="wait for its end, or use --no-cache"
        ) from None
    return descriptor


def _write(descriptor: int, line: Mapping[str, Any]) -> None:
    """One write per line, past all buffers of ours: whatever ends the process, whole lines are there."""
    data = json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass") + b"\n"
    while data:
        data = data[os.write(descriptor, data) :]


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
    began = datetime.fromisoformat(head["began"])
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
                entry = json.loads(line)
                if head is None:
                    head = entry
                else:
                    _learn(known, entry, (place, len(line)))
            except (ValueError, LookupError, TypeError):
                raise RefusedError("what was read is damaged", where=f"{path}:{number}", do=_AGAIN) from None
            place += len(line)
    return known, head, place


def _learn(known: dict[str, _Kept], entry: Mapping[str, Any], place: tuple[int, int]) -> None:
    if entry.get("page", 0) == 0:
        known[entry["request"]] = _Kept()
    kept = known[entry["request"]]
    kept.places.append(place)
    kept.whole = entry["last"]
