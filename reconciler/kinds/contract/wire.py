"""How the API spells things: ids, numbers, languages."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit

from reconciler.errors import ApiError, IncompleteError, NotEntitledError
from reconciler.kinds.contract.access import Reader
from reconciler.kinds.contract.kind import Kind
from reconciler.model.snapshot import NOT_AVAILABLE, Current, Fields
from reconciler.model.text import normal, normalised

T = TypeVar("T")


def e164(value: str | None) -> str | None:
    """A number as read → E.164 text, or None when there is none.

    Reads give `+34-910000000` for forwarding destinations, `""` for none, and in some regions no `+`.
    Prefixes, extensions and feature codes are left as they are: only what carries a `+` is a number.
    """
    if not value:
        return None
    return value.replace("-", "").replace(" ", "") if value.startswith("+") else value


def e164_number(value: str | None) -> str | None:
    """As `e164`, for fields that hold nothing but full numbers: a missing `+` is put back (§1.8)."""
    number = e164(value)
    return f"+{number}" if number and number.isdigit() else number


def language(value: str | None) -> str | None:
    """`en_US`, `en-US` and `en_us` are the same language; telephony endpoints want lower case (§1.8)."""
    return value.lower().replace("-", "_") if value else None


def location_of(row: Mapping[str, Any]) -> str:
    """The name of the location in a row of a list, in normal form; empty where it is at none."""
    return normal(str((row.get("location") or {}).get("name") or ""))


def number_rows(reader: Reader, **filters: str) -> AsyncIterator[dict[str, Any]]:
    """Rows of the numbers list (webex-behaviour.md §4), 2,000 a page."""
    return reader.pages(f"{reader.api.session.BASE}/telephony/config/numbers", "phoneNumbers", max="2000", **filters)


async def pstn_type(reader: Reader, location_id: str) -> str:
    """The type of a location's PSTN connection (§5), like `INTEGRATED_CCP`; empty where there is none (404)."""
    try:
        url = reader.api.telephony.pstn.ep(f"locations/{location_id}/connection")
        return str((await read_document(reader, url)).get("pstnConnectionType", ""))
    except ApiError as error:
        if error.status == 404:
            return ""
        raise


def not_calling(error: ApiError) -> bool:
    """Whether an error means "this object has no calling", not "it is not there" (§1.2: 4003 is 400 or 404,
    25409 is 405 for a workspace whose licence tier lacks the setting)."""
    return error.code in ("4003", "25409") or (error.status == 400 and "4003" in error.message)


def unless_entitled(error: ApiError) -> ApiError | NotEntitledError:
    """The error to raise for a failed read of a setting: "not entitled" where that is what it says."""
    if not_calling(error):
        return NotEntitledError(f"{NOT_AVAILABLE}: {error.message}")
    return error


async def setting(reader: Reader, url: str, **params: str) -> dict[str, Any]:
    """The document of a setting as the wire has it; NotEntitledError where the object has no such setting."""
    try:
        return await read_document(reader, url, **params)
    except ApiError as error:
        raise unless_entitled(error) from None


async def read_document(reader: Reader, url: str, **params: str) -> dict[str, Any]:
    """One document as the wire has it. IncompleteError where the answer is none: gateways answer 200 with a page of
    their own, or with nothing."""
    found = await reader.get(url, **params)
    if not isinstance(found, dict):
        what = "nothing" if found in (None, "") else "a text" if isinstance(found, str) else f"a {type(found).__name__}"
        raise IncompleteError(f"the answer is {what}, where a document should be", where=f"GET {urlsplit(url).path}")
    return found


async def section_of(kind: Kind, reader: Reader, owner: Current) -> Fields | None:
    """A section as it is now, in normal form; None where it does not exist. Raises as the kind's `fetch`, and
    IncompleteError where an answer has a form that the kind does not know."""
    assert kind.fetch is not None
    found: Fields | None = normalised(await understood(kind.name, kind.fetch(reader, owner)))
    return found


async def named(reader: Reader, kind: str, remote_id: str, unknown: dict[str, str], field: str) -> str:
    """The name behind an id. Where the list of names cannot be read it is the id, and `unknown` says so of the field:
    it can be compared with nothing."""
    name = await reader.name_of(kind, remote_id)
    if why := reader.unlisted(kind):
        unknown[field] = f"the list of {kind} could not be read: {why}"
    return name


async def understood(name: str, reading: Awaitable[T]) -> T:
    """What a reading gives; IncompleteError where an answer has a form that the kind does not know."""
    try:
        return await reading
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        why = f"{type(error).__name__} {error}"
        raise IncompleteError(f"an answer about {name} has an unknown form", why=why) from None
