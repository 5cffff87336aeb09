"""Lines of which only numbers and extension are known: in documents of tenants that somebody made of what a client can
read of another tenant. They take what they have, and stand in the numbers list; nothing else asks for them.

    lines   {id, name, type: as `owner.type` of the numbers list has it, calling: {location, extension?, number?,
             alternates?: [{number}]}}
"""

from __future__ import annotations

from ..core import owners

TABLE = "lines"
owners.register(owners.OwnerKind(TABLE, "", "VIRTUAL_LINE", type_of=lambda record: str(record.get("type", ""))))
