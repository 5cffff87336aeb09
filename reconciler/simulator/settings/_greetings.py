"""Uploads of custom greetings: a multipart form with one .wav `file`. What was uploaded only shows in reads."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from ..core import errors
from ..core.bodies import Body, parse
from ..core.routing import Reply, Request, route
from ._settings import Setting
from ._subjects import Family, Subject, Target, find

_KEY = "greetings"


class _File(Body):
    """A file part of a form, as the server hands it on."""

    file_name: str
    size: int


class _Upload(Body):
    file: _File


def register(setting: Setting, path: str, name: str, subjects: Iterable[Subject]) -> None:
    """Serve the upload beside the setting."""
    for subject in subjects:
        for family in setting.at[subject]:
            template = subject.path(family, f"{setting.name}/{path}")
            route("POST", template)(partial(_upload, setting, name, subject, family))


def name(target: Target, name: str) -> str:
    """The file name of an uploaded greeting, "" without one."""
    return str(target.own(_KEY).get(name, ""))


def _upload(setting: Setting, name: str, subject: Subject, family: Family, request: Request) -> Reply:
    target = find(request, subject, family, setting.oci, basic=setting.basic)
    file = parse(_Upload, request.document()).file
    if not file.file_name.lower().endswith(".wav") or not file.size:
        raise errors.invalid_value("Invalid field value: file")
    target.keep(_KEY, {**target.own(_KEY), name: file.file_name})
    return Reply(204)
