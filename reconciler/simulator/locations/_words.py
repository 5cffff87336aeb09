"""Time zones and countries that exist: IANA's list of zones, and the ISO 3166 codes that come with it."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from zoneinfo import ZoneInfo

from ..core import errors, switches
from ..core.routing import Json
from ..core.store import Store

switches.declare(
    "location_unknown_words", "refuse", "accept", row="2",
    text="a location whose time zone or country does not exist: 400, or taken as it is",
)  # fmt: skip


def check(store: Store, body: Json) -> None:
    """400 for a time zone or a country of a write body that nobody knows."""
    if store.switches["location_unknown_words"] == "accept":
        return
    zone, country = body.get("timeZone"), (body.get("address") or {}).get("country")
    if zone is not None and not _is_zone(zone):
        raise errors.invalid_value("Invalid value for timeZone")
    if country is not None and country not in _countries():
        raise errors.invalid_value("Invalid value for address.country")


@lru_cache(maxsize=256)
def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # a path, a name that is too long, one that is none
        return False
    return True


@lru_cache(maxsize=1)
def _countries() -> frozenset[str]:
    table = (resources.files("tzdata") / "zoneinfo" / "iso3166.tab").read_text("utf-8")
    return frozenset(line[:2] for line in table.splitlines() if not line.startswith("#"))
