"""National phone numbers in E.164: for advice, and, where that is certain, in place of what is written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

#: What people write a number with; letters, `*`, `#` and `{extension}` are of something else.
_WRITTEN = re.compile(r"\(?\+?[0-9 ().\u00a0\u202f\u2010-\u2013/-]+")
#: So few digits behind the country code may be an extension just as well.
_LEAST = 7


def as_e164(number: str, country: str, *, certain: bool = False) -> str:
    """The number in E.164 as it would be dialled in a country (ISO 3166); empty when that cannot be told. `certain`:
    only what is a valid number of a country that is said in it, or of this one and written as it is dialled there."""
    text = number.strip()
    if certain and not _WRITTEN.fullmatch(text):
        return ""
    # the country's own way out first (0011, 011), then the one that is written everywhere
    readings = [text, "+" + text[2:]] if text.startswith("00") else [text]
    return next((found for some in readings if (found := _read(some, country, certain))), "")


def _read(text: str, country: str, certain: bool) -> str:
    from phonenumbers import (
        NumberParseException,
        PhoneNumberFormat,
        format_number,
        is_possible_number,
        is_valid_number,
        parse,
    )

    try:
        parsed = parse(text, country or None)
    except NumberParseException:
        return ""
    holds = (is_valid_number(parsed) and _as_dialled(text, country, parsed)) if certain else is_possible_number(parsed)
    return format_number(parsed, PhoneNumberFormat.E164) if holds else ""


def _as_dialled(text: str, country: str, parsed: PhoneNumber) -> bool:
    """Whether it is written with its country code, or as a country's own people write it: without the 0 before it, the
    `221 4710` of a German may be somebody in another town."""
    from phonenumbers import PhoneMetadata, PhoneNumberFormat, format_number, national_significant_number

    own, digits = national_significant_number(parsed), re.sub(r"\D", "", text)
    if len(own) < _LEAST:
        return False
    metadata = PhoneMetadata.metadata_for_region(country) if country else None
    if "+" in text[:2] or metadata is None or parsed.country_code != metadata.country_code:
        return True
    prefix = metadata.national_prefix or ""
    usual = re.sub(r"\D", "", format_number(parsed, PhoneNumberFormat.NATIONAL))
    return digits in (usual, prefix + own) or digits.endswith(f"{parsed.country_code}{own}")
