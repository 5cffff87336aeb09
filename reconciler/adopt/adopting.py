"""The adopting itself: what of the snapshot is described already, what is new, and where each goes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from reconciler.adopt.adopted import Adopted
from reconciler.adopt.editing import Edit, edit
from reconciler.adopt.entries import as_ranges, entry, file_of
from reconciler.adopt.fitting import Together, fitted
from reconciler.adopt.freshness import overtaken
from reconciler.adopt.texts import Form, Texts, form_of
from reconciler.errors import InputError, ReconcileError, RefusedError, UsageError
from reconciler.kinds import kind as kind_named
from reconciler.kinds import owners
from reconciler.kinds.contract.kind import Kind
from reconciler.kinds.contract.namesakes import is_namesake
from reconciler.kinds.people.license import LicenseNames
from reconciler.model.address import matches
from reconciler.model.desired import Wanted
from reconciler.model.plan import Change
from reconciler.model.snapshot import Current, Fields, Snapshot
from reconciler.model.wording import counted
from reconciler.planning.diff import compare
from reconciler.planning.renames import as_there, judged
from reconciler.repository import desired, yamlfile
from reconciler.repository.desired import files

#: Of what is left out for one reason so many are named; the rest is counted.
_NAMED = 20
_IGNORED = (".env", ".reconcile/", "state/runs/", "sim.json")
_SCHEMA_HINT = "# Written by reconcile adopt; yours to edit.\n"


def adopt(
    root: Path,
    snapshot: Snapshot,
    org: Mapping[str, str],
    patterns: Iterable[str] = (),
    *,
    stale: bool = False,
    full: bool = False,
) -> Adopted:
    """Write what the patterns name (none: everything) from the snapshot into desired/. UsageError when they name
    nothing; RefusedError when the snapshot is from before what was applied since, and would take it back, unless
    `stale` allows that; then nothing is written. `full`: what is as the API gives it is written too."""
    wanted_patterns = tuple(patterns)
    chosen = [(kind, one) for kind in owners() if kind.writable for one in _chosen(snapshot, kind, wanted_patterns)]
    if wanted_patterns and not chosen:
        raise UsageError(
            f"nothing in the snapshot matches {' '.join(wanted_patterns)}", do="an address is kind/key; * matches all"
        )
    done = Adopted(matched=len(chosen), pinned=_begin(root, org))
    described = {} if done.pinned else _described(root, snapshot)
    adopting = _Adopting(root, snapshot, described, done, full=full)
    for kind, current in chosen:
        adopting.take(kind, current)
    if not (stale or done.pinned):
        _refuse_overtaken(root, adopting.meant())
    adopting.write()
    return done


def _refuse_overtaken(root: Path, addresses: list[str]) -> None:
    kinds = {address.partition("/")[0] for address in addresses}
    if kinds and (why := overtaken(root, kinds)):
        raise RefusedError(
            f"the snapshot is out of date: adopting it could take back {_some('resource', addresses)}",
            where="state/",
            why=why,
            do="run `reconcile export` and adopt again; --stale adopts what the old snapshot says",
        )


class _Adopting:
    """One run: resources are taken one by one, and written at the end, when nothing can go wrong any more."""

    def __init__(
        self, root: Path, snapshot: Snapshot, described: Mapping[str, Wanted], done: Adopted, *, full: bool
    ) -> None:
        self.full = full
        self.root, self.snapshot, self.described, self.done = root, snapshot, described, done
        self.together = Together(described.values())
        rows = (snapshot.get("license", key) for key in snapshot.keys("license"))
        self.licenses = LicenseNames(row for row in rows if row is not None)
        self.fresh: dict[Path, list[Fields]] = defaultdict(list)
        self.plurals: dict[Path, Kind] = {}
        self.edits: dict[str, list[Edit]] = defaultdict(list)
        self.homeless: dict[tuple[str, str], list[str]] = defaultdict(list)

    def take(self, kind: Kind, current: Current) -> None:
        wanted = self.described.get(current.address)
        if is_namesake(current):
            why = f"others are called {kind.key_of(current.fields)!r} too, which is no name to describe it by"
            self.done.left.append(f"{current.address}: {why}: rename it, export, and adopt again")
        elif current.candidates:
            why = f"the name is ambiguous ({'; '.join(current.candidates)})"
            self.done.left.append(f"{current.address}: {why}: rename all but one, export, and adopt again")
        elif wanted is not None and wanted.becomes:
            why = f"it is to be called {wanted.becomes!r} ({wanted.source})"
            self.done.left.append(f"{current.address}: {why}: apply that, export, and adopt again")
        elif wanted is not None:
            for change in compare(self.licenses.in_desired(wanted), current):
                if change.action == "update":
                    self._edit(wanted, change)
        elif _of_ambiguous_place(self.snapshot, current):
            self.homeless[current.fields["location"], kind.name].append(current.address)
        else:
            self._describe(kind, current)

    def _describe(self, kind: Kind, current: Current) -> None:
        """A new entry, as far as desired files take it."""
        found = fitted(kind, entry(kind, current, full=self.full), self._known)
        self.done.left += [f"{current.address}: {why}" for why in found.without]
        path = file_of(self.root, kind, current)
        if not found.fields:
            return
        if why := self.together.refuses(kind, found.fields, self._named(path)):
            self.done.left.append(why)
            return
        self.fresh[path].append(found.fields)
        self.plurals[path] = kind

    def _edit(self, wanted: Wanted, change: Change) -> None:
        """A change of what is described, as far as desired files take the tenant's values."""
        owner, section = kind_named(wanted.kind), kind_named(change.kind).section
        values = {name: change.before.get(name) for name in change.want}
        found = fitted(owner, owner.named(wanted.key) | ({section: values} if section else values), self._known)
        kept = (found.fields.get(section) or {}) if section else found.fields
        self.done.left += [f"{wanted.source}: {change.address}: {why}" for why in found.without]
        taken = replace(change, want={name: value for name, value in change.want.items() if name in kept})
        if taken.want:
            self.edits[wanted.file].append((wanted, taken))

    def meant(self) -> list[str]:
        """The addresses of what is to be written."""
        edited = {wanted.address for edits in self.edits.values() for wanted, _ in edits}
        kinds = ((self.plurals[path], entries) for path, entries in self.fresh.items())
        return sorted(edited | {f"{kind.name}/{kind.key_of(one)}" for kind, entries in kinds for one in entries})

    def _known(self, kind: str, key: str) -> bool:
        """Whether a reference leads somewhere; of a kind that was not read whole nobody can tell."""
        if f"{kind}/{key}" in self.described or self.snapshot.get(kind, key) is not None:
            return True
        return bool(self.snapshot.incomplete(kind))

    def _named(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    def write(self) -> None:
        texts, done = Texts(self.root), self.done
        for (place, kind_name), addresses in sorted(self.homeless.items()):
            done.left.append(f"{_some(kind_name, addresses)}: several locations are called {place!r}")
        for path, entries in sorted(self.fresh.items()):
            _append(texts, self._named(path), self.plurals[path], entries)
            done.written[self._named(path)] = len(entries)
        for file, edits in sorted(self.edits.items()):
            edit(texts, file, edits, done)
        texts.write()


def _begin(root: Path, org: Mapping[str, str]) -> bool:
    """Make desired/tenant.yaml, which pins the organisation, if there is none; whether it was made now."""
    file = root / "desired" / "tenant.yaml"
    if file.exists():
        return False
    tenant = {
        "schema_version": 1,
        "org": {"name": org.get("name") or root.resolve().name, "id": org["id"]},
        "limits": {"delete": {"max": 5, "percent": 10}, "update": {"percent": 30}, "create": {"percent": 30}},
        "watch": ["forwarding", "outgoing_permissions"],
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(_SCHEMA_HINT + yamlfile.dump(tenant), encoding="utf-8")
    _ignore(root)
    return True


def _ignore(root: Path) -> None:
    """Keep out of git what must not be in it: tokens, what runs leave, what this machine remembers."""
    file = root / ".gitignore"
    form = Form() if not file.is_file() else form_of(file.read_bytes())
    text = form.text(file.read_bytes()) if file.is_file() else ""
    if missing := [line for line in _IGNORED if line not in text.split("\n")]:
        text += "" if not text or text.endswith("\n") else "\n"
        file.write_bytes(form.data(text + "".join(f"{line}\n" for line in missing)))


def _described(root: Path, snapshot: Snapshot) -> dict[str, Wanted]:
    """What is described, by address as the snapshot has it."""
    if not files.names(root):  # nothing but settings
        return {}
    try:
        resources = desired.load(root).resources
        return {wanted.address: wanted for wanted in as_there(resources, judged(resources, snapshot.get))}
    except InputError as error:
        raise ReconcileError("desired/ has errors, so nothing is adopted", why=str(error), do="correct them") from None


def _chosen(snapshot: Snapshot, kind: Kind, patterns: tuple[str, ...]) -> Iterable[Current]:
    for key in snapshot.keys(kind.name):
        current = snapshot.get(kind.name, key)
        if current is not None and (not patterns or any(matches(p, current.address) for p in patterns)):
            yield current


def _of_ambiguous_place(snapshot: Snapshot, current: Current) -> bool:
    """Whether the location of a resource shares its name with others: described by that name, what is in different
    places would be in one, where extensions collide."""
    name = current.fields.get("location")
    place = snapshot.get("location", str(name)) if name else None
    return bool(place and place.candidates)


def _some(kind: str, addresses: list[str]) -> str:
    more = f", … {counted(len(addresses), kind)} in all" if len(addresses) > _NAMED else ""
    return ", ".join(addresses[:_NAMED]) + more


def _append(texts: Texts, file: str, kind: Kind, entries: list[Fields]) -> None:
    """Add entries to the end of a file's list, or make the file; comments in it stay."""
    said = as_ranges(entries) if kind.name == "number" else entries
    text = texts.get(file)
    if text is None:
        texts.put(file, _SCHEMA_HINT + yamlfile.dump({kind.plural: said}))
        return
    document = yamlfile.edit(text) or {}
    known = document.get(kind.plural) or []
    known.extend(yamlfile.styled(said))
    document[kind.plural] = known
    texts.put(file, yamlfile.edited(document, text))
