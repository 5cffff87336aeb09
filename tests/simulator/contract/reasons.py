"""What the contract cannot call, each with the reason. Only defects of the SDK belong here."""

from __future__ import annotations

# Served methods that the SDK cannot carry out, or whose documented answer it cannot parse.
NOT_CALLED: dict[str, str] = {
    "api.telephony.paging.create": "the SDK sends the body as a JSON text inside JSON",
    "api.telephony.paging.update": "the SDK sends the body as a JSON text inside JSON",
    "api.telephony.callpark.create": "KeyError inside the SDK as soon as there are agents (callpark.py, no by_alias)",
    "api.telephony.callpark.update": "KeyError inside the SDK as soon as there are agents (callpark.py, no by_alias)",
    "api.telephony.organisation_voicemail.update": "TypeError inside the SDK (passes body=)",
}

# Switches that stand so that the SDK gets through; in their usual positions its calls are refused as documented.
SWITCHES = {
    "person_transfer_numbers_path": "both",  # where the SDK asks, the real API has none
    "virtual_line_voicemail_language": "optional",  # a required field that the SDK has no place for
}

# Deletions that would end the tenant, or are called otherwise.
NOT_DELETED: dict[str, str] = {}

# Methods that raise before they have sent anything, so that nobody knows what they would send.
NO_REQUEST: dict[str, str] = {
    "api.person_settings.available_numbers.available": "of a shared class, not for people",
    "api.telephony.virtual_lines.available_numbers.call_intercept": "of a shared class, not for virtual lines",
    "api.telephony.virtual_lines.available_numbers.primary": "of a shared class, not for virtual lines",
    "api.telephony.virtual_lines.available_numbers.secondary": "of a shared class, not for virtual lines",
    "api.workspace_settings.available_numbers.primary": "of a shared class, not for workspaces",
    "api.telephony.ai_receptionists.update": "AttributeError inside the SDK (calls update on the id)",
    "api.telephony.ai_receptionists.upload_knowledge_base_document": "takes the name of a file on disk",
}
