"""Reading all of `desired/`, file by file, with every problem of the run."""

from __future__ import annotations

import gc
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from operator import attrgetter
from pathlib import Path

from reconciler.errors import InputError, Problem, ReconcileError
from reconciler.kinds import used
from reconciler.model.address import split_key
from reconciler.model.desired import Wanted
from reconciler.model.desired_state import Desired
from reconciler.model.tenant import Tenant
from reconciler.repository import store
from reconciler.repository.desired import files
from reconciler.repository.desired.checks import Checks
from reconciler.repository.desired.countries import Countries
from reconciler.repository.desired.documents import UntrustedSplit, open_document
from reconciler.repository.desired.entries import EntryTypes
from reconciler.repository.desired.isolation import isolated
from reconciler.repository.desired.resources import FileReading
from reconciler.repository.desired.roots import FOLDER, TENANT
from reconciler.repository.desired.tenants import read_tenant
from reconciler.repository.desired.units import Document, Unit
from reconciler.repository.store import StoredSnapshot


def load(root: Path, *, references: bool = True, isolate: bool = False) -> Desired:
    """Everything in `desired/`. InputError with all problems of all files, sorted by place.

    Without `references` nobody looks whether they lead somewhere: who plans against the tenant asks it instead,
    because the snapshot in state/ may be older than what the references are to. `isolate`: entries that are refused are
    set aside, with what refers to them, and the others are as valid as without them.
    """
    desired = examine(root, references=references and not isolate)
    if isolate:
        desired = isolated(root, desired, references=references)
    if desired.problems:
        raise InputError(desired.problems)
    return desired


def described(root: Path) -> frozenset[str]:
    """The sections that something in `desired/` describes, as far as it can be read: an export reads them too."""
    try:
        return used(examine(root, references=False).resources)
    except ReconcileError:
        return frozenset()


@contextmanager
def collector_off() -> Iterator[None]:
    """No cyclic garbage collection: with many small objects it would cost several times the work itself."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@collector_off()
def examine(root: Path, *, references: bool = True) -> Desired:
    """As `load`, but with the problems in the result; InputError only without a tenant.yaml that can be read."""
    reading = Loading(root)
    tenant = reading.tenant()
    checks = Checks(reading.locate)
    resources: list[Wanted] = []
    for name in reading.names:
        for _, found in reading.file(name):
            for wanted in found:
                checks.add(wanted)
            resources += found
    checks.problems += checks.by_old_names()
    reading.problems += checks.finish(reading.snapshot, reading.refused) if references else checks.problems
    resources.sort(key=attrgetter("address"))
    problems = tuple(sorted(reading.problems, key=Problem.order))
    return Desired(tenant, resources, reading.fingerprint(), problems, notices=tuple(reading.notices))


def reread(root: Path, name: str, data: bytes) -> tuple[list[Wanted], list[Problem]]:
    """The resources of one desired file as these bytes would make it, and what is wrong with them."""
    reading = Loading(root, {name: data})
    reading.tenant()
    found = [wanted for _, some in reading.file(name) for wanted in some]
    return found, reading.problems


class Loading:
    """One run over `desired/`: the files in order, their problems and digests, and what error texts look up. `instead`
    are bytes that take the place of a file's. `national` are the entries, by file and number, that were read by the
    country of a location, and which one."""

    def __init__(self, root: Path, instead: Mapping[str, bytes] | None = None) -> None:
        self.root = root
        self._instead = instead or {}
        self.problems: list[Problem] = []
        self.notices: list[str] = []
        self._tally = [0, 0]
        self.refused: set[str] = set()
        self.digests: dict[str, bytes] = {}
        self.countries = Countries(lambda: self.names, self.read, self.snapshot)
        self.national: dict[tuple[str, int], str] = {}
        self._types = EntryTypes()
        self._tenant: Tenant | None = None
        self._opened: tuple[str, list[int], list[str]] = ("", [], [])

    def tenant(self) -> Tenant:
        """The tenant's settings. InputError when they cannot be read, or when there is nothing beside them."""
        if not (self.root / FOLDER).is_dir():
            raise InputError([Problem(FOLDER, 0, 0, "there is no such folder", "write it with `reconcile adopt`")])
        self._tenant = read_tenant(self.root, self.problems)
        if self._tenant is None:
            raise InputError(sorted(self.problems, key=Problem.order))
        if not self.names:
            what = "there is nothing in it but tenant.yaml: no desired state, so nothing to compare"
            do = "write desired files, or let `reconcile adopt` write them from the tenant"
            raise InputError([*self.problems, Problem(FOLDER, 0, 0, what, do)])
        self.digests[TENANT] = files.content_digest((self.root / TENANT).read_bytes())
        return self._tenant

    @cached_property
    def names(self) -> list[str]:
        return files.names(self.root)

    def file(self, name: str) -> Iterator[tuple[Unit, list[Wanted]]]:
        """The resources of one file by unit; what is wrong with it is added to the problems."""
        try:
            data = self.read(name)
        except OSError as error:
            self.problems.append(Problem(name, 0, 0, f"cannot be read: {error.strerror}"))
            return
        self.digests[name] = files.content_digest(data)
        document = open_document(name, data)
        try:
            yield from self.units(name, document, document.units)
        except UntrustedSplit:
            document = open_document(name, data, whole=True)
            yield from self.units(name, document, document.units)
        self.notices += document.notices
        if document.problems:
            self.problems += document.problems
            self.refused.add("")

    def read(self, name: str) -> bytes:
        return self._instead[name] if name in self._instead else (self.root / name).read_bytes()

    def units(self, name: str, document: Document, units: list[Unit]) -> Iterator[tuple[Unit, list[Wanted]]]:
        assert self._tenant is not None
        tenant = self._tenant
        reading = FileReading(
            name,
            document,
            tenant.profiles,
            tenant.license_aliases,
            self.countries,
            self.problems,
            self.refused,
            self.notices,
            self._tally,
            self.national,
            self._types,
        )
        return reading.resources(units)

    def locate(self, source: tuple[str, int], value: str) -> tuple[int, int]:
        """Where a value stands in the entry that begins at a line, by its text; else where the entry begins."""
        name, line = source
        if self._opened[0] != name:
            document = open_document(name, self.read(name))
            begins = sorted({unit.line for unit in document.units})
            self._opened = (name, begins, document.text.split("\n"))
        _, begins, rows = self._opened
        following = bisect_right(begins, line)
        end = begins[following] - 1 if following < len(begins) else len(rows)
        for text in dict.fromkeys((value, split_key(value)[-1])):  # a file may say the last part of a key alone
            for number, row in enumerate(rows[line - 1 : end]):
                found = re.search(rf"(?<![\w+.@-]){re.escape(text)}(?![\w.@-])", row, re.IGNORECASE)
                if found:
                    return line + number, _with_quote(row, found.start()) + 1
        return line, 1

    def fingerprint(self) -> str:
        return files.fingerprint(self.digests.items())

    def snapshot(self) -> StoredSnapshot | None:
        """The snapshot in state/, None before the first export. ReconcileError when it is damaged, RefusedError when it
        is of another organisation: its names say nothing about this one."""
        folder, org = self.root / "state", self._tenant.org.id if self._tenant else ""
        return store.open(folder, org) if (folder / "manifest.json").exists() else None


def _with_quote(row: str, start: int) -> int:
    """A quoted value begins at its quote."""
    return start - 1 if start and row[start - 1] in "\"'" else start
