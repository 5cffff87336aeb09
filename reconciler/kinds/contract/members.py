"""Members of a feature: whoever has a line. In desired files by address, a person also by e-mail address alone."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from reconciler.kinds.contract.observed import MEMBERS
from reconciler.model.marks import Ref
from reconciler.model.text import UNSEEN

#: The kind and a key, which may be of two parts.
_Address = Annotated[str, StringConstraints(min_length=1, max_length=800, pattern=f"^[^{UNSEEN}]+$")]
Member = Annotated[_Address, Ref(*MEMBERS)]


def _sorted_once(members: list[str]) -> list[str]:
    return sorted(set(members))


#: Members whose order says nothing.
MemberSet = Annotated[list[Member], AfterValidator(_sorted_once)]
