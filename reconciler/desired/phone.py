"""National phone numbers, for the advice in error texts: what the number is in E.164."""

from __future__ import annotations


def as_e164(number: str, country: str) -> str:
    """The number in E.164 as it would be dialled in a country (ISO 3166); empty when that cannot be told."""
    from phonenumbers import NumberParseException, PhoneNumberFormat, format_number, is_possible_number, parse

    text = number.strip()
    if text.startswith("00"):
        text = "+" + text[2:]
    try:
        parsed = parse(text, country or None)
    except NumberParseException:
        return ""
    return format_number(parsed, PhoneNumberFormat.E164) if is_possible_number(parsed) else ""
