"""Announcement repository of the organisation and of its locations ("Features: Announcement Repository";
webex-behaviour.md §14). An upload is a multipart form with `name` and `file`, or JSON with the `fileUri` of a file
that was uploaded before; that upload itself, to a storage outside of the API, does not happen here."""

from __future__ import annotations

import math
import re
from typing import Annotated

from pydantic import Field

from ..core import bodies, calling, errors, ids, paging
from ..core.bodies import Body
from ..core.routing import Json, Reply, Request, route, unserved
from ..core.store import Store
from . import _announcements

_ORGANISATION = "/telephony/config/announcements"
_LOCATION = "/telephony/config/locations/{locationId}/announcements"
unserved(f"{_ORGANISATION}/playlists")
_MAX_AUDIO_KB = 9_600
_MAX_VIDEO_KB = 120_000
_LIMIT_MB = 1_000
_MEDIA = re.compile(r"^cmf://customers/(?P<org>[^/]+)/media/urls/(?P<path>.+)$")


_announcements.plays("auto_attendants", "AUTO_ATTENDANT", "Auto Attendant")


class File(Body):
    """A file part of a form, as the server hands it on."""

    file_name: Annotated[str, Field(min_length=1, max_length=80)]
    content_type: str | None = None
    size: int


class Upload(Body):
    name: Annotated[str, Field(min_length=1, max_length=256)]
    file: File | None = None
    file_uri: Annotated[str, Field(max_length=256)] | None = None
    file_name: Annotated[str, Field(min_length=1, max_length=80)] | None = None
    is_text_to_speech: bool = False


def _location(request: Request) -> str | None:
    """The location of the path; None on the organisation's paths."""
    if "locationId" not in request.params:
        return None
    calling.calling_half(request)
    return str(calling.location(request)["id"])


def _find(request: Request) -> Json:
    """An announcement of just this level: others are not found here."""
    location = _location(request)
    record = request.store.table("announcements").get(request.uuid("announcementId", "ANNOUNCEMENT"))
    if record is None or record["location"] != location:
        raise errors.not_found()
    return record


def _show(store: Store, record: Json) -> Json:
    """Sizes are texts (§1.8), and the moment has neither T nor zone."""
    return {
        "id": ids.encode("ANNOUNCEMENT", record["id"]),
        "name": record["name"],
        "fileName": record["fileName"],
        "fileSize": str(record["fileSize"]),
        "mediaFileType": record["mediaFileType"],
        "lastUpdated": record["lastUpdated"],
        "isTextToSpeech": bool(record.get("isTextToSpeech")),
    }


def _row(store: Store, record: Json) -> Json:
    row = {**_show(store, record), "level": _announcements.level(record)}
    if location := record["location"]:
        row["location"] = {"id": ids.encode("LOCATION", location), "name": store.locations[location]["name"]}
    return row


def _wanted(request: Request, record: Json) -> bool:
    """`locationId` is `all`, `locations` or one location; without it only the organisation's are listed."""
    query, chosen = request.query, request.query.get("locationId")
    if chosen is None:
        fits = record["location"] is None
    elif chosen == "all":
        fits = True
    elif chosen == "locations":
        fits = record["location"] is not None
    else:
        fits = record["location"] == ids.parse(chosen, "LOCATION")
    return fits and all(
        query[name].lower() in str(record[field]).lower()
        for name, field in (("fileName", "fileName"), ("name", "name"), ("mediaFileType", "mediaFileType"))
        if name in query
    )


@route("GET", _ORGANISATION)
def list_announcements(request: Request) -> Reply:
    """Fetch list of announcement greetings on location and organization level."""
    store, order = request.store, request.query.get("order")
    rows = [record for record in store.table("announcements").values() if _wanted(request, record)]
    if order in ("fileName", "fileSize"):
        rows.sort(key=lambda record: record[order])
    return paging.by_offset(request, rows, "announcements", default=2000, limit=2000, show=lambda row: _row(store, row))


@route("GET", _ORGANISATION + "/{announcementId}", _LOCATION + "/{announcementId}")
def get_announcement(request: Request) -> Reply:
    """Fetch details of a binary announcement greeting: with who plays it, without level and location."""
    record = _find(request)
    used = _announcements.references(request.store, record["id"])
    counted: Json = {"featureReferenceCount": len(used), "featureReferences": used}
    return Reply(200, {**_show(request.store, record), **counted})


def _read(request: Request) -> Upload:
    """The form or JSON body. The SDK writes `is_text_to_speech` and sends it as a text."""
    document = request.document()
    if "is_text_to_speech" in document:
        document = {**document, "isTextToSpeech": document["is_text_to_speech"]}
    body = bodies.parse(Upload, document)
    if body.file is None and body.file_uri is None:
        raise errors.missing_field("file")
    if body.file_uri is not None:
        if body.file_name is None:
            raise errors.missing_field("fileName")
        found = _MEDIA.match(body.file_uri)
        if found is None or found["org"] != request.store.org["id"]:
            raise errors.invalid_value("Invalid field value: fileUri")
    name = body.file.file_name if body.file else str(body.file_name)
    if not name.lower().endswith(".wav"):
        raise errors.invalid_value("Only WAV files are supported.")
    if body.file is not None and body.file.size > _MAX_AUDIO_KB * 1024:
        raise errors.platform(400, f"The file is larger than {_MAX_AUDIO_KB} KB.")
    return body


