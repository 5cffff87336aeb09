"""Jobs that the API lists and whose work is no part of the simulated tenant (webex-behaviour.md §15): device jobs,
call recording, activation e-mails. They run, count nothing and change nothing; who keeps the settings that such a job
applies can add its work with `jobs.work(kind)`, and finds the request under `body` of the job.

Device jobs are one family: one per organisation, a second one is a 409."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..core import errors, ids
from ..core.bodies import Body, parse
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from . import jobs
from .jobs import Kind

_DEVICES = "/telephony/config/jobs/devices"
# the documents require them from the start
_EMAIL_COUNTS = ("userResendInviteSent", "userResendInviteFailed", "userResendInviteSkipped", "totalUsers")
_EMAILS = "/identity/organizations/{orgId}/jobs/sendActivationEmails"


def _progress(store: Store, job: Json) -> Json:
    return {"percentageComplete": 100 if jobs.status(job) == "COMPLETED" else 0}


def _template_progress(store: Store, job: Json) -> Json:
    return {**_progress(store, job), "updatedCount": 0, "advisoryCount": 0}


def _device_progress(store: Store, job: Json) -> Json:
    """Where the job runs: in one location, or for the customer."""
    key = job["location"]
    if key is None:
        return {**_progress(store, job), "target": "CUSTOMER"}
    place = store.locations.get(key, {"name": ""})
    shown = {"target": "LOCATION", "locationId": ids.encode("LOCATION", key), "locationName": place["name"]}
    return {**_progress(store, job), **shown}


class _CallDeviceSettings(Body):
    location_id: str | None = None
    location_customizations_enabled: bool | None = None
    customizations: dict[str, Any] | None = None


class _Tag(Body):
    family_or_model_display_name: str
    tag: str
    action: str
    value: str | None = None


class _DynamicSettings(Body):
    location_id: str | None = None
    tags: list[_Tag]


class _Rebuild(Body):
    location_id: str


class _Template(Body):
    action: str
    template_id: str | None = None
    location_ids: list[str] | None = None
    exclude_devices_with_custom_layout: bool | None = None
    include_device_tags: list[str] | None = None
    exclude_device_tags: list[str] | None = None
    advisory_types: dict[str, bool] | None = None


def _start(request: Request, kind: str, body: Json, location: str | None) -> Reply:
    store = request.store
    key = ids.parse(location, "LOCATION") if location else None
    if key is not None and store.calling_of(key) is None:
        raise errors.broadworks(404, 4152, "Location Not Found")
    job = jobs.start(store, kind, location=key, body=body)
    return Reply(202, jobs.show(store, job))


def _device_kind(name: str, show: Callable[[Store, Json], Json], *, paged: bool = True) -> str:
    kind = Kind(name, f"{_DEVICES}/{name}", seconds=15, family="devices", steps=(name,), show=show, paged=paged)
    return jobs.register(kind).path


@route("POST", _device_kind("callDeviceSettings", _device_progress))
def change_device_settings(request: Request) -> Reply:
    """Change device settings across organization or location job."""
    body = parse(_CallDeviceSettings, request.document())
    if not body.location_id and body.customizations is None:
        raise errors.missing_field("customizations")
    return _start(request, "callDeviceSettings", body.wire(sent=True), body.location_id)


@route("POST", _device_kind("rebuildPhones", _device_progress, paged=False))
def rebuild_phones(request: Request) -> Reply:
    """Rebuild Phones Configuration of a location."""
    body = parse(_Rebuild, request.document())
    return _start(request, "rebuildPhones", body.wire(sent=True), body.location_id)


@route("POST", _device_kind("dynamicDeviceSettings", _device_progress))
def change_dynamic_settings(request: Request) -> Reply:
    """Updates dynamic Device Settings Across Organization Or Location."""
    body = parse(_DynamicSettings, request.document())
    for tag in body.tags:
        if tag.action not in ("SET", "CLEAR"):
            raise errors.invalid_value(f"Invalid value for tags.action: {tag.action}")
        if tag.action == "SET" and tag.value is None:
            raise errors.missing_field("tags.value")
    return _start(request, "dynamicDeviceSettings", body.wire(sent=True), body.location_id)


@route("POST", _device_kind("applyLineKeyTemplate", _template_progress, paged=False))
def apply_template(request: Request) -> Reply:
    """Apply a Line key Template, or reset to the default one."""
    body = parse(_Template, request.document())
    if body.action not in ("APPLY_TEMPLATE", "APPLY_DEFAULT_TEMPLATES"):
        raise errors.invalid_value(f"Invalid value for action: {body.action}")
    if body.action == "APPLY_TEMPLATE" and not body.template_id:
        raise errors.missing_field("templateId")
    for text in body.location_ids or []:
        ids.parse(text, "LOCATION")
    return _start(request, "applyLineKeyTemplate", body.wire(sent=True), None)


def _recording(store: Store, job: Json) -> Json:
    """`location` and `vendor` (an id as the API shows it), as whoever started the job gave them."""
    shown = {"locationId": ids.encode("LOCATION", job["location"])} if job.get("location") else {}
    return {**shown, "vendorId": job["vendor"]} if job.get("vendor") else shown


# a change of the vendor starts one, `jobs.start(store, "callRecording", location=…, vendor=…)`; it has no POST
jobs.register(Kind("callRecording", "/telephony/config/jobs/callRecording", exit_code=False, show=_recording))

_emails = Kind("sendActivationEmails", _EMAILS, seconds=15, family="emails", steps=("resendInvites",))
_emails = jobs.register(_emails)


@route("POST", _EMAILS)
def send_activation_emails(request: Request) -> Reply:
    """Initiate Bulk Activation Email Resend Job: one at a time for the organisation of the path."""
    store = request.store
    if ids.any_uuid(request.params["orgId"]) != store.org["id"]:
        raise errors.forbidden()
    job = jobs.start(store, "sendActivationEmails", counts=dict.fromkeys(_EMAIL_COUNTS, 0))
    return Reply(202, jobs.show(store, job))


@route("GET", _EMAILS + "/{jobId}/status")
def get_email_job(request: Request) -> Reply:
    """Get Bulk Activation Email Resend Job Status: only this kind has a path of its own for it."""
    return jobs.look(request, _emails)


@jobs.work("sendActivationEmails")
def _sent(store: Store, job: Json) -> None:
    """Those who have not signed in yet get their mail once more."""
    invited = sum(bool(person.get("invitePending")) for person in store.people.values())
    job["counts"] = {
        "userResendInviteSent": invited,
        "userResendInviteFailed": 0,
        "userResendInviteSkipped": len(store.people) - invited,
        "totalUsers": len(store.people),
    }
