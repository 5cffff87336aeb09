"""Incoming permissions of people. API: `/people/{id}/features/incomingPermission` (webex-behaviour.md §7, §12)."""

from __future__ import annotations

from reconciler.kinds._observed import Column, Observed, Shape, section, texts

ARTEFACT = Observed(
    name="person.incoming_permissions",
    doc="Which calls from outside a person takes.",
    requests=("GET /people/{personId}/features/incomingPermission",),
    columns=(
        Column("use_custom_enabled", "boolean", "Whether these values differ from the location's"),
        *texts(("external_transfer", "Transfers from outside: ALLOW_ALL_EXTERNAL, …")),
        Column("internal_calls_enabled", "boolean", "Calls from inside"),
        Column("collect_calls_enabled", "boolean", "Collect calls"),
    ),
    of="person",
    calling=True,
    sharded=True,
    fetch=section("person.incoming_permissions", "/people/{id}/features/incomingPermission", Shape()),
)
