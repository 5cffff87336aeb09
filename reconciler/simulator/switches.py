"""What is not known of the real API (webex-behaviour.md §17) is a named switch with a default.

A tenant sets others under its key `switches`; tests run both positions.
"""

from __future__ import annotations

DEFAULTS: dict[str, str | bool] = {
    # §17.9: PUT /people with callingData=true and without `extension`: "keep" or "clear" it
    "people_put_without_extension": "keep",
    # §4: a number that is already in this location and free: "conflict" (409, live) or "ignore" (documented)
    "number_add_existing": "conflict",
    # §17.8: custom outgoing values after useCustomEnabled false -> true: "retained" or "dropped"
    "custom_permissions_after_off": "retained",
    # §17.2: a second location of the same name: "conflict" (409) or "accept"
    "location_name_duplicate": "conflict",
    # §17.13: GET /locations?name=: "exact" or "prefix"
    "location_name_filter": "exact",
    # §12: forwarding to an outside number without a DID: 400/5700 in some orgs
    "forwarding_needs_number": False,
    # §7: URL_DIALING, UNKNOWN and CASUAL are shown by some orgs and refused on every write
    "unwritable_call_types_shown": False,
    # §1.8: extension-only rows of the numbers list carry `phoneNumber: ""`, or lack the key
    "extension_row_empty_number": True,
}
