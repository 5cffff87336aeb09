"""National phone numbers in E.164: for advice, and, where that is certain, in place of what is written."""

from __future__ import annotations

import re

#: What people write a number with; letters, `*`, `#` and `{extension}` are of something else.
_WRITTEN = re.compile(r"\+?[0-9 ().\u00a0/-]+")


def as_e164(number: str, country: str, *, certain: bool = False) -> str:
    """The number in E.164 as it would be dialled in a country (ISO 3166); empty when that cannot be told. `certain`:
    only what is a valid number there, of a country that is known or said in the number."""
    from phonenumbers import (
        NumberParseException,
        PhoneNumberFormat,
        format_number,
        is_possible_number,
        is_valid_number,
        parse,
    )

    text = number.strip()
    if certain and not _WRITTEN.fullmatch(text):
        return ""
    if text.startswith("00"):
        text = "+" + text[2:]
    try:
        parsed = parse(text, country or None)
    except NumberParseException:
        return ""
    holds = is_valid_number if certain else is_possible_number
    return format_number(parsed, PhoneNumberFormat.E164) if holds(parsed) else ""
