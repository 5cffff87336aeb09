"""Forwarding of hunt groups, queues and attendants, the same but for the path (webex-behaviour.md §14)."""

from __future__ import annotations

from reconciler.kinds.contract.kind import Column, SectionKind
from reconciler.kinds.contract.observed import Shape, section, texts

#: Ids of rules come from their names and change with them (§1.7).
_SHAPE = Shape(
    refs={
        "call_forwarding.operating_modes.modes[].id": ("operating_mode",),
        "call_forwarding.operating_modes.current_operating_mode_id": ("operating_mode",),
    },
    drop=("call_forwarding.rules[].id",),
)


def forwarding(of: str, words: str, one: str, template: str) -> SectionKind:
    """The artefact `<of>.forwarding`; `one` is the path of the feature, `template` the same as documented."""
    name = f"{of}.forwarding"
    return SectionKind(
        name=name,
        doc=f"Where {words} forwards to, and by which rules.",
        requests=(f"GET {template}/callForwarding",),
        columns=(
            *texts(("location", "Location")),
            Column("call_forwarding.always.enabled", "boolean", "Whether all calls are forwarded"),
            *texts(("call_forwarding.always.destination", "Where all calls go")),
            Column("call_forwarding.selective.enabled", "boolean", "Whether the rules are in force"),
            Column("call_forwarding.rules", "list", "Rules: when, from whom, to where"),
            Column("call_forwarding.operating_modes.enabled", "boolean", "Whether operating modes forward"),
        ),
        of=of,
        look=section(name, f"{one}/callForwarding", _SHAPE),
    )
