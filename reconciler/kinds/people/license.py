"""`license`: read only; people and workspaces name their licences.

API: `GET /licenses`, unpaginated (webex-behaviour.md §9). How many units are in use nobody manages: it is a fact, which
guards need. Each subscription has licences of its own, by the same names, and in one subscription those of two sites
share theirs. A name alone means none of them, then; each has a key of its own:

    license/Webex Calling - Professional               nobody shares the name
    license/Webex Calling - Professional [Sub-abc1]    the subscription, where it tells them apart
    license/Webex Calling - Professional [<uuid>]      else the id

What refers to a licence names its key. Desired files may say subscription or id also where the name alone would do, and
the id alone: `LicenseNames` knows which is meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Any

from reconciler.kinds.contract.access import Reader, Scope
from reconciler.kinds.contract.kind import ResourceKind
from reconciler.kinds.contract.namesakes import told_apart
from reconciler.kinds.contract.traits import Listing
from reconciler.model.audit import Audited
from reconciler.model.desired import Wanted
from reconciler.model.marks import Key
from reconciler.model.remote_id import uuid_of
from reconciler.model.resource import Resource, Text
from reconciler.model.snapshot import Current, Fields
from reconciler.model.text import normal


class License(Resource):
    name: Annotated[Text, Key()]
    subscription: Text | None = None
    total: int = 0


#: Names that Webex gave its licences on 2026-01-26 in place of others (webex-behaviour.md, last part). Desired files
#: and tenants may have either; both stand for the newer one.
RENAMED = {"Single License - Webex Calling": "Webex Calling", "CX Essentials": "Customer Assist"}
#: The fields of a person or a workspace that name licences.
NAMING = frozenset({"licenses", "license"})
_MARKED = re.compile(r"(?P<name>.+) \[(?P<mark>[^\[\]]+)\]", re.DOTALL)


def plain_name(text: str) -> str:
    """What a licence is called, without the subscription or the id that tells it from others of that name."""
    return found["name"] if text.endswith("]") and (found := _MARKED.fullmatch(text)) else text


def _now(text: str, aliases: Mapping[str, str]) -> str:
    """What a licence that is written so has for a name now; a mark behind the name stays behind it."""
    return _with_name(_with_name(text, aliases), RENAMED)


def _with_name(text: str, names: Mapping[str, str]) -> str:
    if text in names:
        return names[text]
    plain = plain_name(text)
    return names[plain] + text[len(plain) :] if plain in names and plain_name(names[plain]) == names[plain] else text


def named_now(fields: Fields, aliases: Mapping[str, str]) -> Fields:
    """The fields of a person or a workspace with their licences by the names that these have now: the tenant's own
    aliases first, then what Webex has renamed."""
    others = [text for text in _written(fields) if text in RENAMED or text in aliases or text.endswith("]")]
    return _instead(fields, {text: _now(text, aliases) for text in others})


def _written(fields: Fields) -> Iterator[str]:
    """The licences in the fields of a person or a workspace, those that a mapping switches off too."""
    held, one = fields.get("licenses"), fields.get("license")
    if isinstance(held, list | dict):
        yield from held
    if isinstance(one, str) and one:
        yield one


def _instead(fields: Fields, names: Mapping[str, str]) -> Fields:
    """The fields with these licences by other names."""
    if not names:
        return fields
    held, one = fields.get("licenses"), fields.get("license")
    if isinstance(held, list):
        fields = {**fields, "licenses": sorted({names.get(text, text) for text in held})}
    elif isinstance(held, dict):
        fields = {**fields, "licenses": {names.get(text, text): on for text, on in held.items()}}
    return {**fields, "license": names[one]} if isinstance(one, str) and one in names else fields


class LicenseNames:
    """The licences of a tenant (`rows`, as `scan` gives them) by all that desired files may call them."""

    def __init__(self, rows: Iterable[Current] = ()) -> None:
        self.keys: dict[str, str] = {}  # key → remote id
        self._called: dict[str, list[Current]] = {}
        for current in rows:
            if current.candidates:
                continue
            self.keys[current.key] = current.id
            name, marks = str(current.fields.get("name") or current.key), {*_marks(current)}
            ids = {*_ids(current.id)}
            for text in {name, *(f"{name} [{mark}]" for mark in marks | ids), *ids}:
                self._called.setdefault(text, []).append(current)

    def __bool__(self) -> bool:
        return bool(self.keys)

    def __repr__(self) -> str:
        """The same for the same licences by the same names."""
        return repr(sorted((text, [current.id for current in found]) for text, found in self._called.items()))

    def meant(self, fields: Fields) -> Fields:
        """The fields of a person or a workspace with their licences by key, as far as it is certain which is meant."""
        if self.has_all(fields):
            return fields
        return _instead(fields, {text: key for text in _written(fields) if (key := self._sure(text)) and key != text})

    def in_desired(self, wanted: Wanted) -> Wanted:
        """What is described, with its licences by key."""
        fields = self.meant(wanted.fields)
        return wanted if fields is wanted.fields else replace(wanted, fields=fields)

    def doubt(self, fields: Fields) -> str:
        """Why nobody can tell which licences these fields mean; empty where it is certain, or none is called so."""
        if self.has_all(fields):
            return ""
        for text in _written(fields):
            if not self._sure(text) and len(found := self._meant(text)) > 1:
                which = ", ".join(sorted(f"{one.key!r}{_told(one)}" for one in found))
                return f"license {text!r} is ambiguous: {len(found)} in the tenant are called so: {which}"
        held, said = fields.get("licenses"), dict[str, bool]()
        for text, on in held.items() if isinstance(held, dict) else ():
            if said.setdefault(self._sure(text) or text, on) != on:
                return f"license {text!r} is said twice: once to be had, and once not to be"
        return ""

    def since(self, before: LicenseNames) -> dict[str, str]:
        """The keys that licences had then and have no longer: those of then → those of now. Where another of the name
        has come or gone, nobody's licences have changed."""
        now = {uuid_of(remote_id): key for key, remote_id in self.keys.items()}
        pairs = {key: now.get(uuid_of(remote_id), key) for key, remote_id in before.keys.items()}
        return {then: key for then, key in pairs.items() if then != key}

    def has(self, text: str) -> bool:
        """Whether at least one licence is called so."""
        return text in self.keys or bool(self._meant(text))

    def has_all(self, fields: Fields) -> bool:
        """Whether all licences in the fields are there by their keys, as they mostly are."""
        one = fields.get("license")
        return self.keys.keys() >= {*(fields.get("licenses") or ())} and (not one or one in self.keys)

    def _sure(self, text: str) -> str:
        """The key of the licence that is written so; empty where there is none, or more than one."""
        if text in self.keys:
            return text
        found = self._meant(text)
        return found[0].key if len(found) == 1 else ""

    def _meant(self, text: str) -> list[Current]:
        if found := self._called.get(text):
            return found
        if marked := _MARKED.fullmatch(text):
            return self._called.get(f"{marked['name']} [{_id_in(marked['mark'])}]", [])
        return self._called.get(_id_in(text), [])


