"""One line of a snapshot: canonical JSON, keys sorted, empty parts left out.

{"address":"person/ana@acme.com","facts":{…},"fields":{…},"id":"…"}   an object, without its sections
{"address":"person.forwarding/ana@acme.com","fields":{…}}             what is managed of one of its sections
{"address":"person.privacy/ana@acme.com","id":"…","observed":{…}}     what is only read

Where a section is managed and observed, one line has both, `id`, `facts` and `unknown` then being the observed one's;
of an object it has what was observed, and what is managed is picked from that.
The id of a section is its owner's. `unknown` says of a field or section why it could not be read, `unread` of all
sections that it does not name: whoever has no calling has none of them for that one reason, and says it once. It stands
with the owner, because an owner of whom nothing was read has no line in any section's file. In format 1 sections lie
nested in the fields of their owner's line, and what is only read has `fields` too.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Mapping
from functools import cache
from json.encoder import encode_basestring
from typing import Any

from pydantic_core import from_json

from reconciler.model.snapshot import Current, Fields
from reconciler.model.text import mail_domain, normal, normalised

#: The parts of a line beside its address, and what each is.
_PARTS: Mapping[str, type | tuple[type, ...]] = {
    "fields": (dict, type(None)),
    "facts": dict,
    "unknown": dict,
    "candidates": list,
    "id": str,
    "observed": dict,
    "unread": str,
}
_BESIDE = ("facts", "unknown", "candidates", "id")
#: The parts of a line of which all is known.
_USUAL = frozenset(("address", "facts", "fields", "id"))
_ASCII = bytes(range(0x80))
#: A space at the begin or the end of a text.
_AT_AN_END = re.compile(rb' (?:(?=")|(?<=" ))')
#: Control characters there, as JSON writes them.
_ESCAPED = re.compile(rb'"\\[ntr]|\\[ntr]"|"\\u00|\\u00..' rb'"')
_decode = json.JSONDecoder().decode
_encode = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode
#: A section that an owner has not: `None` is one that is there and empty.
ABSENT: Any = object()
#: What follows the address in the line of a section of which nothing is observed beside.
ONLY_FIELDS = b',"fields":'


def line_of(current: Current) -> bytes:
    """One resource with its sections in it, with its line end: the form of evidence, and of format 1."""
    return _line(current.address, {"fields": current.fields, **_beside(current)})


def owner_line(current: Current, sections: Collection[str]) -> bytes:
    """One object without these sections, of which each has lines of its own."""
    own = {name: value for name, value in current.fields.items() if name not in sections or not separable(value)}
    parts = {"fields": own, **_beside(current)}
    if (why := _why_unread(current, sections)) is not None:
        same = {name for name in sections if current.unknown[name] == why}
        parts["unknown"] = {name: said for name, said in current.unknown.items() if name not in same}
        parts["unread"] = why
    return _line(current.address, parts)


def observed_line(current: Current) -> bytes:
    """One that is read in whole; what is managed of it shows in that."""
    return _line(current.address, {"observed": current.shown, **_beside(current)})


def section_line(name: str, key: str, fields: Any, observed: Current | None) -> bytes:
    """A section of an owner: what is managed of it (ABSENT: nothing was read), and what else was observed."""
    parts = {**_beside(observed), "observed": observed.fields} if observed is not None else {}
    line = {"address": f"{name}/{key}"} | {part: value for part, value in parts.items() if value or part == "observed"}
    if fields is not ABSENT:
        line["fields"] = fields
    return _encode(line).encode("utf-8", "surrogatepass") + b"\n"


def separable(value: Any) -> bool:
    """Whether this is what a section can be: a document, or none."""
    return value is None or isinstance(value, dict)


def _beside(current: Current) -> dict[str, Any]:
    return {part: getattr(current, part) for part in _BESIDE}


def _line(address: str, parts: Mapping[str, Any]) -> bytes:
    said = {part: value for part, value in parts.items() if value or part == "unread"}
    return _encode({"address": address, **said}).encode("utf-8", "surrogatepass") + b"\n"


def _why_unread(current: Current, sections: Collection[str]) -> str | None:
    """The reason that most of its sections share, where none of them could be read; None where saying it once saves
    nothing."""
    unknown = current.unknown
    if len(sections) < 2 or not all(name in unknown and name not in current.fields for name in sections):
        return None
    why, count = max(sorted(Counter(unknown[name] for name in sections).items()), key=lambda found: found[1])
    return why if count > 1 else None


def current_of(line: bytes, kind: str, key: str, *, plain: bool = True, sections: Collection[str] = ()) -> Current:
    """The resource in a line of its own. ValueError or KeyError when it is none. `plain`: all of it is in normal form
    already; `sections`: those that the snapshot has of this kind."""
    data = _document(line, kind, key, plain=plain)
    observed = data.pop("observed", {})
    fields: Fields = data.pop("fields", observed)
    if not isinstance(fields, dict):
        raise ValueError("not a line of a snapshot")
    if (why := data.pop("unread", None)) is not None:
        data["unknown"] = dict.fromkeys(sections, why) | data.get("unknown", {})
    if not plain:
        return Current(kind, key, data.pop("id", ""), fields, **data)
    current = Current(
        kind, "", data.pop("id", ""), {}, unknown=data.pop("unknown", {}), candidates=data.pop("candidates", [])
    )
    current.key, current.fields, current.facts = key, fields, data.pop("facts", {})
    return current


def fields_of(line: bytes) -> Fields | None:
    """What is managed in the line of an object, where the line says nothing else that a comparison must know."""
    try:
        data = from_json(line, cache_strings="keys")  # its values are looked at once
    except ValueError:
        return None
    fields = data.get("fields")
    usual = type(fields) is dict and data.keys() <= _USUAL
    return fields if usual and type(data.get("facts", fields)) is dict and type(data.get("id", "")) is str else None


def managed_of(line: bytes, name: str, encoded: bytes, *, plain: bool = True) -> Any:
    """What is managed in the line of a section, which begins with its name and this key; ABSENT when nothing was read.
    ValueError or KeyError as before."""
    begin = len(prefix_of(name)) + len(encoded) + 1
    if plain and line.startswith(ONLY_FIELDS, begin):
        try:
            fields = from_json(line[begin + len(ONLY_FIELDS) : -2])
        except ValueError:
            pass  # something comes after them, or is written in another way
        else:
            return _section(fields)
    key = decoded_key(encoded)
    fields = _section(_document(line, name, key, plain=plain).get("fields", ABSENT))
    return fields if plain or fields is ABSENT else normalised(fields)


def _section(fields: Any) -> Any:
    if fields is not ABSENT and not separable(fields):
        raise ValueError("not a line of a snapshot")
    return fields


def observed_of(line: bytes, name: str, key: str, *, plain: bool = True) -> Current | None:
    """What was observed in the line of a section; None when nothing was. ValueError or KeyError as before."""
    data = _document(line, name, key, plain=plain)
    data.pop("fields", None)
    fields = data.pop("observed", None)
    return Current(name, key, data.pop("id", ""), fields, **data) if fields is not None else None


def has_observed(line: bytes) -> bool:
    """Whether something was observed in the line of a section."""
    return b'"observed":{' in line


def address_and_fields(line: bytes) -> tuple[str, Fields]:
    """What a line is about, and all that it says of that. ValueError when it is none of ours."""
    data = _decode(line.decode("utf-8", "surrogatepass"))
    if not isinstance(data, dict) or not isinstance(data.get("address"), str):
        raise ValueError("not a line of a snapshot")
    return data["address"], data.get("observed") or data.get("fields") or {}


def _document(line: bytes, kind: str, key: str, *, plain: bool) -> dict[str, Any]:
    """The parts of a line beside its address, which must be that. ValueError or KeyError when it is none."""
    try:
        data: dict[str, Any] = from_json(line)
    except ValueError as error:  # what is valid all the same, like half of a surrogate pair
        if "recursion" in str(error):
            raise
        data = _decode(line.decode("utf-8", "surrogatepass"))
    told = data.pop("address")
    if told != f"{kind}/{key}" and (plain or key_of(kind, normal(told.partition("/")[2])) != key):
        raise ValueError("not a line of a snapshot")
    for part, value in data.items():
        if not isinstance(value, _PARTS[part]):
            raise ValueError("not a line of a snapshot")
    return data


def key_of(kind: str, key: str) -> str:
    """The key that a line means by the one that it says: one e-mail address has several spellings."""
    return mail_domain(key) if kind == "person" else key


def is_plain(data: bytes) -> bool:
    """Whether every text in these lines is in normal form: what an export of before may not have written so. Said of
    the characters that are there at all, so that it costs next to nothing; false alarms cost time alone."""
    if _AT_AN_END.search(data) or (b"\\" in data and _ESCAPED.search(data)):
        return False
    if data.isascii():
        return True
    others = set(data.translate(None, _ASCII).decode("utf-8", "replace"))
    return all(char.isprintable() and not _joins(char) for char in others)


def _joins(char: str) -> bool:
    """Whether a character can become one with that before it, or is always written otherwise."""
    jamo = "\u1100" <= char <= "\u11ff"
    return jamo or unicodedata.category(char)[0] == "M" or not unicodedata.is_normalized("NFC", char)


@cache
def prefix_of(kind: str) -> bytes:
    """What every line of a kind begins with, up to the key."""
    return _encode({"address": f"{kind}/"})[:-2].encode()


def encoded_key(key: str) -> bytes:
    """A key as it stands in a line."""
    return encode_basestring(key)[1:-1].encode("utf-8", "surrogatepass")


def decoded_key(encoded: bytes) -> str:
    """The key that stands so in a line."""
    return str(_decode(f'"{encoded.decode("utf-8", "surrogatepass")}"'))


@cache
def line_pattern(kind: str) -> re.Pattern[bytes]:
    """A line about a resource of a kind; its group is the encoded key."""
    return re.compile(re.escape(prefix_of(kind)) + rb'((?:[^"\\\n]|\\.)*)"[^\n]*\n')
