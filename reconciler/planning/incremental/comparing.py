"""One desired file against the snapshot, unit by unit; what an earlier run found of a unit is used again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace

from reconciler.errors import Problem
from reconciler.kinds import kind as kind_named
from reconciler.kinds import sections_of
from reconciler.kinds.people.license import NAMING
from reconciler.model.desired import Wanted
from reconciler.model.plan import Change
from reconciler.model.snapshot import Current
from reconciler.planning.diff import aliased, compare, covers, refused
from reconciler.planning.incremental.results import FileResult, UnitResult, plain
from reconciler.repository.desired.checks import names_in
from reconciler.repository.desired.documents import UntrustedSplit, open_document
from reconciler.repository.desired.files import content_digest
from reconciler.repository.desired.loading import Loading
from reconciler.repository.desired.units import Document
from reconciler.repository.store import StoredSnapshot, joined

#: What rests on the country of a location rests on this and its name, as on a file of the snapshot.
COUNTRY = "country/"
CALLED_OTHERWISE = "was"
#: Units to hold at a time: memory stays flat however large a file is.
BATCH = 256


class Comparing:
    """One run: the files of `desired/` against the snapshot.

    `ambiguous` are resources whose name several have, or that name a licence which several may be. `keep`: note what
    each unit rests on, for the next run.
    `gather`: collect the names in a file, for the checks across files. `meanwhile` is called while other processes
    compare, if they do.
    """

    def __init__(
        self,
        loading: Loading,
        snapshot: StoredSnapshot,
        *,
        keep: bool,
        meanwhile: Callable[[], None] = lambda: None,
    ) -> None:
        self.loading = loading
        self.snapshot = snapshot
        self.keep = keep
        self.meanwhile = meanwhile
        self.gather = True
        self.ambiguous: list[Problem] = []

    @property
    def trouble(self) -> int:
        """How much is wrong so far: with the files, and with names that several have."""
        return len(self.loading.problems) + len(self.ambiguous)

    def file(self, name: str, data: bytes, known: dict[bytes, UnitResult], *, certain: bool = False) -> FileResult:
        """The result of a file; units in `known` whose lines in the snapshot are still the same are not read.

        `certain`: they are, all of them.
        """
        result, said = FileResult(content_digest(data)), len(self.loading.notices)
        self.loading.digests[name] = result.digest
        document = open_document(name, data)
        try:
            self._units(name, document, {} if document.problems else known, certain, result)
        except UntrustedSplit:
            document = open_document(name, data, whole=True)
            result = FileResult(result.digest)
            self._units(name, document, known, certain, result)
        self.loading.problems += document.problems
        result.notices += [*document.notices, *self.loading.notices[said:]]
        result.kinds |= {unit.kind.name for unit in document.units}
        return result

    def _units(
        self, name: str, document: Document, known: dict[bytes, UnitResult], certain: bool, result: FileResult
    ) -> None:
        unread = []
        for unit in document.units:
            verdict = known.get(document.digest(unit)) if known else None
            known_still = verdict is not None and not verdict.national and verdict.digest not in result.verdicts
            if verdict is None or not known_still or not (certain or self._holds(verdict, result)):
                unread.append(unit)
                continue
            result.add(verdict, name, unit.line, gather=self.gather)
            result.verdicts[verdict.digest] = verdict
        for start in range(0, len(unread), BATCH):
            for unit, found in self.loading.units(name, document, unread[start : start + BATCH]):
                verdict = self._verdict(document.digest(unit) if self.keep else b"", found, result)
                if (place := self.loading.national.get((name, unit.number))) is not None:
                    verdict = verdict._replace(national=True)
                    result.files |= {f"{COUNTRY}{place}"} if place else set()
                result.add(verdict, name, unit.line, gather=self.gather)
                if self.keep:
                    result.verdicts[verdict.digest] = verdict

    def _verdict(self, digest: bytes, found: list[Wanted], result: FileResult) -> UnitResult:
        same = 0
        verdict = UnitResult(digest, len(found), 0, [], [], [], [], [])
        licenses = self.snapshot.licenses
        for one in found:
            wanted, current = one, None
            if not (NAMING.isdisjoint(one.fields) or licenses.has_all(one.fields)):
                wanted = licenses.in_desired(one)
                if doubt := licenses.doubt(wanted.fields):
                    self.ambiguous.append(Problem(wanted.file, wanted.line, 1, doubt))
            kind, key = wanted.kind, wanted.key
            claims, references = names_in(wanted)
            verdict.addresses.append(wanted.address)
            verdict.claims.extend(claims)
            verdict.references.extend(references)
            hint = hint_of(wanted)
            place = self.snapshot.find(kind, key, hint)
            if place is not None and self._as_wanted(wanted, place):
                same += 1
            else:
                current = self.snapshot.parse(kind, key, *place) if place else None
                if current is not None and current.candidates:
                    self.ambiguous.append(ambiguity(wanted, current.candidates))
                changes = changed(wanted, current, self.snapshot) if not wanted.was else [called_otherwise(wanted)]
                verdict.changes.extend(map(plain, changes))
                same += not changes
            if self.keep:
                read = _looked_at(wanted, current)
                verdict.rests_on.append((kind, key, hint, read, self._lines(kind, key, place, read, result)))
        return verdict._replace(same=same) if same else verdict

    def _as_wanted(self, wanted: Wanted, place: tuple[str, tuple[int, int]]) -> bool:
        """Whether a resource is as it is to be, seen from its lines alone, as of nearly all; else `compare` tells."""
        if wanted.absent or wanted.was or wanted.becomes or wanted.clash:
            return False
        fields = self.snapshot.fields(wanted.kind, wanted.key, place, wanted.fields)
        return fields is not None and covers(fields, wanted.fields)

    def _holds(self, verdict: UnitResult, result: FileResult) -> bool:
        """Whether the snapshot still says of these resources what it said then."""
        return all(
            self._lines(kind, key, self.snapshot.find(kind, key, hint), sections, result) == digest
            for kind, key, hint, sections, digest in verdict.rests_on
        )

    def _lines(
        self,
        kind: str,
        key: str,
        place: tuple[str, tuple[int, int]] | None,
        sections: Sequence[str],
        result: FileResult,
    ) -> bytes:
        """The digest of a resource's line and of these sections of it, where there is none whose alias it is; the
        files are noted as ones to rest on."""
        if place is None:
            result.files.add(f"{kind}/*")
            return self.snapshot.alias(kind, key).encode("utf-8", "surrogatepass")
        found = hashlib.blake2b(digest_size=8)
        for file, line in self.snapshot.lines(kind, key, place, sections):
            result.files.add(file)
            found.update(line)
        return found.digest()


def _looked_at(wanted: Wanted, current: Current | None) -> tuple[str, ...]:
    """The sections that a comparison rests on: those that were opened, and those that are described, which the
    snapshot may not have yet."""
    sections = sections_of(wanted.kind)
    described = sections.keys() if wanted.absent else wanted.fields.keys() & sections.keys()
    return tuple(sorted({*described, *(joined(current.fields) if current is not None else ())}))


def called_otherwise(wanted: Wanted) -> Change:
    """In place of the changes of what has `was`: what becomes of it only shows together with all that refers to it, so
    that everything is compared anew (evaluating.py)."""
    return replace(refused(wanted, ""), facts={CALLED_OTHERWISE: wanted.was})


def changed(wanted: Wanted, current: Current | None, snapshot: StoredSnapshot) -> list[Change]:
    """The changes of a resource that is described under its own name, or under an alias."""
    other = snapshot.alias(wanted.kind, wanted.key) if current is None else ""
    primary = snapshot.get(wanted.kind, other) if other else None
    return [aliased(wanted, primary)] if primary is not None else compare(wanted, current)


def ambiguity(wanted: Wanted, candidates: list[str]) -> Problem:
    what = f"{wanted.address} is ambiguous: {len(candidates)} in the tenant have that name ({'; '.join(candidates)})"
    return Problem(wanted.file, wanted.line, 1, what, "rename all but one")


def hint_of(wanted: Wanted) -> str:
    """The location at which the snapshot probably has a resource."""
    return str(wanted.fields.get(kind_named(wanted.kind).shard) or "")
