"""Secondary numbers, the same for people and workspaces. The intercom number is one of them (S63, S68).

The write is a delta (`ADD`/`DELETE`), not a desired state, and its field names differ from those of the read
(webex-behaviour.md §11): what is missing is added, what is too many deleted, what is there is not touched.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from reconciler.errors import ApiError
from reconciler.kinds.contract.kind import Reader
from reconciler.kinds.contract.wire import e164_number, read_document, unless_entitled
from reconciler.model.marks import Claim, Ref
from reconciler.model.resource import NumberSet, Resource
from reconciler.model.snapshot import Fields


class SecondaryNumbers(Resource):
    """Numbers beside the primary one; the list is the whole list."""

    secondary: Annotated[NumberSet, Ref("number"), Claim("number"), Field(description="E.164; order is ignored")] = []
    distinctive_ring: Annotated[bool, Field(description="Whether secondary numbers ring differently")] = False


CLEARED: Fields = {"secondary": []}


async def read(reader: Reader, url: str) -> Fields:
    """The section in normal form; NotEntitledError for an object without calling."""
    try:
        document = await read_document(reader, url, preferE164Format="true")
    except ApiError as error:
        raise unless_entitled(error) from None
    return normal(document)


def normal(document: Mapping[str, Any]) -> Fields:
    numbers = (
        e164_number(entry.get("directNumber") or entry.get("external"))  # people, workspaces
        for entry in document.get("phoneNumbers", [])
        if not entry.get("primary")
    )
    fields: Fields = {"secondary": sorted(number for number in numbers if number)}
    if "distinctiveRingEnabled" in document:
        fields["distinctive_ring"] = document["distinctiveRingEnabled"]
    return fields


def delta(now: Fields, want: Fields) -> list[dict[str, Any]]:
    """The entries of the PUT that lead from `now` to `want`; deletions first, so that limits are not hit."""
    have = set(now["secondary"])
    target = set(want["secondary"] or ()) if "secondary" in want else have
    return [
        {"primary": False, "action": action, "directNumber": number}
        for action, numbers in (("DELETE", have - target), ("ADD", target - have))
        for number in sorted(numbers)
    ]
