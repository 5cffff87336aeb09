"""What of an earlier evaluation still stands: files that nobody touched, on snapshot files that nobody touched."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from reconciler.desired.files import content_digest
from reconciler.model.tenant import Tenant
from reconciler.offline import signatures
from reconciler.offline.cache import Cache, Row, changes_of
from reconciler.offline.comparing import Comparing
from reconciler.offline.facts import Facts
from reconciler.offline.verdicts import FileResult
from reconciler.store import StoredSnapshot
from reconciler.yamlfile import READER


class DamagedCache(Exception):
    """Something that the cache held cannot be read again."""


class Earlier:
    """One evaluation with a cache. `stirred`: names or references may have changed, so the checks across files are due."""

    def __init__(self, root: Path, tenant: Tenant, snapshot: StoredSnapshot) -> None:
        self._root = root
        self._snapshot = snapshot
        self._cache = Cache(os.path.abspath(root), _key(tenant))
        self._rows = self._cache.files()
        self._checked = self._cache.checked()
        self._whole: dict[str, str] = {}
        self._untouched: list[str] = []
        self.stirred = self._cache.about("snapshot") != snapshot.fingerprint

    def file(self, name: str, comparing: Comparing) -> FileResult:
        """The result of a file: the earlier one without its facts if it stands, else a new one."""
        path = self._root / name
        sign = signatures.signature(path.stat())
        row = self._rows.pop(name, None)
        stands = row is not None and self._state(row.rests_on) == row.state
        if row is not None and stands and sign == row.sign:
            return self._stand(name, row, comparing)
        data = path.read_bytes()
        if row is not None and stands and content_digest(data) == row.digest:
            self._cache.refresh(name, sign, row)
            return self._stand(name, row, comparing)
        result = comparing.file(name, data, self._cache.verdicts(name) if row else {})
        if row is None or not _same_names(self._cache.facts(name), result.facts):
            self.stirred = True
        rests_on = tuple(sorted(result.files))
        self._cache.keep(name, sign, result, rests_on, self._state(rests_on))
        return result

    def facts(self) -> Iterable[Facts | None]:
        """The facts of the files whose earlier results stand; None where they were damaged."""
        return (self._cache.facts(name) for name in self._untouched)

    def vanished(self) -> bool:
        """Whether files of the earlier run are gone; asked after all files."""
        return bool(self._rows)

    def finish(self) -> None:
        """Keep what was found, for the next run. Only sound evaluations get here."""
        for name in self._rows:
            self._cache.forget(name)
        self._cache.finish({"snapshot": self._snapshot.fingerprint})

    def close(self) -> None:
        self._cache.close()

    def _stand(self, name: str, row: Row, comparing: Comparing) -> FileResult:
        comparing.loading.digests[name] = row.digest
        self._untouched.append(name)
        return FileResult(row.digest, row.managed, row.same, list(changes_of(row)), kinds=set(row.kinds))

    def _state(self, files: Iterable[str]) -> bytes:
        """A digest of these files of the snapshot, each of which is whole."""
        digest = hashlib.blake2b(digest_size=16)
        for file in files:
            digest.update(self._file_state(file).encode())
        return digest.digest()

    def _file_state(self, file: str) -> str:
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


def _key(tenant: Tenant) -> str:
    """What results depend on beside the files: this program, its YAML reader, and the profiles."""
    import pydantic

    parts = (signatures.of_tool(), READER, pydantic.VERSION, repr(sorted(tenant.profiles.items())))
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _same_names(one: Facts | None, other: Facts) -> bool:
    return one is not None and (sorted(one.addresses), sorted(one.claims), one.references) == (
        sorted(other.addresses),
        sorted(other.claims),
        other.references,
    )
