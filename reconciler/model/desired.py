"""Desired state as read: resources in normal form, each with the place it was written at."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.model.snapshot import Fields


@dataclass(slots=True)
class Wanted:
    """One resource with its sections nested, in normal form; only managed fields are there.

    `absent` is `state: absent`: the resource is to be deleted. `file` is relative to the repository. `was` is the key
    that it had. Where it is compared under that, `becomes` is the key that it is to have (planning/renames.py); `clash`
    says why it cannot be compared at all.
    """

    kind: str
    key: str
    fields: Fields
    file: str
    line: int
    absent: bool = False
    was: str = ""
    becomes: str = ""
    clash: str = ""

    @property
    def address(self) -> str:
        return f"{self.kind}/{self.key}"

    @property
    def source(self) -> str:
        return f"{self.file}:{self.line}"
