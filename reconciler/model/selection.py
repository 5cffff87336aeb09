"""Which part of the desired state a plan is about."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

from reconciler.model.address import matches
from reconciler.model.desired import Wanted

_REFUSED = "what is refused"


@dataclass(frozen=True)
class Selection:
    """A part of the desired state: address patterns to plan (none: all) and to leave out. `isolate`: what is refused is
    set aside with what rests on it, instead of refusing the whole."""

    target: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    isolate: bool = False

    @property
    def whole(self) -> bool:
        return not self.target and not self.exclude

    def to_json(self) -> dict[str, list[str]]:
        parts = {"target": sorted(self.target), "exclude": sorted(self.exclude)}
        parts |= {"isolate": [_REFUSED]} if self.isolate else {}
        return {name: patterns for name, patterns in parts.items() if patterns}

    def takes(self, address: str) -> bool:
        targeted = not self.target or any(matches(pattern, address) for pattern in self.target)
        return targeted and not self.leaves_out(address)

    def leaves_out(self, address: str) -> bool:
        return any(matches(pattern, address) for pattern in self.exclude)

    def reaches(self, kind: str) -> bool:
        """Whether some address of a kind or artefact may be in the selection, as far as its name alone tells."""
        said = {pattern.partition("/")[0] for pattern in self.target}
        said |= {part.partition(".")[0] for part in said}  # a section is read with its owner
        return not said or any(fnmatchcase(name, part) for name in (kind, kind.partition(".")[0]) for part in said)

    def touches(self, wanted: Wanted) -> bool:
        """Whether some part of a resource may be in the selection: its sections have addresses of their own."""
        sections = (f"{wanted.kind}.{name}/{wanted.key}" for name in wanted.fields)
        return self.whole or any(self.takes(address) for address in (wanted.address, *sections))


ALL = Selection()
