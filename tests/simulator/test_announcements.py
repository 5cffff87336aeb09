"""The announcement repository: uploads, levels, usage, and what plays an announcement (§14)."""

from __future__ import annotations

import io
from typing import Any

import pytest
from wxc_sdk import WebexSimpleApi
from wxc_sdk.common import AnnAudioFile, AnnouncementLevel, Greeting
from wxc_sdk.common.schedules import Schedule
from wxc_sdk.rest import RestError
from wxc_sdk.telephony.autoattendant import AutoAttendant

from reconciler.simulator import EditRefused, Simulator, sample_tenant

ORG = "/telephony/config/announcements"
FILE = {"fileName": "hello.wav", "contentType": "audio/wav", "size": 3000}


@pytest.fixture
def london(ids: Any) -> str:
    return str(ids.locations["London HQ"])


def test_upload_over_http(api: WebexSimpleApi) -> None:
    repo = api.telephony.announcements_repo
    key = repo.upload_announcement(name="Welcome", file=io.BytesIO(b"x" * 2500), upload_as="welcome.wav")
    (listed,) = repo.list()
    assert (listed.name, listed.file_name, listed.file_size, listed.media_file_type) == (
        "Welcome", "welcome.wav", 3, "WAV",
    )  # fmt: skip
    assert (listed.level, listed.location, listed.feature_references) == ("ORGANIZATION", None, None)
    details = repo.details(key)
    assert (details.feature_reference_count, details.feature_references) == (0, [])
    assert details.level is None and details.last_updated is not None
    repo.modify(key, name="Hello", file=io.BytesIO(b"x"), upload_as="hello.wav")
    details = repo.details(key)
    assert (details.id, details.name, details.file_name, details.file_size) == (key, "Hello", "hello.wav", 1)
    repo.delete(key)
    assert not list(repo.list())


def test_levels_do_not_see_each_other(simulator: Simulator, call: Any, ids: Any, london: str) -> None:
    here = f"/telephony/config/locations/{london}/announcements"
    other = f"/telephony/config/locations/{ids.locations['New York']}/announcements"
    top = simulator.edit("POST", ORG, {"name": "Top", "file": FILE})["id"]
    local = simulator.edit("POST", here, {"name": "Top", "file": FILE})["id"]
    for path, key in ((ORG, local), (here, top), (other, local)):
        assert call("GET", f"{path}/{key}").status == 404
        assert call("DELETE", f"{path}/{key}").status == 404

    def levels(query: str) -> list[str]:
        return [one["level"] for one in call("GET", f"{ORG}{query}").body["announcements"]]

    assert levels("") == ["ORGANIZATION"]
    assert levels("?locationId=all") == ["ORGANIZATION", "LOCATION"]
    assert levels("?locationId=locations") == levels(f"?locationId={london}") == ["LOCATION"]
    assert levels(f"?locationId={ids.locations['New York']}") == []
    assert levels("?locationId=all&name=nothing") == []


def test_list_order(simulator: Simulator, call: Any) -> None:
    for name, size in (("b", 9000), ("a", 5000)):
        simulator.edit("POST", ORG, {"name": name, "file": {"fileName": f"{name}.wav", "size": size}})
    names = [[one["name"] for one in call("GET", f"{ORG}{query}").body["announcements"]]
             for query in ("", "?order=fileName", "?order=fileSize")]  # fmt: skip
    assert names == [["b", "a"], ["a", "b"], ["a", "b"]]


def test_usage_counts_one_level(simulator: Simulator, api: WebexSimpleApi, london: str) -> None:
    simulator.edit("POST", ORG, {"name": "A", "file": FILE})
    simulator.edit("POST", ORG, {"name": "B", "file": {**FILE, "size": 10_000}})
    usage = api.telephony.announcements_repo.usage()
    assert (usage.total_file_size_used_kb, usage.max_audio_file_size_allowed_kb) == (13, 9600)
    assert api.telephony.announcements_repo.usage(location_id=london).total_file_size_used_kb == 0


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, 25008),
        ({"name": "A"}, 25008),
        ({"file": FILE}, 25008),
        ({"name": "A", "file": "text"}, 25024),
        ({"name": "A", "file": {**FILE, "fileName": "song.mp3"}}, 25024),
        ({"name": ["A"], "file": FILE}, 25024),
        ({"name": "x" * 257, "file": FILE}, 25024),
        ({"name": "A", "fileUri": "cmf://customers/other/media/urls/tmp/1", "fileName": "a.wav"}, 25024),
        ({"name": "A", "fileUri": "https://example.com/a.wav", "fileName": "a.wav"}, 25024),
        ({"name": "A", "file": FILE, "isTextToSpeech": "perhaps"}, 25024),
    ],
)
def test_bad_uploads(call: Any, simulator: Simulator, body: Any, code: int) -> None:
    answer = call("POST", ORG, body)
    assert (answer.status, answer.body["errorCode"]) == (400, code)
    assert simulator.state().get("announcements", []) == []


def test_too_large(call: Any) -> None:
    assert call("POST", ORG, {"name": "A", "file": {**FILE, "size": 9_600 * 1024}}).status == 201
    assert call("POST", ORG, {"name": "B", "file": {**FILE, "size": 9_600 * 1024 + 1}}).status == 400


