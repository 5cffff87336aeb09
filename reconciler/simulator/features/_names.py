"""How features of a location are called: lengths (25110), languages, and the names that callers see."""

from __future__ import annotations

import re
from typing import Literal

from ..core import errors
from ..core.bodies import Body
from ..core.routing import Json
from ..core.store import Store

_CODE = re.compile(r"^[a-z]{2}_[a-z]{2}$")
_LANGUAGES = {
    "cs_cz": "Czech", "da_dk": "Danish", "de_de": "German", "en_au": "Australian English", "en_gb": "British English",
    "en_us": "English", "es_co": "Latin American Spanish", "es_es": "Castilian Spanish", "fr_ca": "Canadian French",
    "fr_fr": "French", "it_it": "Italian", "ja_jp": "Japanese", "ko_kr": "Korean", "nl_nl": "Dutch",
    "no_no": "Norwegian", "pl_pl": "Polish", "pt_br": "Brazilian Portuguese", "pt_pt": "Portuguese",
    "sv_se": "Swedish",
}  # fmt: skip
_FORBIDDEN = frozenset('%+\\"')


class DirectLineCallerIdName(Body):
    """Features only know these two of the SDK's four selections."""

    selection: Literal["CUSTOM_NAME", "DISPLAY_NAME"] | None = None
    custom_name: str | None = None


def check_length(name: str, value: str | None, most: int) -> None:
    if value is not None and not 1 <= len(value) <= most:
        raise errors.telephony(400, 25110, f"{name} cannot be less than 1 or greater than {most} characters.")


def check_language(code: str | None) -> None:
    """Telephony writes languages in lower case, and takes no other spelling (§1.8, FB#7)."""
    if code is not None and not _CODE.match(code):
        raise errors.platform(400, "Invalid Language Code")


def language(code: str) -> str:
    """The name that reads give beside the code."""
    return _LANGUAGES.get(code, code)


def language_of(store: Store, location: str) -> str:
    """What a new feature of the location speaks."""
    return str((store.calling_of(location) or {}).get("announcementLanguage") or "en_us")


def check_caller_names(record: Json) -> None:
    """`directLineCallerIdName` and `dialByName` as they would be stored."""
    selected = record.get("directLineCallerIdName") or {}
    if selected.get("selection") == "CUSTOM_NAME" and not selected.get("customName"):
        raise errors.missing_field("directLineCallerIdName.customName")
    spoken = record.get("dialByName") or ""
    if not spoken.isascii() or _FORBIDDEN & set(spoken):
        raise errors.invalid_value("Invalid field value: dialByName")


def show_caller_names(record: Json) -> Json:
    selected = record.get("directLineCallerIdName") or {}
    custom = {"customName": selected["customName"]} if selected.get("customName") else {}
    shown: Json = {"directLineCallerIdName": {"selection": selected.get("selection") or "DISPLAY_NAME", **custom}}
    if record.get("dialByName"):
        shown["dialByName"] = record["dialByName"]
    return shown
