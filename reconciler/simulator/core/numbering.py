"""Phone numbers and extensions as text (webex-behaviour.md §1.8)."""

from __future__ import annotations

import re

_E164 = re.compile(r"^\+[1-9]\d{6,14}$")
_TWO_DIGIT_CODES = frozenset(
    (
        "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 "
        "84 86 90 91 92 93 94 95 98"
    ).split()
)
_CODE_OF_COUNTRY = {"US": "1", "CA": "1", "GB": "44", "ES": "34", "DE": "49", "FR": "33"}
# digits behind the country code, where all numbers of a country have at most so many (national numbering plans)
_LONGEST = {"1": 10, "31": 9, "32": 9, "33": 9, "34": 9, "351": 9, "44": 10, "47": 8, "48": 9, "52": 10, "57": 10}
EMERGENCY = frozenset({"000", "110", "112", "911", "999"})
#: Where numbers of the North American plan are dialled, 933 tries whether emergency calls work.
_AMERICA = ("US", "CA")
_TRIAL = "933"


def e164(text: str, country: str = "") -> str | None:
    """`+` and digits; a national 10-digit number gets the country's code. None when it cannot be a number."""
    bare = re.sub(r"[ ().\-]", "", text)
    if len(bare) == 10 and bare.isdigit() and country in _CODE_OF_COUNTRY:
        bare = f"+{_CODE_OF_COUNTRY[country]}{bare}"
    return bare if _E164.match(bare) else None


def too_long(number: str) -> bool:
    """Whether an E.164 number has more digits than its country has in any number."""
    for code, most in _LONGEST.items():
        if number.startswith(f"+{code}"):
            return len(number) - 1 - len(code) > most
    return False


def is_national(number: str, country: str) -> bool:
    """Whether an E.164 number is one of that country, by its code."""
    return number.startswith(f"+{_CODE_OF_COUNTRY.get(country, '?')}")


def emergency(dialled: str, country: str, outside: str = "") -> tuple[str, str] | None:
    """(number, outside digit that was dialled) where a dialled string reaches emergency services: as it is, behind the
    digit that gets one out, and in America behind the 1 of long distance (9911, 1911, 933 by live tests)."""
    for code in ("", outside) if outside else ("",):
        number = dialled[len(code) :]
        if not dialled.startswith(code):
            continue
        if number in EMERGENCY or (country in _AMERICA and number == _TRIAL):
            return number, code
        if country in _AMERICA and number.startswith("1") and number[1:] in EMERGENCY:
            return number[1:], code
    return None


def dashed(number: str) -> str:
    """`+CC-NSN`, the way forwarding destinations are read back; anything else is left alone."""
    if not _E164.match(number):
        return number
    digits = number[1:]
    split = 1 if digits[0] in "17" else 2 if digits[:2] in _TWO_DIGIT_CODES else 3
    return f"+{digits[:split]}-{digits[split:]}"


def undashed(text: str) -> str:
    """What is stored of a destination: an E.164 number without separators, else the text itself."""
    return e164(text) or text.strip()


def extension_fault(extension: str) -> tuple[int, str] | None:
    """(code, text) of an extension that no location accepts, in the words of validateExtensions (§4)."""
    if not extension.isdigit():
        return 4910, "The extension can only contain characters 0-9."
    if not 2 <= len(extension) <= 10:
        return 4909, "The extension length must be between 2 and 10."
    if extension in EMERGENCY:
        return 4911, "The extension cannot be an emergency number."
    return None
