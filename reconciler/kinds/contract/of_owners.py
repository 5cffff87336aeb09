"""One declaration, and a section for each owner that has the setting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from reconciler.kinds.contract.access import Reader, Writer
from reconciler.kinds.contract.kind import Column, Fetch, Rules, SectionKind, Write
from reconciler.kinds.contract.observed import Shape, filled, section, texts, url
from reconciler.kinds.contract.owners import Owner
from reconciler.kinds.contract.setting import Setting, camel
from reconciler.kinds.contract.wire import setting as read_setting
from reconciler.model.snapshot import Current, Fields

_LOCATION = texts(("location", "Location"))
_AS_IT_IS = Shape()
_DECLARED: Any = object()
_NONE: Mapping[Owner, Mapping[str, Any]] = {}


def kinds_of(
    name: str,
    model: type[Setting] | None,
    doc: str,
    owners: Mapping[Owner, str],
    *,
    path: str = "",
    columns: tuple[Column, ...] = (),
    shown: tuple[Owner, ...] = (),
    shape: Shape = _AS_IT_IS,
    merges: bool = False,
    read_only: tuple[str, ...] = (),
    cleared: Fields | None = _DECLARED,
    own: Mapping[Owner, Mapping[str, Any]] = _NONE,
    rules: Rules | None = None,
    **more: Any,
) -> tuple[SectionKind, ...]:
    """`<owner>.<name>` for each of `owners`, which say under which family of endpoints it lies there.

    `path` is the rest of its address (else the name in camel case); {owner} in `doc` becomes `a person`. With `columns`
    the inventory reads the whole document of the owners `shown` (else of all), by its `shape`. A PUT replaces, and
    sends the document that was just read but for what is `read_only`, or it `merges`, and sends the parts that change.
    `cleared` is what null stands for: the defaults of the model, unless said; None: there is no such thing. `own`
    says for an owner what is otherwise: its `model`, `defaults` beside those of the model, a field of the kind.
    """
    made = []
    for owner, family in owners.items():
        at, documented = (owner.path(family, path or camel(name), one) for one in ("{id}", f"{{{owner.parameter}}}"))
        kind = SectionKind(
            name=f"{owner.name}.{name}",
            doc=doc.replace("{owner}", owner.words),
            requests=(f"GET {documented}",),
            of=owner.name,
            calling=owner.calling,
            shard="location" if owner.calling else "",
            requires=owner.requires,
        )
        if columns and owner in (shown or owners):
            first = _LOCATION if owner.calling else ()  # a location says where it is by its address
            kind = replace(kind, columns=(*first, *columns), look=section(kind.name, at, shape))
        said = {"model": model, "defaults": {}, **more, **own.get(owner, {})}
        theirs, defaults = said.pop("model"), said.pop("defaults")
        if theirs is not None:
            kind = _managed(kind, theirs, at, merges, read_only, rules or Rules(refuse=theirs.refuse))
            rest = theirs.rest() | defaults
            kind = replace(kind, defaults=rest, cleared=rest if cleared is _DECLARED else cleared)
        made.append(replace(kind, **said))
    return tuple(made)


def _managed(
    kind: SectionKind,
    model: type[Setting],
    at: str,
    merges: bool,
    read_only: tuple[str, ...],
    rules: Rules,
) -> SectionKind:
    return replace(
        kind,
        model=model,
        source=f"GET/PUT {at}",
        rules=rules,
        replaces=not merges,
        fetch=_fetch(kind.section, model, at),
        write=_write(model, at, merges, read_only),
        picked=model.picked if kind.columns else None,
    )


def _fetch(name: str, model: type[Setting], at: str) -> Fetch:
    async def fetch(reader: Reader, owner: Current) -> Fields | None:
        owner.wire = await read_setting(reader, url(reader, filled(at, owner)))
        owner.most |= {f"{name}.{field}": most for field, most in model.most(owner.wire).items()}
        return await model.named(reader, model.normal(owner.wire))

    return fetch


def _write(model: type[Setting], at: str, merges: bool, read_only: tuple[str, ...]) -> Write:
    async def write(writer: Writer, owner: Current, now: Fields | None, want: Fields) -> None:
        asked = await model.with_ids(writer, want)
        body = model.sent(owner.wire or {}, asked, merges=merges, read_only=read_only)
        await writer.send("PUT", url(writer, filled(at, owner)), body | await model.along(writer, owner))

    return write
