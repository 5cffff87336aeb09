"""One identity of text: what two texts have in common that a person takes for one.

Normal form is NFC without blanks around it. Everything that is compared, looked up or kept as a key is in it, on both
sides; what is sent for a name that nobody edited is what was read. E-mail addresses ignore case besides.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import Any

#: Never in a name: control characters, line and paragraph separators, blanks without width, and what turns the
#: direction of a text round. ZWJ and ZWNJ are not among them: emoji and Persian are written with them.
UNSEEN = "\\x00-\\x1f\\x7f-\\x9f\\u200b\\u2028-\\u202e\\u2060-\\u2064\\u2066-\\u2069\\ufeff\\ufff9-\\ufffb"
#: Nor in an address of mail: any other character that is not seen.
UNSEEN_IN_MAIL = (
    f"{UNSEEN}\\u00ad\\u034f\\u061c\\u180e\\u200c-\\u200f\\u206a-\\u206f\\ufe00-\\ufe0f\U000e0000-\U000e0fff"
)
_UNSEEN = re.compile(f"[{UNSEEN}]")
#: Letters that look like one of another script, as that one: Cyrillic and Greek ones that are drawn like Latin.
_LOOKS = str.maketrans(
    "АВЕЅІЈКМНОРСТУХЗаесіјорѕухһԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧονρ",  # noqa: RUF001
    "ABESIJKMHOPCTYX3aecijopsyxhdqwABEZHIKMNOPTYXovp",
)
_IGNORABLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
)


def normal(text: str) -> str:
    """A text in normal form."""
    return text.strip() if text.isascii() else unicodedata.normalize("NFC", text).strip()


def normalised(value: Any) -> Any:
    """A value with every text in it in normal form, at any depth; what is so already comes back as it is."""
    kind = type(value)
    if kind is str:
        return normal(value)
    if kind is dict:
        found = {name: new for name, part in value.items() if (new := normalised(part)) is not part}
        found = {**value, **found} if found else value
        return found if all(name.isascii() for name in found if type(name) is str) else _renamed(found)
    if kind is list:
        items = [normalised(part) for part in value]
        return items if any(new is not part for new, part in zip(items, value, strict=True)) else value
    return value


def _renamed(fields: dict[Any, Any]) -> dict[Any, Any]:
    """A mapping with its names in normal form too; as it was where two would then be one, which others refuse."""
    found = {normal(name) if type(name) is str else name: part for name, part in fields.items()}
    return found if len(found) == len(fields) else fields


def folded(text: str) -> str:
    """An e-mail address in normal form: case is ignored, and a domain in other letters is as the network has it."""
    return text.strip().lower() if text.isascii() else mail_domain(normal(text).lower())


def mail_domain(address: str) -> str:
    """An e-mail address whose domain is in ASCII: `ana@müller.de` and `ana@xn--mller-kva.de` are one mailbox. What
    stands before the @ is somebody else's matter."""
    name, at, domain = address.rpartition("@")
    if not at or domain.isascii():
        return address
    labels = (one if one.isascii() else f"xn--{one.encode('punycode').decode()}" for one in domain.split("."))
    return f"{name}@{'.'.join(labels)}"


def mail_spellings(address: str) -> tuple[str, ...]:
    """An e-mail address in normal form and, where its domain is written in other letters too, that way."""
    name, at, domain = address.rpartition("@")
    if "xn--" not in domain:
        return (address,)
    try:
        labels = [one[4:].encode().decode("punycode") if one.startswith("xn--") else one for one in domain.split(".")]
    except UnicodeError:
        return (address,)
    return address, f"{name}{at}{'.'.join(labels)}"


def unseen(text: str) -> str:
    """The first character of a text that nobody sees, in words; empty when there is none."""
    found = _UNSEEN.search(text) or _IGNORABLE.search(text)
    return f"U+{ord(found[0]):04X} ({unicodedata.name(found[0], 'a control character')})" if found else ""


def skeleton(text: str) -> str:
    """What is left of a text when nothing counts but how it looks: two with the same one are easily taken for each
    other. Case, kind and number of blanks, unseen characters and letters of a look-alike script do not count."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", _IGNORABLE.sub("", unicodedata.normalize("NFKC", text)).translate(_LOOKS))
    return " ".join(_UNSEEN.sub(" ", text).split()).casefold()


def lookalike(name: str, others: Iterable[str]) -> str:
    """The first of other names that looks the same; empty when none does."""
    bones = skeleton(name)
    return next((one for one in sorted(others) if one != name and skeleton(one) == bones), "")


#: What is said of two names that only a tenant which heeds case can tell apart.
IN_CASE = "whose name differs in case only"


def looks(name: str, other: str) -> str:
    """What is to be said of two names that look the same, so that they can be told apart."""
    if name.casefold() == other.casefold():
        return IN_CASE
    return f'whose name looks the same ("{apart(name)}" is not "{apart(other)}")'


def alike(one: str, other: str) -> bool:
    """Whether two different texts print alike, or so nearly that nobody sees the difference. Case is seen."""
    return one != other and printed(one) == printed(other)


def printed(text: str) -> str:
    """A text as one would copy it from paper: without what is not seen, in the letters and digits of its own script."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", _IGNORABLE.sub("", unicodedata.normalize("NFKC", text)).translate(_LOOKS))
    return " ".join(_UNSEEN.sub(" ", text).split())


def apart(text: str, say: Callable[[str], str] = str) -> str:
    """A text with everything spelled out that is not ASCII, and blanks at its ends: to tell it from one that looks
    the same."""
    inner = text.strip(" ")
    before, after = len(text) - len(text.lstrip(" ")), len(text) - len(text.rstrip(" "))
    ends = ("\\x20" * before, "\\x20" * after) if inner else ("\\x20" * len(text), "")
    return ends[0] + inner.encode("ascii", "backslashreplace").decode() + ends[1]
