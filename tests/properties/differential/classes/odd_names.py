"""Names as other admins and other systems leave them: blanks around them, letters not composed, another case, invisible
characters; in the tenant or in the files."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from random import Random
from typing import Any

from tests.properties.differential.running import Case
from tests.properties.differential.worlds import PROFESSIONAL, World, around, world

ITEM = 3
Json = dict[str, Any]
_NAME = "Café Ñandú"


def _decomposed(text: str) -> str:
    return unicodedata.normalize("NFD", text)


_ODD: list[Callable[[str], str]] = [
    lambda text: f"{text} ",
    lambda text: f" {text}",
    lambda text: f"{text}\u00a0",
    _decomposed,
    lambda text: f"{_decomposed(text)} ",
]
#: Refused where somebody types them: they are seen by nobody.
_INVISIBLE = ("\u200b", "\u2060", "\ufeff", "\u202e", "\x85")


def draw(chance: Random) -> Case:
    made = world(chance, people=chance.randint(10, 14))
    kind = chance.choice(["room", "location", "license", "route_group", "trunk", "email"])
    usual, odd = (_email if kind == "email" else _thing)(made, kind)
    around(made)
    written = json.loads(json.dumps(made.described))
    if chance.random() < 0.4 or set(odd) & set(_INVISIBLE):  # the other way round: the tenant is clean, the file is not
        made.tenant = json.loads(json.dumps(made.tenant, ensure_ascii=False).replace(_text(odd), _text(usual)))
        written = json.loads(json.dumps(written, ensure_ascii=False).replace(_text(usual), _text(odd)))
    return Case(made, lambda desk: desk.apply() and None, written=written)


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _thing(made: World, kind: str) -> tuple[str, str]:
    """Something of that kind bears an odd name, and is described, or referred to, by the usual one."""
    chance = made.chance
    odd = chance.choice([*_ODD, lambda text: f"{text[:4]}{chance.choice(_INVISIBLE)}{text[4:]}"])(_NAME)
    place = made.tenant["locations"][0]
    if kind == "room":
        made.rooms()[0]["displayName"] = odd
        made.describe("workspaces", {"name": _NAME, "notes": "Sofa"})
    elif kind == "location":
        place["name"] = odd
        person = made.people()[0]
        wish: Json = {"email": person["emails"][0], "location": _NAME, "extension": made.fresh_extension()}
        if person["calling"]["location"] != place["id"]:
            wish["phone_number"] = None
        made.describe("people", wish)
        if chance.random() < 0.5:
            made.describe("locations", {"name": _NAME, "calling": {"outside_dial_digit": "8"}})
    elif kind == "license":
        license = next(one for one in made.tenant["licenses"] if one["name"] == PROFESSIONAL)
        license["name"] = odd
        without = next(one for one in made.tenant["people"] if not one.get("calling"))
        wish = {"email": without["emails"][0], "location": place["name"], "extension": made.fresh_extension()}
        made.describe("people", {**wish, "licenses": {_NAME: True}})
    else:
        made.tenant[f"{kind}s"][0]["name"] = odd
        made.describe("locations", {"name": place["name"], "internal_dialing": {"unknown_extensions": {kind: _NAME}}})
    return _NAME, odd


def _email(made: World, kind: str) -> tuple[str, str]:
    """Somebody's address in another case, or with something in it that nobody sees."""
    person = made.chance.choice(made.people())
    usual = str(person["emails"][0])
    made.describe("people", {"email": usual, "first_name": "José", "last_name": "Nuñez"})
    at = made.chance.randint(1, 5)
    odd = made.chance.choice(
        [usual.title(), usual.upper(), f"{usual[:at]}{made.chance.choice(_INVISIBLE)}{usual[at:]}"]
    )
    person["emails"][0] = odd
    return usual, odd
