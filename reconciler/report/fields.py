"""The field lines of a change: what is set, from what to what. Secrets are named, never shown."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from reconciler.inert import quoted, visible
from reconciler.kinds import managed
from reconciler.masking import SECRET, is_secret
from reconciler.model.plan import Change
from reconciler.model.snapshot import Fields
from reconciler.model.text import alike, apart
from reconciler.planning.diff import list_items

_LONGEST_VALUE = 400
_LONGEST_LIST_LINE = 100
_MOST_ITEMS = 30
_MOST_LINES = 40


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One line: symbol, dotted path (empty for an item of the list above it), and the words after it."""

    symbol: str
    path: str
    text: str

    @property
    def line(self) -> str:
        if not self.path:
            return f"    {self.symbol} {self.text}"
        return f"{self.symbol} {self.path} {self.text}" if self.text else f"{self.symbol} {self.path}"


def field_lines(change: Change, *, full: bool = False) -> list[FieldLine]:
    """The lines of one change; the fields that repeat the key are left out. Without `full`, long ones are cut."""
    keys = managed()[change.kind].key_fields if change.kind in managed() else ()
    if change.action == "delete":
        lines = [*_one_sided("-", "", change.before, keys, full)]
    elif change.action in ("create", "cannot_tell") or not change.before:
        lines = [*_one_sided("?" if change.action == "cannot_tell" else "+", "", change.want, keys, full)]
    else:
        lines = [*_two_sided("", change.want, change.before, full)]
    if full or len(lines) <= _MOST_LINES:
        return lines
    left = len(lines) - _MOST_LINES
    return [*lines[:_MOST_LINES], FieldLine("…", f"{left} more lines", "(--full shows them)")]


def value_text(value: Any, *, path: str = "", full: bool = True) -> str:
    """A value in one line: strings quoted, null as what it means, secrets as a word."""
    if is_secret(path) and value is not None:
        return SECRET
    if value is None:
        return "(none)"
    if isinstance(value, str):
        if full or len(value) <= _LONGEST_VALUE:
            return quoted(value)
        return f"{quoted(value[:_LONGEST_VALUE])}… (+{len(value) - _LONGEST_VALUE:,} characters)"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        parts = (f"{visible(str(k))}: {value_text(v, path=str(k), full=full)}" for k, v in value.items())
        return "{" + ", ".join(parts) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(value_text(item, full=full) for item in value) + "]"
    return visible(str(value))


def spelled_out(value: Any, *, path: str = "", full: bool = True) -> str:
    """As `value_text`, of a text beside another that prints alike: everything that is not ASCII as its number."""
    return f'"{apart(value)}"' if isinstance(value, str) else value_text(value, path=path, full=full)


def _one_sided(symbol: str, prefix: str, fields: Fields, keys: Collection[str], full: bool) -> Iterator[FieldLine]:
    for name, value in fields.items():
        path = f"{prefix}{name}"
        if name in keys and not prefix:
            continue
        if isinstance(value, dict) and value and not is_secret(path):
            yield from _one_sided(symbol, f"{path}.", value, keys, full)
        elif isinstance(value, (list, tuple)) and value and not is_secret(path):
            yield from _list_lines(symbol, visible(path), [(symbol, item) for item in value], "", full)
        else:
            yield FieldLine(symbol, visible(path), value_text(value, path=path, full=full))


def _two_sided(prefix: str, want: Fields, before: Fields, full: bool) -> Iterator[FieldLine]:
    """Only paths that `want` names: absent is not managed."""
    for name, new in want.items():
        path, old = f"{prefix}{name}", before.get(name)
        if new == old:
            continue
        if is_secret(path):
            yield FieldLine("~", visible(path), SECRET)
        elif isinstance(new, dict) and new and (old is None or isinstance(old, dict)):
            yield from _two_sided(f"{path}.", new, old or {}, full)
        elif isinstance(new, (list, tuple)) and (isinstance(old, (list, tuple)) or (old is None and new)):
            yield from _list_change(visible(path), list(new), list(old or ()), full)
        else:
            shown = spelled_out if isinstance(old, str) and isinstance(new, str) and alike(old, new) else value_text
            yield FieldLine("~", visible(path), " -> ".join(shown(one, path=path, full=full) for one in (old, new)))


def _list_change(path: str, new: list[Any], old: list[Any], full: bool) -> Iterator[FieldLine]:
    added, rest = list_items(old, new)
    if not added and not rest:
        yield FieldLine("~", path, f"{value_text(old, full=full)} -> {value_text(new, full=full)} (order differs)")
        return
    unordered = new and old and _kept_sorted(new) and _kept_sorted(old)
    items = [("+", item) for item in added] + [("-", item) for item in rest]
    yield from _list_lines("~", path, items, "(order ignored)" if unordered else "", full)


def _kept_sorted(items: list[Any]) -> bool:
    """Lists whose order means nothing are kept sorted and without repetition (model/resource.py)."""
    return all(isinstance(item, str) for item in items) and items == sorted(set(items))


def _list_lines(symbol: str, path: str, items: list[tuple[str, Any]], remark: str, full: bool) -> Iterator[FieldLine]:
    """On one line where they fit, else one line each."""
    shown = items if full else items[:_MOST_ITEMS]
    words = [item for _, item in shown if isinstance(item, str)]
    twins = {one for one in words if any(alike(one, other) for other in words)} if len(words) <= _MOST_ITEMS else set()
    texts = [(sign, _told(item, twins, full)) for sign, item in shown]
    if len(shown) == len(items):
        joined = "  ".join([*(f"{sign} {text}" for sign, text in texts), *([remark] if remark else [])])
        if len(joined) <= _LONGEST_LIST_LINE:
            yield FieldLine(symbol, path, joined)
            return
    yield FieldLine(symbol, path, remark)
    yield from (FieldLine(sign, "", text) for sign, text in texts)
    if len(shown) < len(items):
        yield FieldLine("…", "", f"{len(items) - len(shown)} more (--full shows them)")


def _told(item: Any, twins: set[str], full: bool) -> str:
    return spelled_out(item) if isinstance(item, str) and item in twins else value_text(item, full=full)
