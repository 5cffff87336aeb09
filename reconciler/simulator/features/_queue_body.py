"""The write body of a call queue, with the defaults that a queue has where nothing was said (webex-behaviour.md §14;
the ranges are those of the official descriptions). Reads give all of it back."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ..core.bodies import Body
from . import _group
from ._agents import Policy
from ._announcements import AudioFile

_Greeting = Literal["DEFAULT", "CUSTOM", "PLAYLIST"]


class _Bounce(Body):
    call_bounce_enabled: bool = True
    call_bounce_max_rings: int = Field(8, ge=1, le=20)
    agent_unavailable_enabled: bool = False
    alert_agent_enabled: bool = False
    alert_agent_max_seconds: int = Field(30, ge=0)
    call_bounce_on_hold_enabled: bool = False
    call_bounce_on_hold_max_seconds: int = Field(60, ge=0)


class _Ring(Body):
    enabled: bool
    ring_pattern: _group.RingPattern = "NORMAL"


class QueuePolicies(Body):
    routing_type: Literal["PRIORITY_BASED", "SKILL_BASED"] = "PRIORITY_BASED"
    policy: Policy
    call_bounce: _Bounce = Field(default_factory=_Bounce)
    distinctive_ring: _Ring = Field(default_factory=lambda: _Ring(enabled=False))


class _Source(Body):
    """What is played, and whether."""

    enabled: bool = True
    greeting: _Greeting = "DEFAULT"
    audio_announcement_files: list[AudioFile] = Field(default_factory=list, max_length=4)
    audio_playlist_id: str | None = None


def _off() -> _Source:
    return _Source(enabled=False)


class _Welcome(_Source):
    always_enabled: bool = False


class _Comfort(_Source):
    enabled: bool = False
    time_between_messages: int = Field(10, ge=10, le=600)


class _Bypass(_Source):
    enabled: bool = False
    call_waiting_age_threshold: int = Field(30, ge=1, le=120)
    play_announcement_after_ringing: bool = False
    ring_time_before_playing_announcement: int = Field(10, ge=1, le=120)


class _Hold(Body):
    normal_source: _Source = Field(default_factory=_Source)
    alternate_source: _Source = Field(default_factory=_off)


class _Wait(Body):
    enabled: bool = False
    wait_mode: Literal["TIME", "POSITION"] = "POSITION"
    handling_time: int = Field(100, ge=10, le=100)
    default_handling_time: int = Field(5, ge=1, le=100)
    queue_position: int = Field(100, ge=10, le=100)
    high_volume_message_enabled: bool = False
    estimated_waiting_time: int = Field(600, ge=10, le=600)
    callback_option_enabled: bool = False
    minimum_estimated_callback_time: int = 30
    international_callback_enabled: bool = False
    play_updated_estimated_wait_message: bool = False


class Overflow(Body):
    action: Literal["PERFORM_BUSY_TREATMENT", "TRANSFER_TO_PHONE_NUMBER", "PLAY_RINGING_UNTIL_CALLER_HANGS_UP"] = (
        "PERFORM_BUSY_TREATMENT"
    )
    send_to_voicemail: bool = False
    transfer_number: str | None = None
    overflow_after_wait_enabled: bool = False
    overflow_after_wait_time: int = Field(30, ge=0, le=7200)
    play_overflow_greeting_enabled: bool = False
    greeting: _Greeting = "DEFAULT"
    audio_announcement_files: list[AudioFile] = Field(default_factory=list, max_length=4)


class QueueSettings(Body):
    queue_size: int = Field(0, ge=0, le=250)  # 0 is what the server fills in; nobody can send it
    call_offer_tone_enabled: bool = False
    reset_call_statistics_enabled: bool = False
    overflow: Overflow = Field(default_factory=Overflow)
    welcome_message: _Welcome = Field(default_factory=_Welcome)
    wait_message: _Wait = Field(default_factory=_Wait)
    comfort_message: _Comfort = Field(default_factory=_Comfort)
    comfort_message_bypass: _Bypass = Field(default_factory=_Bypass)
    moh_message: _Hold = Field(default_factory=_Hold)
    whisper_message: _Source = Field(default_factory=_off)
    use_enterprise_play_tone_to_agent_settings_enabled: bool = True
    play_tone_to_agent_for_barge_in_enabled: bool = False
    play_tone_to_agent_for_silent_monitoring_enabled: bool = False
    play_tone_to_agent_for_supervisor_coaching_enabled: bool = False
    # only queues of Customer Assist have these three
    auto_answer_enabled: bool = False
    auto_answer_delay_seconds: int = Field(0, ge=0, le=10)
    allow_agent_to_clear_preferred_answer_endpoint_enabled: bool = False


CX_ONLY = ("autoAnswerEnabled", "autoAnswerDelaySeconds", "allowAgentToClearPreferredAnswerEndpointEnabled")


class _Department(Body):
    id: str


class Queue(_group.Group):
    """`businessTextingEnabled` is read-only, although the SDK sends it."""

    call_policies: QueuePolicies
    queue_settings: QueueSettings = Field(default_factory=QueueSettings)
    calling_line_id_policy: Literal["DIRECT_LINE", "LOCATION_NUMBER", "CUSTOM"] = "LOCATION_NUMBER"
    calling_line_id_phone_number: str | None = None
    allow_call_waiting_for_agents_enabled: bool = False
    allow_agent_join_enabled: bool = False
    phone_number_for_outgoing_calls_enabled: bool = False
    department: _Department | None = None
    digital_inbox_enabled: bool = False
