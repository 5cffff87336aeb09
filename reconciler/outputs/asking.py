"""What somebody asks for on the command line, checked before anything is read."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field

from reconciler.errors import UsageError
from reconciler.outputs.formats import FORMATS, check
from reconciler.outputs.redaction import key_from_environment

LAYOUTS = ("tables", "odt")
_OF_ODT = ("csv", "json")


@dataclass(frozen=True)
class Request:
    """What to write: formats (of FORMATS), layout (of LAYOUTS), which kinds (None: all), whether masked and with which
    key (None: a random one). `of_run`: nobody has the key
    after this run. `began`: when it was asked, in seconds since 1970."""

    formats: tuple[str, ...]
    layout: str = "tables"
    kinds: tuple[str, ...] | None = None
    redact: bool = False
    key: bytes | None = None
    of_run: bool = False
    began: float = field(default_factory=time.time)


def asked(formats: str, layout: str, *, redact: bool) -> Request:
    """The request in these words. UsageError for what there is not, ReconcileError for what is not installed."""
    if layout not in LAYOUTS:
        raise UsageError(f"there is no layout {layout!r}", do=f"one of: {', '.join(LAYOUTS)}")
    chosen = dict.fromkeys(name for word in formats.split(",") if (name := word.strip().lower()))
    possible = _OF_ODT if layout == "odt" else FORMATS
    for name in chosen:
        if name not in possible:
            where = " of the layout odt" if layout == "odt" and name in FORMATS else ""
            raise UsageError(f"there is no format {name!r}{where}", do=f"one or more of: {','.join(possible)}")
        check(name)
    if not chosen and layout != "odt":
        raise UsageError("no format was named", do=f"--format with one or more of: {','.join(possible)}")
    lasting = key_from_environment() if redact else None
    key = lasting or secrets.token_bytes(32)  # one for all that is made in this run
    return Request(tuple(chosen) or _OF_ODT, layout, None, redact, key, of_run=lasting is None)
