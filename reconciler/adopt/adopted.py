"""What adopt did."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Adopted:
    """What became of it: new resources per file, fields set in place (`file:line address field`), and what was
    left alone, with the reason. `matched`: how many resources the patterns name; `pinned`: tenant.yaml is new."""

    written: dict[str, int] = field(default_factory=dict)
    edited: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    matched: int = 0
    pinned: bool = False
