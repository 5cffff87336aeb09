"""Incoming permissions of people and workspaces. API: `/people/{id}/features/incomingPermission` and its like
(webex-behaviour.md §7, §12)."""

from __future__ import annotations

from reconciler.kinds.contract.observed import Column, Observed, Shape, section, texts


def _of(kind: str, plural: str, words: str) -> Observed:
    name = f"{kind}.incoming_permissions"
    return Observed(
        name=name,
        doc=f"Which calls from outside {words} takes.",
        requests=(f"GET /{plural}/{{{kind}Id}}/features/incomingPermission",),
        columns=(
            *texts(("location", "Location"), ("external_transfer", "Transfers from outside: ALLOW_ALL_EXTERNAL, …")),
            Column("use_custom_enabled", "boolean", "Whether these values differ from the location's"),
            Column("internal_calls_enabled", "boolean", "Calls from inside"),
            Column("collect_calls_enabled", "boolean", "Collect calls"),
        ),
        of=kind,
        calling=True,
        sharded=True,
        fetch=section(name, f"/{plural}/{{id}}/features/incomingPermission", Shape()),
    )


ARTEFACTS = (_of("person", "people", "a person"), _of("workspace", "workspaces", "a workspace"))
