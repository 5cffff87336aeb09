"""A new number that has more or fewer digits than numbers of its country have: the API refuses to add it (8362)."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.plan import Finding
from reconciler.planning.guards.proposal import Proposal

RULE = "number-length"


def check(proposal: Proposal) -> Iterator[Finding]:
    for change in proposal.changes:
        if change.kind == "number" and change.action == "create" and (why := _fault(change.key)):
            do = "correct it; if the country has such numbers by now, lift this"
            yield Finding(RULE, change.address, why, do, f"{RULE}:{change.key}")


def _fault(number: str) -> str:
    """In words; empty where the length is one that there is."""
    from phonenumbers import (  # a third of a second, and only new numbers need it
        NumberParseException,
        ValidationResult,
        is_possible_number_with_reason,
        parse,
        region_code_for_country_code,
    )

    try:
        parsed = parse(number)
    except NumberParseException:
        return "no country has numbers that begin so"
    result = is_possible_number_with_reason(parsed)
    if result in (ValidationResult.IS_POSSIBLE, ValidationResult.IS_POSSIBLE_LOCAL_ONLY):
        return ""
    country = region_code_for_country_code(parsed.country_code or 0)
    words = {ValidationResult.TOO_LONG: "too long", ValidationResult.TOO_SHORT: "too short"}
    return f"it is {words.get(result, 'of no length that there is')} for a number of +{parsed.country_code} ({country})"
