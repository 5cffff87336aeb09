"""Secondary numbers of people and workspaces. The intercom number is one of them (S63, S68).

API: read `/people/{id}/features/numbers`, write `/telephony/config/people/{id}/numbers` (webex-behaviour.md §11); of
workspaces of the professional tier only: others answer 405/25409 (§13).

The write is a delta (`ADD`/`DELETE`), not a desired state, and its field names differ from those of the read
(webex-behaviour.md §11): what is missing is added, what is too many deleted, what is there is not touched.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from reconciler.kinds.contract.access import Reader, Writer
from reconciler.kinds.contract.kind import Calls, SectionKind
from reconciler.kinds.contract.observed import filled, url
from reconciler.kinds.contract.owners import CONFIG, FEATURES, PERSON, WORKSPACE, Owner
from reconciler.kinds.contract.wire import e164_number, setting
from reconciler.model.marks import Claim, Ref
from reconciler.model.resource import NumberSet, Resource
from reconciler.model.snapshot import Current, Fields


class SecondaryNumbers(Resource):
    """Numbers beside the primary one; the list is the whole list."""

    secondary: Annotated[NumberSet, Ref("number"), Claim("number"), Field(description="E.164; order is ignored")] = []
    distinctive_ring: Annotated[bool, Field(description="Whether secondary numbers ring differently")] = False


def _normal(document: Mapping[str, Any]) -> Fields:
    numbers = (
        e164_number(entry.get("directNumber") or entry.get("external"))  # people, workspaces
        for entry in document.get("phoneNumbers", [])
        if not entry.get("primary")
    )
    fields: Fields = {"secondary": sorted(number for number in numbers if number)}
    if "distinctiveRingEnabled" in document:
        fields["distinctive_ring"] = document["distinctiveRingEnabled"]
    return fields


def _delta(now: Fields, want: Fields) -> list[dict[str, Any]]:
    """The entries of the PUT that lead from `now` to `want`; deletions first, so that limits are not hit."""
    have = set(now["secondary"])
    target = set(want["secondary"] or ()) if "secondary" in want else have
    return [
        {"primary": False, "action": action, "directNumber": number}
        for action, numbers in (("DELETE", have - target), ("ADD", target - have))
        for number in sorted(numbers)
    ]


def _of(owner: Owner, flag: str, **more: Any) -> SectionKind:
    """`flag` is what a write calls the distinctive ring; leaving it out would reset it."""
    read, write_to = owner.path(FEATURES, "numbers"), owner.path(CONFIG, "numbers")
    parameter = f"{{{owner.parameter}}}"

    async def fetch(reader: Reader, current: Current) -> Fields | None:
        return _normal(await setting(reader, url(reader, filled(read, current)), preferE164Format="true"))

    async def write(writer: Writer, current: Current, now: Fields | None, want: Fields) -> None:
        now = now or {"secondary": []}
        ring = want.get("distinctive_ring", now.get("distinctive_ring", False))
        body = {flag: ring, "phoneNumbers": _delta(now, want)}
        await writer.send("PUT", url(writer, filled(write_to, current)), body)

    return SectionKind(
        name=f"{owner.name}.numbers",
        of=owner.name,
        model=SecondaryNumbers,
        doc=f"Secondary numbers of {owner.words}, the intercom number among them.",
        source=f"GET {read}, PUT {write_to}",
        requests=(f"GET {owner.path(FEATURES, 'numbers', parameter)}",),
        cleared={"secondary": []},
        calls=Calls(send=lambda _: [f"PUT {owner.path(CONFIG, 'numbers', parameter)}"]),
        fetch=fetch,
        always=True,
        write=write,
        **more,
    )


KINDS = (_of(PERSON, "enableDistinctiveRingPattern"), _of(WORKSPACE, "distinctiveRingEnabled", lags=True))
