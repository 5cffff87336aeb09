"""The announcement files of a queue: in its settings as `audioAnnouncementFiles` beside a `greeting`, in its services
as `audioFiles` beside a selection. Kept as [{id: bare}], see _announcements.py."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..core import errors
from ..core.routing import Json
from ..core.store import Store
from . import _announcements
from ._announcements import AudioFile

LISTS = ("audioAnnouncementFiles", "audioFiles", "manualAudioFiles")


def clean(store: Store, location: str, block: Json, files: str, selection: str) -> None:
    """Replace the files of one announcement by what is stored of them; CUSTOM needs at least one."""
    if block[selection] == "CUSTOM" and not block[files]:
        raise errors.missing_field(files)
    block[files] = [_announcements.resolve(store, location, AudioFile(**one), files) for one in block[files]]


def show(store: Store, files: list[Json]) -> list[Json]:
    return [_announcements.show_file(store, one["id"]) for one in files]


def played(value: Any) -> Iterator[str]:
    """The uuids of all announcements in these settings, however deep."""
    if not isinstance(value, dict):
        return
    for name, inner in value.items():
        if name in LISTS:
            yield from (one["id"] for one in inner)
        else:
            yield from played(inner)


def blocks(value: Any) -> Iterator[Json]:
    """All objects with `audioAnnouncementFiles` within the settings of a queue."""
    if isinstance(value, dict):
        if "audioAnnouncementFiles" in value:
            yield value
        for inner in value.values():
            yield from blocks(inner)