def as_called(current: Current, names: Mapping[str, str]) -> Current:
    """The same resource with its licences by other keys (`LicenseNames.since`)."""
    return replace(current, fields=_instead(current.fields, names)) if names else current


#: What to do where nobody can tell which licence is meant.
WHICH = "write one of these in its place, or its id; `reconcile adopt` writes who has which"


def _told(current: Current) -> str:
    subscription = current.fields.get("subscription")
    beside = f"in {subscription}, " if subscription and f"[{subscription}]" not in current.key else ""
    return f" ({beside}id {current.id})"


def _marks(current: Current) -> Iterator[str]:
    """What tells a licence from others of its name, the best first."""
    subscription = str(current.fields.get("subscription") or "")
    if subscription and not {"[", "]"}.intersection(subscription):
        yield subscription
    yield from _ids(current.id)


def _ids(remote_id: str) -> Iterator[str]:
    """The forms of a licence's id that are the same in every encoding: `<org>:<OFFER>_<uuid>`, the shortest first."""
    whole = _id_in(remote_id)
    yield from dict.fromkeys((whole.rpartition("_")[2], whole.rpartition(":")[2], whole))


def _id_in(text: str) -> str:
    """The id in a text that may be one."""
    return uuid_of(text.rpartition("/")[2] if text.startswith("ciscospark://") else text).lower()


async def scan(reader: Reader, scope: Scope) -> list[Current]:
    """All of them, each under a key of its own, and the names that several have."""
    rows = {row["id"]: row async for row in reader.pages(reader.api.licenses.ep(), "items")}
    return told_apart(map(_current, rows.values()), _marks)


def _current(document: Mapping[str, Any]) -> Current:
    name = normal(document["name"])
    name = RENAMED.get(name, name)
    fields: Fields = {
        "name": name,
        "subscription": document.get("subscriptionId") or None,
        "total": document["totalUnits"],
    }
    used = document.get("consumedUnits")
    return Current("license", name, document["id"], fields, {} if used is None else {"consumed": used})


KIND = ResourceKind(
    name="license",
    listing=Listing(small=True, register=True),
    model=License,
    doc="A licence of the organisation; read only, for references.",
    source="GET /licenses",
    requests=("GET /licenses",),
    audited=Audited(("USERS",)),
    plural="licenses",
    key="name",
    scan=scan,
)
