"""The announcements that menus, queues, music on hold, … refer to (webex-behaviour.md §14).

    announcements  {id, location: uuid | null for the organisation, name, fileName, fileSize: KB, mediaFileType,
                    lastUpdated, isTextToSpeech, fileUri}

Who plays announcements keeps `{"id": <uuid>}` where the API has an `audioAnnouncementFile`, and says so with
`@on_reference`, so that usage is counted and a used announcement is not deleted (6675).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal

from ..core import errors, ids
from ..core.bodies import Body
from ..core.routing import Json
from ..core.store import Store

References = Callable[[Store], Iterator[tuple[str, Json]]]
_hooks: list[References] = []


class AudioFile(Body):
    """By `id`, and then nothing else counts; or by file name, type and level."""

    id: str | None = None
    file_name: str | None = None
    media_file_type: Literal["WAV"] | None = None
    level: Literal["ORGANIZATION", "LOCATION"] | None = None


def on_reference(hook: References) -> References:
    """Decorator: `hook(store)` yields (announcement uuid, featureReferences entry) for everything that plays one."""
    _hooks.append(hook)
    return hook


def reference(store: Store, feature_id: str, name: str, kind: str, location: str) -> Json:
    """An entry of `featureReferences`; `kind` is "Auto Attendant", "Call Queue" or "Music On Hold"."""
    return {
        "id": feature_id,
        "name": name,
        "type": kind,
        "locationId": ids.encode("LOCATION", location),
        "locationName": store.locations[location]["name"],
    }


def plays(table: str, id_kind: str, kind: str) -> None:
    """Every record of that table of location features plays what it names anywhere inside by the id of an
    announcement."""

    @on_reference
    def found(store: Store) -> Iterator[tuple[str, Json]]:
        for record in store.table(table).values():
            entry = reference(store, ids.encode(id_kind, record["id"]), record["name"], kind, record["location"])
            for key in inside(store, record):
                yield key, entry


def inside(store: Store, value: Any) -> Iterator[str]:
    """The announcements that are named somewhere inside of a record."""
    if isinstance(value, dict):
        if value.get("id") in store.table("announcements"):
            yield value["id"]
        value = list(value.values())
    for inner in value if isinstance(value, list) else ():
        yield from inside(store, inner)


def references(store: Store, key: str) -> list[Json]:
    """Who plays the announcement; a feature that plays it twice counts once."""
    found = [entry for hook in _hooks for used, entry in hook(store) if used == key]
    return [entry for position, entry in enumerate(found) if entry not in found[:position]]


def level(record: Json) -> str:
    return "LOCATION" if record["location"] else "ORGANIZATION"


def resolve(store: Store, location: str, file: AudioFile, path: str = "audioAnnouncementFile") -> Json:
    """What is stored of an `audioAnnouncementFile`: the announcement must be one of the organisation or of that
    location."""
    table = store.table("announcements")
    if file.id is not None:
        # what is read from the store for a merge is a bare uuid
        record = table.get(ids.parse(file.id, "ANNOUNCEMENT", bare=True))
    else:
        for name, value in (("fileName", file.file_name), ("mediaFileType", file.media_file_type),
                            ("level", file.level)):  # fmt: skip
            if value is None:
                raise errors.missing_field(f"{path}.{name}")
        wanted = (file.file_name, file.level)
        record = next((one for one in table.values() if (one["fileName"], level(one)) == wanted
                       and one["location"] in (None, location)), None)  # fmt: skip
    if record is None or record["location"] not in (None, location):
        raise errors.platform(400, "The announcement file does not exist.")
    return {"id": record["id"]}


def show(store: Store, file: Json) -> Json:
    """An `audioAnnouncementFile` as it is read."""
    record = store.table("announcements")[file["id"]]
    return {
        "id": ids.encode("ANNOUNCEMENT", record["id"]),
        "fileName": record["fileName"],
        "mediaFileType": record["mediaFileType"],
        "level": level(record),
    }


def show_file(store: Store, key: str) -> Json:
    """An entry in the list of a feature's announcement files: with the size, a text there."""
    record = store.table("announcements")[key]
    return {
        **show(store, {"id": key}),
        "fileSize": str(record["fileSize"]),
        "isTextToSpeech": bool(record.get("isTextToSpeech")),
    }
