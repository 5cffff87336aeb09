"""Which licences go together (webex-behaviour.md §9; the 400s of "Assign Licenses to Users").

A licence record may carry `implicit: true` (cannot be removed) and `exclusive: name` (one of that list only). Offer
codes of Attendant Console, Customer Experience and the free tiers are the simulator's own; the document names none.
"""

from __future__ import annotations

from ..core import calling, errors
from ..core.routing import Json
from ..core.store import Store

PROFESSIONAL, STANDARD, ATTENDANT, EXPERIENCE = "BCSTD", "BCBAS", "BCATT", "CXESS"
MESSENGER = "MSGR"
# offer: (the free one that it wants, code, text)
_PREREQUISITES = {
    "MSPAID": ("MSFREE", 700003, "Free teams messaging mandatory for paid teams messaging license."),
    "MTPAID": ("MTFREE", 700004, "Free teams meeting mandatory for paid teams meeting license."),
    "MTTEAMS": ("MSFREE", 700005, "Free teams messaging mandatory for teams meeting license."),
}
_NOT_APPLIED = "The following license(s) could not be applied as requested:"


def refused(code: int, message: str, text: str) -> errors.ApiError:
    body = {
        "message": message,
        "errors": [{"errorCode": code, "description": text}],
        "trackingId": errors.tracking_id(),
    }
    return errors.ApiError(400, body, code)


def check_removal(store: Store, key: str) -> None:
    """Implicit licences stay (700006)."""
    if store.licenses[key].get("implicit"):
        text = f"{store.licenses[key]['name']} {calling.license_id(store, key)} is implicitly assigned and cannot be"
        raise refused(700006, "License removal not allowed", f"{text} removed")


def check_addition(store: Store, before: list[str], held: list[str], key: str) -> None:
    """`before` is what the person had, `held` what is left of it and what was added by the same request so far."""
    offer, had, has = store.licenses[key]["offer"], _offers(store, before), _offers(store, held)
    shown = calling.license_id(store, key)
    if offer == MESSENGER:
        text = f"User management of Messenger license {shown} is not supported"
        raise refused(400118, "License management not supported", text)
    if offer == STANDARD and PROFESSIONAL in had:
        text = "Changing a user's Webex Calling license from Professional to Standard is not allowed."
        raise refused(400112, "License assignment failed", f"{text} {_NOT_APPLIED} {shown}")
    if offer == STANDARD and EXPERIENCE in had and EXPERIENCE not in has:
        text = "Changing a user's license from CX Essential to Webex Calling Standard is not allowed."
        raise refused(400410, "License downgrade not allowed", f"{text} {_NOT_APPLIED} {shown}")
    _check_pairs({offer, *has}, shown)
    if offer in (PROFESSIONAL, STANDARD) and has & {PROFESSIONAL, STANDARD}:
        raise _together(400404, "Webex Calling Professional and Standard License", shown)
    group = store.licenses[key].get("exclusive")
    if group and any(store.licenses[one].get("exclusive") == group for one in held):
        text = f"Could not apply the following license(s): {shown} as the user can be assigned only one of licenses"
        raise refused(400413, "License conflict", f"{text} with the offer code from the list: {group}")


def check_result(store: Store, added: list[str], held: list[str]) -> None:
    """What only the whole request shows: Attendant Console needs Professional, paid tiers need free ones."""
    has = _offers(store, held)
    for key in held:
        offer, shown = store.licenses[key]["offer"], calling.license_id(store, key)
        if offer == ATTENDANT and PROFESSIONAL not in has:
            text = (
                "User needs Webex Calling Professional license to be assigned before assigning Webex Attendant Console"
            )
            raise refused(400408, "License prerequisite missing", f"{text} Webex Attendant Console: {shown}")
    for key in added:
        offer = store.licenses[key]["offer"]
        wanted, code, text = _PREREQUISITES.get(offer, ("", 0, ""))
        if wanted and wanted not in has:
            text = f"{text} The following license could not be applied as requested: {calling.license_id(store, key)}"
            raise refused(code, "License prerequisite missing", text)


def _check_pairs(offers: set[str], shown: str) -> None:
    if STANDARD in offers and ATTENDANT in offers:
        raise _together(400406, "Webex Calling Standard and Webex Attendant Console licenses", shown)
    if STANDARD in offers and EXPERIENCE in offers:
        raise _together(400407, "Webex Calling Standard and CX Essential licenses", shown)


def _together(code: int, names: str, shown: str) -> errors.ApiError:
    return refused(code, "License conflict", f"User cannot have both {names} together. {_NOT_APPLIED} {shown}")


def _offers(store: Store, keys: list[str]) -> set[str]:
    return {store.licenses[key]["offer"] for key in keys}


def missing_properties(text: str) -> errors.ApiError:
    described = "Each Webex Calling license should contain its own calling properties."
    described = f"{described} The following license(s) do not have properties: {text}"
    return refused(400411, "License properties missing", described)


def unknown_location() -> errors.ApiError:
    return refused(400, "Unable to find location", "Unable to find location.")


def check_sites(store: Store, sites: list[Json]) -> None:
    """Attendee accounts are for the sites of the organisation (`org.siteUrls`) only."""
    wrong = [one["siteUrl"] for one in sites if one["siteUrl"] not in store.org.get("siteUrls", ())]
    if wrong:
        text = f"Request contains invalid attendee siteUrls: {', '.join(wrong)}"
        raise refused(400216, "Invalid site URL", text)
