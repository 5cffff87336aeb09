"""Settings without a case of their own: tests/conformance/test_sections.py proves them by their declaration."""

from __future__ import annotations

from reconciler.kinds import managed
from reconciler.kinds.contract.kind import Kind
from reconciler.kinds.contract.setting import Setting
from tests.support.case import CASES


def plain(kind: Kind) -> bool:
    return issubclass(kind.managed, Setting) and not (CASES / kind.name).is_dir()


PLAIN = [name for name, kind in managed().items() if plain(kind)]
#: All others come with cases.
PARTICULAR = [name for name in managed() if name not in PLAIN]