@pytest.mark.parametrize(("position", "status"), [("conflict", 409), ("refuse", 400)])
def test_duplicate_name(position: str, status: int) -> None:
    with Simulator({**sample_tenant(), "switches": {"feature_name_duplicate": position}}) as running:
        running.edit("POST", ORG, {"name": "A", "file": FILE})
        other = running.edit("POST", ORG, {"name": "B", "file": FILE})["id"]
        for method, path in (("POST", ORG), ("PUT", f"{ORG}/{other}")):
            with pytest.raises(EditRefused) as refused:
                running.edit(method, path, {"name": "a", "file": FILE})
            assert refused.value.status == status


def test_upload_by_uri(api: WebexSimpleApi, call: Any, london: str) -> None:
    """The file goes to a storage of its own first; the SDK writes `is_text_to_speech`, as a text."""
    target = api.telephony.announcements_repo.generate_upload_url()
    assert target.file_uri is not None and target.pre_signed_url is not None and target.kms_key_uri is not None
    repo = api.telephony.announcements_repo
    key = repo.upload_announcement(
        "Remote", file_uri=target.file_uri, upload_as="r.wav", is_text_to_speech=True, location_id=london
    )
    assert repo.details(key, location_id=london).is_text_to_speech is True
    assert call("POST", ORG, {"name": "Other", "fileUri": target.file_uri}).body["errorCode"] == 25008
    uri = repo.get_location_announcement_file_uri(london, key)
    assert uri == target.file_uri
    assert repo.get_media_download_url(uri.partition("/media/urls/")[2]).pre_signed_url
    assert call("GET", "/telephony/config/media/urls/tmp/nothing").status == 404
    assert call("GET", f"{ORG}/{key}/fileUri").status == 404
    # a multipart upload has a uri as well
    other = call("POST", ORG, {"name": "Plain", "file": FILE}).body["id"]
    assert repo.get_media_download_url(repo.get_announcement_file_uri(other).partition("/media/urls/")[2])


def _attendant(api: WebexSimpleApi, location: str) -> str:
    if not list(api.telephony.schedules.list(location)):
        api.telephony.schedules.create(location, Schedule(name="Hours", schedule_type="businessHours"))
    settings = AutoAttendant.create(name="Main", business_schedule="Hours", extension="8000")
    return api.telephony.auto_attendant.create(location, settings)


def test_references_are_counted_and_refuse_the_delete(api: WebexSimpleApi, simulator: Simulator, london: str) -> None:
    """T:announcements_repo test_002_auto_attendant and test_012."""
    repo, attendants = api.telephony.announcements_repo, api.telephony.auto_attendant
    key = simulator.edit("POST", ORG, {"name": "Menu", "file": FILE})["id"]
    attendant = _attendant(api, london)
    details = attendants.details(london, attendant)
    assert details.business_hours_menu is not None and details.after_hours_menu is not None
    for menu in (details.business_hours_menu, details.after_hours_menu):
        menu.audio_announcement_file = AnnAudioFile(id=key, level=AnnouncementLevel.organization)
        menu.greeting = Greeting.custom
    attendants.update(london, attendant, details)
    shown = attendants.details(london, attendant).business_hours_menu
    assert shown is not None and shown.audio_announcement_file is not None
    assert (shown.audio_announcement_file.id, shown.audio_announcement_file.file_name) == (key, "hello.wav")
    used = repo.details(key)
    assert used.feature_reference_count == 1 and used.feature_references is not None
    (one,) = used.feature_references
    assert (one.id, one.name, one.type, one.location_id) == (attendant, "Main", "Auto Attendant", london)
    with pytest.raises(RestError) as refused:
        repo.delete(key)
    assert (refused.value.response.status_code, refused.value.code) == (400, 6675)
    attendants.delete_auto_attendant(london, attendant)
    assert repo.details(key).feature_reference_count == 0
    repo.delete(key)


def test_attendants_files(api: WebexSimpleApi, simulator: Simulator, call: Any, london: str) -> None:
    """An attendant's list: its own files, which only Control Hub uploads, and what it plays of the repository."""
    attendants = api.telephony.auto_attendant
    key = simulator.edit("POST", ORG, {"name": "Menu", "file": FILE})["id"]
    attendant = _attendant(api, london)
    custom = {"greeting": "CUSTOM", "audioAnnouncementFile": {"id": key}}
    path = f"/telephony/config/locations/{london}/autoAttendants/{attendant}"
    assert call("PUT", path, {"businessHoursMenu": custom}).status == 204
    tenant = simulator.state()
    own = {"id": "0b3fd1a2-0000-4000-8000-000000000001", "fileName": "own.wav", "fileSize": 7, "mediaFileType": "WAV"}
    tenant["auto_attendants"][0]["files"] = [own]
    simulator.load(tenant)
    files = attendants.list_announcement_files(london, attendant)
    assert [(one.file_name, one.file_size, one.level) for one in files] == [
        ("own.wav", "7", "ENTITY"), ("hello.wav", "3", "ORGANIZATION"),
    ]  # fmt: skip
    attendants.delete_announcement_file(london, attendant, "own.wav")
    assert len(attendants.list_announcement_files(london, attendant)) == 1
    answer = call("DELETE", f"{path}/announcements/hello.wav")
    assert (answer.status, answer.body["errorCode"]) == (400, 6675)
    assert call("DELETE", f"{path}/announcements/own.wav").status == 404


def test_state_survives(simulator: Simulator, call: Any) -> None:
    key = simulator.edit("POST", ORG, {"name": "Menu", "file": FILE})["id"]
    before = call("GET", f"{ORG}/{key}").body
    simulator.load(simulator.state())
    assert call("GET", f"{ORG}/{key}").body == before
