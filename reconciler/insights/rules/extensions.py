"""Extensions that mean two things: the same full number by prefix, or an extension that begins like a prefix."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from reconciler.insights.directory import Directory
from reconciler.insights.facts import TenantFacts
from reconciler.insights.rule import Hit, Rule


def _same_esn(facts: TenantFacts) -> Iterator[Hit]:
    """`82` + `01100` and `8201` + `100` are dialled alike."""
    for esn, owners in sorted(facts.derived(Directory).by_esn.items()):
        places = sorted({place for place, _ in owners})
        if len(places) > 1:
            place, address = owners[0]
            others = ", ".join(f"{owner} at {where}" for where, owner in owners[1:])
            yield Hit(address, f"{esn} (prefix and extension) also reaches {others}", place)


def _like_a_prefix(facts: TenantFacts) -> Iterator[Hit]:
    """Somebody's extension is what others dial, prefix and all, for somebody elsewhere."""
    book = facts.derived(Directory)
    for (place, extension), addresses in sorted(book.by_extension.items()):
        others = [(where, owner) for where, owner in book.by_esn.get(extension, ()) if owner not in addresses]
        if others:
            where, owner = others[0]
            what = f"extension {extension} is also how {owner} at {where} is dialled with its prefix"
            yield Hit(addresses[0], what, place)


def _no_prefix(facts: TenantFacts) -> Iterator[Hit]:
    book = facts.derived(Directory)
    places: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for (place, extension), addresses in book.by_extension.items():
        if place in book.prefixes and not book.prefixes[place]:
            places[extension].append((place, addresses[0]))
    for extension, owners in sorted(places.items()):
        if len(owners) > 1:
            (place, address), *others = sorted(owners)
            also = ", ".join(f"{owner} at {where}" for where, owner in others)
            yield Hit(address, f"extension {extension} is also that of {also}, and neither has a routing prefix", place)


RULES = (
    Rule(
        id="extension-clash",
        severity="serious",
        title="Extensions that clash across routing prefixes",
        why="Two people are dialled by the same digits; one of them is not reached by them.",
        fix="Change one of the extensions, or the routing_prefix of one of the locations.",
        needs=("location", "person"),
        check=_same_esn,
    ),
    Rule(
        id="extension-like-prefix",
        severity="warning",
        title="Extensions that others dial for somebody elsewhere",
        why="At that location the digits reach the extension, everywhere else the person behind the prefix.",
        fix="Choose extensions that do not begin with a routing prefix.",
        needs=("location", "person"),
        check=_like_a_prefix,
    ),
    Rule(
        id="extension-without-prefix",
        severity="warning",
        title="Same extension at locations without a routing prefix",
        why="Nothing tells the two apart when they are dialled from a third location.",
        fix="Give the locations a routing_prefix, or one of the two another extension.",
        needs=("location", "person"),
        check=_no_prefix,
    ),
)