def _check_name(store: Store, name: str, location: str | None, record: Json | None) -> None:
    for other in store.table("announcements").values():
        if other is not record and other["location"] == location and other["name"].lower() == name.lower():
            status = 409 if store.switches["feature_name_duplicate"] == "conflict" else 400
            raise errors.platform(status, f"The announcement {name} already exists.")


def _fill(store: Store, record: Json, body: Upload) -> None:
    """Of a file that was uploaded elsewhere the size is not known here."""
    size = max(1, math.ceil(body.file.size / 1024)) if body.file else 1
    record.update(
        {
            "name": body.name,
            "fileName": body.file.file_name if body.file else body.file_name,
            "fileSize": size,
            "mediaFileType": "WAV",
            "lastUpdated": store.clock.stamp()[:19].replace("T", " "),
            "isTextToSpeech": body.is_text_to_speech,
            "fileUri": body.file_uri or _uri(store, f"announcements/{record['id']}"),
        }
    )


def _uri(store: Store, path: str) -> str:
    return f"cmf://customers/{store.org['id']}/media/urls/{path}"


@route("POST", _ORGANISATION, _LOCATION)
def upload_announcement(request: Request) -> Reply:
    """Upload a binary announcement greeting at the organization or location level."""
    store, location, body = request.store, _location(request), _read(request)
    _check_name(store, body.name, location, None)
    record: Json = {"id": store.new_id("announcements"), "location": location}
    _fill(store, record, body)
    store.table("announcements")[record["id"]] = record
    return Reply(201, {"id": ids.encode("ANNOUNCEMENT", record["id"])})


@route("PUT", _ORGANISATION + "/{announcementId}", _LOCATION + "/{announcementId}")
def modify_announcement(request: Request) -> Reply:
    """Modify a binary announcement greeting; the id stays, so who plays it plays the new file."""
    store, record, body = request.store, _find(request), _read(request)
    _check_name(store, body.name, record["location"], record)
    _fill(store, record, body)
    return Reply(204)


@route("DELETE", _ORGANISATION + "/{announcementId}", _LOCATION + "/{announcementId}")
def delete_announcement(request: Request) -> Reply:
    """Delete an announcement greeting; 400/6675 while something plays it."""
    store, record = request.store, _find(request)
    if _announcements.references(store, record["id"]):
        raise errors.broadworks(400, 6675, "The announcement is referenced and cannot be deleted.")
    del store.table("announcements")[record["id"]]
    return Reply(204)


@route("GET", _ORGANISATION + "/usage", _LOCATION + "/usage")
def get_usage(request: Request) -> Reply:
    """Fetch repository usage for announcements, of one level."""
    location = _location(request)
    sizes = [one["fileSize"] for one in request.store.table("announcements").values() if one["location"] == location]
    return Reply(
        200,
        {
            "totalFileSizeUsedKB": sum(sizes),
            "maxAudioFileSizeAllowedKB": _MAX_AUDIO_KB,
            "maxVideoFileSizeAllowedKB": _MAX_VIDEO_KB,
            "totalFileSizeLimitMB": _LIMIT_MB,
        },
    )


@route("GET", _ORGANISATION + "/{announcementId}/fileUri", _LOCATION + "/{announcementId}/fileUri")
def get_file_uri(request: Request) -> Reply:
    """Get Announcement File URI, Get Location Announcement File URI."""
    return Reply(200, {"fileUri": _find(request)["fileUri"]})


def _signed(what: str, key: str) -> Json:
    return {
        "preSignedUrl": f"https://s3.example.com/wxc-media/{what}/{key}?X-Amz-Signature=simulated",
        "kmsKeyUri": f"kms://kms.example.com/keys/{key}",
    }


@route("POST", _ORGANISATION + "/uploadUrls/actions/generate/invoke")
def generate_upload_url(request: Request) -> Reply:
    """Generate Upload URL: where a file goes before its announcement is created."""
    key = request.store.new_id("media")
    return Reply(200, {**_signed("uploads", key), "fileUri": _uri(request.store, f"tmp/{key}")})


@route("GET", "/telephony/config/media/urls/{s3Path}", "/telephony/config/media/urls/{folder}/{s3Path}")
def get_media_download_url(request: Request) -> Reply:
    """Get Media Download URL, for what stands behind `/media/urls/` in a `fileUri`."""
    path = "/".join(request.params[name] for name in ("folder", "s3Path") if name in request.params)
    uri = _uri(request.store, path)
    for record in request.store.table("announcements").values():
        if record.get("fileUri") == uri:
            return Reply(200, _signed("downloads", record["id"]))
    raise errors.not_found()
