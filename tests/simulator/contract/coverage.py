"""What the simulator serves of what the SDK can call, as text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from .methods import Method
from .reads import Outcome

READ, WRITE = "read", "write"


@dataclass(frozen=True)
class Coverage:
    """Counts by API family: methods of the SDK, served ones and called ones, each by (family, read or write)."""

    known: Counter[tuple[str, str]]
    served: Counter[tuple[str, str]]
    called: Counter[tuple[str, str]]

    @classmethod
    def of(cls, found: Sequence[Method], outcomes: Sequence[Outcome], unknown: Sequence[str] = ()) -> Coverage:
        """`unknown` are methods whose request the SDK does not get as far as."""
        return cls(
            Counter((one.family, _side(one.verb)) for one in found) + Counter((_family(one), WRITE) for one in unknown),
            Counter((one.family, _side(one.verb)) for one in outcomes),
            Counter((one.family, _side(one.verb)) for one in outcomes if (one.twin or one).calls),
        )

    def summary(self) -> str:
        reads, writes = self._total(self.served, READ), self._total(self.served, WRITE)
        return (
            f"served {reads + writes} of {self.known.total()} SDK methods (reads {reads}, writes {writes});"
            f" called {self._total(self.called, READ)} reads and {self._total(self.called, WRITE)} writes"
        )

    def table(self) -> str:
        """Markdown, one line for each family of which something is served."""
        lines = [self.summary(), "", "| API of the SDK | methods | reads | writes |", "| --- | ---: | ---: | ---: |"]
        rest = 0
        for family in sorted({family for family, _ in self.known}):
            methods = sum(self.known[family, side] for side in (READ, WRITE))
            if not any(self.served[family, side] for side in (READ, WRITE)):
                rest += methods
                continue
            cells = (f"{self.served[family, side]} of {self.known[family, side]}" for side in (READ, WRITE))
            lines.append(f"| {family} | {methods} | {' | '.join(cells)} |")
        lines.append(f"| all others | {rest} | 0 | 0 |")
        return "\n".join(lines) + "\n"

    @staticmethod
    def _total(counts: Counter[tuple[str, str]], side: str) -> int:
        return sum(count for (_, one), count in counts.items() if one == side)


def _side(verb: str) -> str:
    return READ if verb == "GET" else WRITE


def _family(name: str) -> str:
    return Method(name, "", (), (), (), frozenset()).family
