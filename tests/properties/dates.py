"""Dates by another clock: what `datetime.now()` says anywhere in the product while it lasts."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

from pydantic_core import core_schema

_Real = datetime.datetime


class _Like(type):
    """Any date is one of these."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, _Real)


@contextmanager
def dates_of(now: Callable[[], float]) -> Iterator[None]:
    """`now` is in seconds since the epoch. Modules that are imported meanwhile find it too."""

    class Dated(_Real, metaclass=_Like):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return _Real.fromtimestamp(now(), tz)

        @classmethod
        def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
            return core_schema.datetime_schema()

        @classmethod
        def utcnow(cls) -> Any:
            return _Real.fromtimestamp(now(), datetime.UTC).replace(tzinfo=None)

    with ExitStack() as held:
        held.enter_context(mock.patch("datetime.datetime", Dated))
        for name, module in list(sys.modules.items()):
            if name.startswith("reconciler") and getattr(module, "datetime", None) is _Real:
                held.enter_context(mock.patch.object(module, "datetime", Dated))
        yield
    for name, module in list(sys.modules.items()):  # what was imported meanwhile
        if name.startswith("reconciler") and getattr(module, "datetime", None) is Dated:
            module.datetime = _Real  # type: ignore[attr-defined]
