"""Settings of people that nobody manages yet, one request each. API: `/people/{id}/features/…`, and for what is new
`/telephony/config/people/{id}/…` (webex-behaviour.md §7, §12)."""

from __future__ import annotations

from reconciler.kinds.contract.observed import MEMBERS, Column, Observed, Shape, section, texts

_FEATURES = "/people/{}/features/"
_CONFIG = "/telephony/config/people/{}/"
_AS_IT_IS = Shape()


def _setting(name: str, doc: str, path: str, *columns: Column, shape: Shape = _AS_IT_IS) -> Observed:
    return Observed(
        name=f"person.{name}",
        doc=doc,
        requests=(f"GET {path.format('{personId}')}",),
        columns=(*texts(("location", "Location")), *columns),
        of="person",
        calling=True,
        sharded=True,
        fetch=section(f"person.{name}", path.format("{id}"), shape),
    )


ARTEFACTS = (
    _setting(
        "access_codes",
        "Codes with which a person may make calls that are otherwise blocked.",
        f"{_CONFIG}outgoingPermission/accessCodes",
        Column("access_codes", "list", "Codes and what they are for"),
    ),
    _setting(
        "digit_patterns",
        "Patterns of numbers that a person may or may not call, beside the call types.",
        f"{_CONFIG}outgoingPermission/digitPatterns",
        Column("use_custom_digit_patterns", "boolean", "Whether these hold and not the location's"),
        Column("digit_patterns", "list", "Patterns: name, pattern, action, whether calls may be transferred"),
    ),
    _setting(
        "transfer_numbers",
        "Numbers to which a person's calls go instead of being blocked.",
        f"{_CONFIG}outgoingPermission/autoTransferNumbers",  # the SDK's address below /people is not there
        Column("use_custom_transfer_numbers", "boolean", "Whether these hold and not the location's"),
        *texts(
            ("auto_transfer_number1", "First number"),
            ("auto_transfer_number2", "Second number"),
            ("auto_transfer_number3", "Third number"),
        ),
    ),
    _setting(
        "voicemail",
        "Voicemail of a person: what is sent there, greetings, notifications.",
        f"{_FEATURES}voicemail",
        Column("enabled", "boolean", "Whether there is voicemail"),
        Column("send_all_calls.enabled", "boolean", "Whether all calls go there"),
        Column("send_busy_calls.enabled", "boolean", "Whether calls go there when busy"),
        Column("send_unanswered_calls.enabled", "boolean", "Whether calls go there when not answered"),
        Column("send_unanswered_calls.number_of_rings", "integer", "After how many rings"),
        *texts(("message_storage.storage_type", "INTERNAL or EXTERNAL"), ("email_copy_of_message.email_id", "Copies")),
        Column("email_copy_of_message.enabled", "boolean", "Whether copies are sent by e-mail"),
    ),
    _setting(
        "caller_id",
        "What those see whom a person calls.",
        f"{_FEATURES}callerId",
        *texts(
            ("selected", "DIRECT_LINE, LOCATION_NUMBER or CUSTOM"),
            ("custom_number", "The number, if it is a custom one"),
            ("first_name", "First name shown"),
            ("last_name", "Last name shown"),
            ("external_caller_id_name_policy", "Which name is shown outside"),
        ),
        Column("block_in_forward_calls_enabled", "boolean", "Whether it is hidden in forwarded calls"),
    ),
    _setting(
        "call_waiting",
        "Whether a second call reaches a person who speaks.",
        f"{_FEATURES}callWaiting",
        Column("enabled", "boolean", "Whether it does"),
    ),
    _setting(
        "do_not_disturb",
        "Whether a person is not to be called.",
        f"{_FEATURES}doNotDisturb",
        Column("enabled", "boolean", "Whether it is on"),
        Column("ring_splash_enabled", "boolean", "Whether a short ring tells of calls"),
    ),
    _setting(
        "monitoring",
        "Whose lines a person watches, in the order of the keys.",
        f"{_FEATURES}monitoring",
        Column("call_park_notification_enabled", "boolean", "Whether parked calls are told"),
        Column("monitored_elements", "list", "Members and park extensions in their order, by address"),
        shape=Shape(
            refs={
                "monitored_elements[].member.id": MEMBERS,
                "monitored_elements[].callparkextension.id": ("call_park_extension",),
                "monitored_elements[].speed_dial.id": MEMBERS,
            },
            ordered=("monitored_elements",),
        ),
    ),
)
