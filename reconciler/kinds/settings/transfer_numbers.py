"""Numbers to which calls go instead of being blocked (webex-behaviour.md §7).

The SDK's address below /people is not there.
"""

from __future__ import annotations

from reconciler.kinds.contract.kind import Column
from reconciler.kinds.contract.observed import texts
from reconciler.kinds.contract.of_owners import kinds_of
from reconciler.kinds.contract.owners import CONFIG, PERSON

KINDS = kinds_of(
    "transfer_numbers",
    None,
    "Numbers to which {owner}'s calls go instead of being blocked.",
    {PERSON: CONFIG},
    path="outgoingPermission/autoTransferNumbers",
    columns=(
        Column("use_custom_transfer_numbers", "boolean", "Whether these hold and not the location's"),
        *texts(
            ("auto_transfer_number1", "First number"),
            ("auto_transfer_number2", "Second number"),
            ("auto_transfer_number3", "Third number"),
        ),
    ),
)
