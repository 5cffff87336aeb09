"""`desired/tenant.yaml`: read, checked against its model, and the profiles in it against that of permissions."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from itertools import islice
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from reconciler.errors import InputError, Problem
from reconciler.kinds import kind, managed, owners
from reconciler.model.tenant import SCHEMA_VERSION, Tenant
from reconciler.repository import yamlfile
from reconciler.repository.desired import settings
from reconciler.repository.desired.entries import did_you_mean
from reconciler.repository.desired.messages import MOST_PROBLEMS, at, in_plain_english
from reconciler.repository.desired.roots import TENANT

#: The kind whose model a profile must fit.
PROFILED = "location.outgoing_permissions"


def load_tenant(root: Path) -> Tenant:
    """The tenant's settings. InputError with every problem in the file."""
    problems: list[Problem] = []
    tenant = read_tenant(root, problems)
    if tenant is None or problems:
        raise InputError(sorted(problems, key=Problem.order))
    return tenant


def pinned(root: Path) -> tuple[str, str]:
    """Id and name of the organisation of this repository: those in `desired/tenant.yaml`, which pins it; before the
    first adopt no id, and the folder's name. InputError as `load_tenant`."""
    if not (root / TENANT).exists():
        return "", root.resolve().name
    org = load_tenant(root).org
    return org.id, org.name


def read_tenant(root: Path, problems: list[Problem]) -> Tenant | None:
    """As `load_tenant`, but problems are added to those of the run."""
    try:
        found = settings.read(root, TENANT, problems)
    except FileNotFoundError:
        what = "missing: it says which tenant this is"
        problems.append(Problem(TENANT, 0, 0, what, "write it with `reconcile adopt`"))
        return None
    if found is None:
        return None
    text, content = found
    version = content.get("schema_version", SCHEMA_VERSION) if isinstance(content, dict) else SCHEMA_VERSION
    if version != SCHEMA_VERSION:
        line, col = yamlfile.positions(text).value(("schema_version",))
        what = f"schema_version: {version} is not known here; this version reads {SCHEMA_VERSION}"
        problems.append(Problem(TENANT, line, col, what, f"write {SCHEMA_VERSION}, or use the version that it needs"))
        return None
    try:
        tenant = Tenant.model_validate(content)
    except ValidationError as error:
        positions = yamlfile.positions(text)
        problems.extend(in_plain_english(TENANT, Tenant, "tenant", content, error, at(positions)))
        return None
    for odd in (_names(tenant, text), _addresses(tenant, text), _watched(tenant, text)):
        problems.extend(islice(odd, MOST_PROBLEMS))
    profiles = _profiles(tenant, text, problems)
    return tenant.model_copy(update={"profiles": profiles}) if profiles else tenant


def _names(tenant: Tenant, text: str) -> Iterator[Problem]:
    """Kinds that `manage` names and that do not exist."""
    for name in tenant.manage:
        if name not in managed():
            near = did_you_mean(name, managed()) or f"one of: {', '.join(owner.name for owner in owners())}"
            place = yamlfile.positions(text).key(("manage", name))
            yield Problem(TENANT, *place, f"manage.{name}: there is no such kind", near)


def _watched(tenant: Tenant, text: str) -> Iterator[Problem]:
    """Entries of `watch` that name no setting: they would be taken for a watch that works."""
    if not tenant.watch:
        return
    known = sorted({name for one in managed().values() if one.owner for name in (one.name, one.section)})
    for number, name in enumerate(tenant.watch):
        if name not in known:
            near = did_you_mean(name, known) or f"one of: {', '.join(known)}"
            place = yamlfile.positions(text).value(("watch", number))
            yield Problem(TENANT, *place, f"watch: {name}: there is no such setting", near)


def _addresses(tenant: Tenant, text: str) -> Iterator[Problem]:
    """Entries of `protect` and `require` that can name nothing: they would be taken for a protection that works."""
    for name, entries in (("protect", tenant.protect), ("require", tenant.require)):
        for number, entry in enumerate(entries):
            of_kind, slash, key = entry.partition("/")
            known = of_kind in managed() or any(fnmatchcase(one, of_kind) for one in managed())
            if not slash or not key:
                what, do = "is no address", "an address is kind/key, like person/ana@example.com"
            elif not known:
                near = did_you_mean(of_kind, managed()) or f"one of: {', '.join(owner.name for owner in owners())}"
                what, do = f"there is no kind {of_kind!r}", near
            elif name == "require" and set(entry) & set("*?"):
                what, do = "a required address has no wildcards", "name each resource"
            else:
                continue
            yield Problem(TENANT, *yamlfile.positions(text).value((name, number)), f"{name}: {entry}: {what}", do)


def _profiles(tenant: Tenant, text: str, problems: list[Problem]) -> dict[str, Any]:
    """The profiles in normal form, checked as the permissions of a location would be."""
    model = kind(PROFILED).managed
    found: dict[str, Any] = {}
    for name, value in tenant.profiles.items():
        prefix = ("profiles", name)
        if "profile" in value:
            line, col = yamlfile.positions(text).key((*prefix, "profile"))
            problems.append(Problem(TENANT, line, col, f"profiles.{name}.profile: a profile cannot name another"))
            continue
        try:
            found[name] = model.model_validate(value).model_dump(exclude_unset=True)
        except ValidationError as error:
            place = at(yamlfile.positions(text))
            problems.extend(in_plain_english(TENANT, model, "profile", value, error, place, prefix=prefix))
    return found
