"""Names and e-mails that two have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from reconciler.insights.facts import TenantFacts
from reconciler.insights.rule import Hit, Rule, about
from reconciler.model.address import address, owner_address
from reconciler.model.snapshot import Current
from reconciler.model.wording import counted

#: Devices, schedules and licences of one name are nothing out of the ordinary.
_NAMED = tuple(
    "location person workspace trunk route_group virtual_line hunt_group call_queue auto_attendant paging_group "
    "voicemail_group call_park call_pickup operating_mode group route_list dial_plan".split()
)
_MAILED = ("person", "person.details", "workspace", "workspace.details")


def _ambiguous(facts: TenantFacts) -> Iterator[Hit]:
    for kind in _NAMED:
        for key, count in sorted(facts.ambiguous(kind).items()):
            yield Hit(address(kind, key), f"{counted(count, kind)} are called {key!r}")


def _same_name(facts: TenantFacts) -> Iterator[Hit]:
    people: dict[str, list[Current]] = defaultdict(list)
    for person in facts.all("person"):
        name = " ".join(str(person.fields.get("display_name") or "").split()).casefold()
        if name:
            people[name].append(person)
    for _, namesakes in sorted(people.items()):
        first, *others = namesakes
        if others:
            also = ", ".join(other.key for other in others[:3])
            more = f" and {len(others) - 3:,} more" if len(others) > 3 else ""
            yield about(first, f'"{first.fields["display_name"]}" is also the name of {also}{more}')


def _same_email(facts: TenantFacts) -> Iterator[Hit]:
    owners: dict[str, dict[str, Current]] = defaultdict(dict)
    for kind in _MAILED:
        for current in facts.all(kind):
            found = current.fields.get("emails")
            mails = [*(found if isinstance(found, list) else ()), current.fields.get("email")]
            for mail in mails:
                if isinstance(mail, str) and mail:
                    owners[mail.casefold()].setdefault(owner_address(current.address), current)
    for mail, having in sorted(owners.items()):
        address, *others = sorted(having)
        if others:
            yield Hit(address, f"{mail} is also an e-mail of {', '.join(others)}", about(having[address], "").location)


RULES = (
    Rule(
        id="ambiguous-name",
        severity="warning",
        title="Names that several objects of a kind have",
        why="Nobody can say by such a name which of them is meant, so none of them can be managed.",
        fix="Rename all but one in Control Hub.",
        check=_ambiguous,
    ),
    Rule(
        id="duplicate-name",
        severity="info",
        title="People of the same name",
        why="Callers who look them up in the directory reach the wrong one.",
        fix="Tell them apart in display_name, or delete the account that is left over.",
        needs=("person",),
        check=_same_name,
    ),
    Rule(
        id="duplicate-email",
        severity="warning",
        title="E-mails that several have",
        why="Mail, voicemail and sign-in of the two can get mixed up.",
        fix="Take the e-mail from all but one.",
        needs=("person",),
        check=_same_email,
    ),
)
