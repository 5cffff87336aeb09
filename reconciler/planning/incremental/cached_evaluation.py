"""What of an earlier evaluation still stands: files that nobody touched, on snapshot files that nobody touched."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from reconciler.model.tenant import Tenant
from reconciler.planning.incremental import signatures
from reconciler.planning.incremental.cache import Cache, CacheRow
from reconciler.planning.incremental.comparing import COUNTRY, Comparing
from reconciler.planning.incremental.facts import FileFacts
from reconciler.planning.incremental.processes import Found, Job
from reconciler.planning.incremental.results import FileResult, UnitResult, facts_of, unsealed
from reconciler.repository.desired.countries import Countries
from reconciler.repository.desired.files import content_digest
from reconciler.repository.store import StoredSnapshot
from reconciler.repository.yamlfile import READER


class DamagedCache(Exception):
    """Something that the cache held cannot be read again."""


class CachedEvaluation:
    """One evaluation with a cache.

    `stirred`: names or references may have changed, so the checks across files are due.
    """

    def __init__(self, root: Path, tenant: Tenant, snapshot: StoredSnapshot, countries: Countries) -> None:
        self._root = root
        self._countries = countries
        self._snapshot = snapshot
        self._cache = Cache(os.path.abspath(root), _key(tenant, snapshot))
        self._rows = self._cache.files()
        self._checked = self._cache.checked()
        self._whole: dict[str, str] = {}
        self._in_cache: list[str] = []
        self._signs: dict[str, signatures.Signature] = {}
        self.stirred = self._cache.about("snapshot") != snapshot.fingerprint

    def standing(self, name: str, comparing: Comparing) -> FileResult | None:
        """The earlier result of a file without its facts, if it stands."""
        path = self._root / name
        self._signs[name] = sign = signatures.signature(path.stat())
        row = self._rows.get(name)
        if row is None or not self._same_state(row):
            return None
        if sign != row.sign:
            if content_digest(path.read_bytes()) != row.digest:
                return None
            self._cache.refresh(name, sign, row)
        comparing.loading.digests[name] = row.digest
        self._in_cache.append(name)
        return FileResult(row.digest, row.managed, row.same, row.changes, kinds=set(row.kinds), notices=row.notices)

    def jobs(self, names: Iterable[str]) -> list[Job]:
        """What is to be done about files whose results do not stand; their units that did not change are used again."""
        found = []
        for name in names:
            row = self._rows.get(name)
            earlier = self._cache.sealed_verdicts(name) if row else b""
            certain = row is not None and self._same_state(row)
            found.append(Job(name, self._signs[name][0], earlier, certain))
            self.stirred = self.stirred or row is None
        return found

    def note(self, found: Found, *, gathered: bool) -> None:
        """Keep a new result for the next run. `gathered`: its names are known, else they are in the cache alone."""
        result, row = found.result, self._rows.get(found.name)
        assert result is not None
        if row is not None and self._same_state(row):
            result.files.update(row.rests_on)
        if not gathered:
            self._in_cache.append(found.name)
        self.stirred = self.stirred or found.stirred
        rests_on = tuple(sorted(result.files))
        self._cache.keep(found.name, self._signs[found.name], result, rests_on, self._state(rests_on))

    def facts(self) -> Iterable[FileFacts]:
        """The facts of the files that did not gather them. DamagedCache when they cannot be read any more."""
        for name in self._in_cache:
            rows = unsealed(self._cache.sealed_verdicts(name))
            if rows is None:
                raise DamagedCache
            yield facts_of(map(UnitResult._make, rows))

    def vanished(self, names: Iterable[str]) -> set[str]:
        """Files of the earlier run that are not among these."""
        return self._rows.keys() - set(names)

    def finish(self, names: Iterable[str]) -> None:
        """Make everything noted last. Only sound evaluations get here."""
        for name in self.vanished(names):
            self._cache.forget(name)
        self._cache.finish({"snapshot": self._snapshot.fingerprint})

    def close(self) -> None:
        self._cache.close()

    def _same_state(self, row: CacheRow) -> bool:
        """Whether the files of the snapshot that a result rests on are as they were."""
        return self._state(row.rests_on) == row.state

    def _state(self, files: Iterable[str]) -> bytes:
        """A digest of these files of the snapshot, each of which is whole, and of the countries of locations."""
        digest = hashlib.blake2b(digest_size=16)
        for file in files:
            digest.update(self._file_state(file).encode())
        return digest.digest()

    def _file_state(self, file: str) -> str:
        if file.startswith(COUNTRY):
            return f"{file}={self._countries.at(file.removeprefix(COUNTRY))}\n"
        if file.endswith("/*"):
            return "".join(map(self._file_state, sorted(self._snapshot.files(file[:-2]))))
        if file not in self._whole:
            self._whole[file] = self._seen_whole(file)
        return self._whole[file]

    def _seen_whole(self, file: str) -> str:
        """The digest that the manifest gives of a file, which the file has: by its signature, or read anew."""
        said = self._snapshot.digest_of(file)
        if not said:
            return ""
        try:
            sign = signatures.signature((self._snapshot.folder / file).stat())
        except OSError:
            self._snapshot.verify(file)
            raise
        if self._checked.get(file) != (sign, said):
            self._snapshot.verify(file)
            self._cache.check(file, sign, said)
        else:
            self._snapshot.trust(file)
        return said


def _key(tenant: Tenant, snapshot: StoredSnapshot) -> str:
    """What results depend on beside the files: this program, its YAML reader, the profiles, and what licences are
    called."""
    import pydantic

    parts = (
        signatures.of_tool(),
        READER,
        pydantic.VERSION,
        repr([sorted(tenant.profiles.items()), sorted(tenant.license_aliases.items())]),
        repr(snapshot.licenses),
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()
