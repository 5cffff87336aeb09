"""`reconcile kinds`: what can be managed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

from cyclopts import Parameter

if TYPE_CHECKING:
    from reconciler.kinds.contract.kind import Kind


def kinds(
    kind: str | None = None,
    /,
    *,
    output: Annotated[Literal["text", "json"], Parameter(name=["-o", "--output"])] = "text",
) -> int:
    """List the managed kinds and what can be done with each; with a kind, its fields and the API behind it.

    What is only read is shown by its name, with the columns of its table.
    Exit codes: 0 listed, 64 there is no such kind.

    Parameters
    ----------
    kind
        Show this kind and its sections only, with their fields.
    output
        How to print.
    """
    from reconciler.errors import UsageError
    from reconciler.kinds import managed as discovered

    def can(kind: Kind) -> list[str]:
        if kind.owner:
            return ["create, update" if kind.cleared is None else "update, clear"] if kind.write else []
        verbs = ["create"] if kind.create or kind.batch else []
        verbs += ["update"] if kind.update or kind.batch else []
        return verbs + (["delete"] if kind.delete or kind.batch else [])

    chosen = [k for k in discovered().values() if kind is None or k.name == kind or k.owner == kind]
    read = [] if chosen else _only_read(str(kind))
    if not chosen and not read:
        meant = _meant(str(kind), discovered())
        raise UsageError(f"there is no kind {kind!r}", do=meant or f"one of: {', '.join(discovered())}")
    rows: list[dict[str, Any]] = read or [
        {
            "kind": k.name,
            "list": k.plural or None,
            "fields": _fields(k),
            "can": ", ".join(can(k)) or "read only",
            "doc": k.doc,
            "api": k.source,
        }
        for k in chosen
    ]
    if output == "json":
        print(json.dumps(rows, indent=2))
        return 0
    for row in rows:
        print(f"{row['kind']:<30} {row['can']:<24}  {row['doc']}")
        if kind is not None:
            print(f"  {row['api']}")
            for name, what in row["fields"].items():
                print(f"    {name:<28}  {what}".rstrip())
    return 0


def _meant(name: str, known: Iterable[str]) -> str:
    """What to do where a kind is not there: the sections that are called so, else the nearest name."""
    from reconciler.repository.desired.entries import did_you_mean

    sections = [one for one in known if one.partition(".")[2] == name]
    return f"did you mean {' or '.join(sections)}?" if sections else did_you_mean(name, known)


def _only_read(name: str) -> list[dict[str, Any]]:
    """An artefact of the inventory and its parts in the form of a kind."""
    from reconciler.kinds import observed

    return [
        {
            "kind": artefact.name,
            "list": None,
            "fields": {column.path: column.doc for column in artefact.columns},
            "can": "read by export, not managed yet",
            "doc": artefact.doc,
            "api": ", ".join(artefact.requests),
        }
        for artefact in observed().values()
        if artefact.model is None and (artefact.name == name or artefact.name.startswith(f"{name}."))
    ]


def _fields(kind: Kind) -> dict[str, str]:
    """Field paths of a kind and what each says; fields of nested models under dotted names."""
    from pydantic import BaseModel

    found: dict[str, str] = {}

    def walk(model: type[BaseModel], prefix: str) -> None:
        for name, info in model.model_fields.items():
            parts = (info.annotation, *get_args(info.annotation))
            nested = [part for part in parts if isinstance(part, type) and issubclass(part, BaseModel)]
            found[f"{prefix}{name}"] = info.description or ""
            for part in nested:
                walk(part, f"{prefix}{name}.")

    walk(kind.managed, "")
    return found
