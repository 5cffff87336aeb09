"""Masks in the place of e-mails, phone numbers and names of people: the same value, the same mask (S33).

A mask is made with a key (HMAC-SHA256): who lacks it can neither undo it nor try candidates. With the same key two
exports have the same masks, with another one, or a random one, they cannot be held against each other.

What is masked, wherever it stands (fields, keys, addresses, free text, the text behind a remote id):
- e-mails and whatever looks like one: `person-3f9a0c1d2e4b5f@redacted.example`;
- numbers with + or of 11 digits and more: `+999` and twelve digits, a country code that nobody has;
- other runs of 7 to 10 digits, long extensions among them: as many other digits, no two alike. An extension of up to
  six digits stays: it reaches nobody from outside, and without it a dial plan says nothing;
- access codes and PINs: `redacted`;
- names of people: `Person-dfjakcldnemb`, where a field holds one, or a text holds the whole name of a known person.
What stays: names of places and features, remote ids, postal addresses of locations, dates, IP addresses.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
import re
import secrets
from functools import lru_cache
from typing import Any

from reconciler.errors import UsageError
from reconciler.kinds import with_extensions
from reconciler.model.snapshot import Current, Fields

VARIABLE = "RECONCILE_REDACT_KEY"
#: Fewer characters can be tried out by who knows one e-mail of the tenant.
SHORTEST = 16

_MAIL = re.compile(r"[^@\s/\x00-\x1f\x7f]+@[^@\s/\x00-\x1f\x7f]+\.[^@\s/\x00-\x1f\x7f]+")
_TOKEN = re.compile(
    r"""(?P<mail> [^\s@/<>,;"():=]+ @ [^\s@/<>,;"():=]+ )
      | (?P<kept> (?<![\w-]) (?: [0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}             # uuid
                            | [12]\d{3}-\d\d-\d\d (?:[T\ ][\d:.]+ (?:Z|[+-]\d\d:?\d\d)? )?             # date, time
                            | \d{1,3}(?:\.\d{1,3}){3} ) (?![\w-]) )                                # IPv4
      | (?P<id> (?<![\w-]) Y2lzY29z[\w-]+={0,2} )
      | (?P<number> \+ \d (?:[ ().\-/]{0,2}\d){6,}
                  | (?<!\w) \d (?:[ ().\-/]{0,2}\d){6,} (?!\w)
                  | \d{9,} )""",
    re.VERBOSE,
)
_INTERESTING = re.compile(r"@|\d(?:[ ().\-/]{0,2}\d){6}|Y2lzY29z")
#: Fields that hold a part of a person's name wherever they stand, and those that do so beside a person.
_NAMES = re.compile(r"(?:.*_)?(?:first|last|given|family|nick|middle)_name")
_WHOLE = frozenset("display_name name full_name".split())
#: What opens something: access codes, PINs.
_OPENING = frozenset("code pin passcode password".split())
_LETTERS = str.maketrans("0123456789", "ghijklmnop")


def key_from_environment() -> bytes | None:
    """The key of the environment; None when there is none. UsageError when it is too short to hide anything."""
    text = os.environ.get(VARIABLE, "")
    if text and len(text) < SHORTEST:
        raise UsageError(
            f"{VARIABLE} is too short",
            why=f"whoever knows one e-mail of the tenant can try out keys of fewer than {SHORTEST} characters",
            do="make one with `openssl rand -hex 32`, or leave it unset for a key of this run only",
        )
    return text.encode() if text else None


class Redactor:
    """Masks values; the same value always gets the same mask."""

    def __init__(self, key: bytes | None = None) -> None:
        self._key = key or secrets.token_bytes(32)
        self._people: set[str] = set()
        self._given: dict[str, str] = {}
        self._masked = lru_cache(maxsize=65_536)(self._mask)

    def learn(self, person: Fields) -> None:
        """Remember the whole name of a person, to find it again in other texts."""
        parts = [str(person.get(part) or "") for part in ("first_name", "last_name")]
        for name in (person.get("display_name"), " ".join(parts)):
            if name and len(str(name).split()) > 1:
                self._people.add(str(name).strip())

    def current(self, current: Current) -> Current:
        """The resource with everything masked that would tell whom it is about."""
        called = with_extensions().get(current.kind.partition(".")[0])
        person = called is not None and "first_name" in called.named
        return Current(
            current.kind,
            self.text(current.key),
            self.text(current.id),
            self.value(current.fields, person=person),
            self._facts(current.facts),
            self.value(current.unknown),
            self.value(current.candidates),
            passing=self.value(current.passing),
        )

    def _facts(self, facts: Fields) -> Fields:
        """`owner` of a number is a type and a name, which nobody need have learnt."""
        hidden: Fields = self.value(facts)
        kind, _, name = str(facts.get("owner") or "").partition(" ")
        return {**hidden, "owner": f"{kind} {self.name(name)}"} if kind in ("PEOPLE", "USER") and name else hidden

    def value(self, value: Any, *, person: bool = False) -> Any:
        """A value with all that is in it; `person`: it describes one, so that `display_name` is a name."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.value(item) for item in value]
        if isinstance(value, dict):
            about = person or any(isinstance(part, str) and part.startswith("person/") for part in value.values())
            return {self.text(name): self._field(name, part, about) for name, part in value.items()}
        return value

    def text(self, text: str) -> str:
        """A text, an address, a key."""
        if not self._people and not _INTERESTING.search(text):
            return text
        return self._masked(text)

    def _field(self, name: str, value: Any, person: bool) -> Any:
        if isinstance(value, str) and value and (_NAMES.fullmatch(name) or (person and name in _WHOLE)):
            return self.name(value)
        if name in _OPENING and isinstance(value, str | int):
            return "redacted"
        return self.value(value)

    def _mask(self, text: str) -> str:
        return "/".join(self._segment(segment) for segment in text.split("/"))

    def _segment(self, text: str) -> str:
        if _MAIL.fullmatch(text):
            return self.mail(text)
        if self._people:
            text = self._without_names(text)
        return _TOKEN.sub(self._token, text) if _INTERESTING.search(text) else text

    def _token(self, match: re.Match[str]) -> str:
        found = match[0]
        if match["kept"]:
            return found
        if match["id"]:
            return self._remote_id(found)
        if match["number"]:
            return self.number(found)
        bare = found.strip(".'")  # of the sentence, not of the address
        return found.replace(bare, self.mail(bare), 1) if "@" in bare.strip("@") else found

    def _without_names(self, text: str) -> str:
        """Whole names of known people, found word by word: there may be too many of them for one pattern."""
        if text in self._people:
            return self.name(text)
        words = text.split(" ")
        at, kept = 0, []
        while at < len(words):
            for end in range(min(len(words), at + 6), at + 1, -1):
                span = " ".join(words[at:end])
                if span.strip(",.;:()\"'") in self._people:
                    kept.append(self.name(span.strip(",.;:()\"'")))
                    at = end
                    break
            else:
                kept.append(words[at])
                at += 1
        return " ".join(kept)

    def _remote_id(self, text: str) -> str:
        """An id is base64 of `ciscospark://…`; some hold a name or a number, and then again in base64."""
        plain = _decoded(text)
        if plain is None:
            return text
        head, slash, tail = plain.rpartition("/")
        inner = _decoded(tail)
        hidden = f"{head}{slash}{_encoded(self.text(inner))}" if inner else self.text(plain)
        return text if hidden == plain or (inner and self.text(inner) == inner) else _encoded(hidden)

    def mail(self, text: str) -> str:
        return f"person-{self._digest('mail', text.lower())[:14]}@redacted.example"

    def name(self, text: str) -> str:
        # letters only: what is masked must not look like a number, and be masked again
        return f"Person-{self._digest('name', text.strip())[:12].translate(_LETTERS)}"

    def number(self, text: str) -> str:
        """`+44 20 7946 0000`, `+442079460000`, `00442079460000` and `442079460000` are one number."""
        digits = re.sub(r"\D", "", text)
        head = "+" if text.startswith("+") else ""
        if not head and len(digits) > 10 and digits.startswith("00"):
            head, digits = "00", digits[2:]
        if not head and len(digits) <= 10:
            return self._permuted(digits)
        return f"{head}999{self._twelve(digits)}"

    def _twelve(self, digits: str) -> str:
        """Twelve digits; of two numbers that come to the same ones the second gets others."""
        for attempt in range(1000):
            mask = f"{int(self._digest('number', f'{digits}.{attempt}'), 16) % 10**12:012d}"
            if self._given.setdefault(mask, digits) == digits:
                break
        return mask

    def _permuted(self, digits: str) -> str:
        """Other digits, as many: a Feistel network, so that no two get the same."""
        left, right = digits[: len(digits) // 2], digits[len(digits) // 2 :]
        for turn in range(10):
            width = len(left)
            mixed = int(left) + int(self._digest("digits", f"{len(digits)}.{turn}.{right}"), 16)
            left, right = right, f"{mixed % 10**width:0{width}d}"
        return left + right

    def _digest(self, what: str, text: str) -> str:
        return hmac.digest(self._key, f"{what}:{text}".encode("utf-8", "surrogatepass"), "sha256").hex()


def _decoded(text: str) -> str | None:
    """The printable text behind base64; None when it is none."""
    try:
        plain = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    return plain if plain and plain.isprintable() else None


def _encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
