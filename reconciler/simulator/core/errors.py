"""The error shapes E1 to E9 of webex-behaviour.md §1.2, one factory each.

Where the real code of a refusal is unknown (§17) the body carries no code: E1, never an invented number.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

_SCIM_ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
_CISCO_ERROR = "urn:scim:schemas:extension:cisco:webexidentity:api:messages:2.0:Error"


class ApiError(Exception):
    """An answer that is not a success. Raised anywhere in a handler, sent by the server."""

    def __init__(self, status: int, body: Any, code: int | str | None = None) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body
        self.headers = {} if code is None else {"Cisco-Spark-Error-Codes": str(code)}


def tracking_id(prefix: str = "NA") -> str:
    return f"{prefix}_{uuid4()}"


def platform(status: int, message: str, *, prefix: str = "NA") -> ApiError:
    """E1: message, errors[].description, trackingId; no code anywhere."""
    return ApiError(
        status, {"message": message, "errors": [{"description": message}], "trackingId": tracking_id(prefix)}
    )


def telephony(status: int, code: int, text: str, *, inner: int | None = None) -> ApiError:
    """E2: a top-level errorCode and one per error, which may differ (`inner`)."""
    body = {
        "message": text,
        "errorCode": code,
        "errors": [{"description": text, "errorCode": inner if inner is not None else code}],
        "trackingId": tracking_id(),
    }
    return ApiError(status, body, code)


def broadworks(status: int, code: int, text: str) -> ApiError:
    """E2 with the wording of the calling back end: `[Error <code>] <text>`."""
    return telephony(status, code, f"[Error {code}] {text}")


def backend_list(status: int, code: int, text: str) -> ApiError:
    """E10: `error` in place of `errors`, its `message` a list; the code is a text (T:locations, with the SDK's
    AsErrorDetail)."""
    entry = {"key": str(status), "message": [{"description": f"[Error {code}] {text}", "code": str(code)}]}
    return ApiError(status, {"error": [entry], "trackingId": tracking_id()}, code)


def pstn_not_configured(location: str) -> ApiError:
    """E3: a body with nothing but errorMessage, and the bare uuid in it."""
    text = f"Location {location} not found or PSTN for the location is not configured"
    return ApiError(404, {"errorMessage": text})


def no_route(path: str) -> ApiError:
    """E4: the gateway's words for a path that does not exist."""
    return platform(404, f"No static resource hydra{path}.")


def scim(status: int, details: str, code: str) -> ApiError:
    """E5: status and code are strings, the details sit under Cisco's extension."""
    return ApiError(
        status,
        {
            "schemas": [_SCIM_ERROR, _CISCO_ERROR],
            "status": str(status),
            _CISCO_ERROR: {"trackingId": tracking_id("SIMPLE"), "errorCode": code, "details": details},
        },
    )


def number_list(errors: list[dict[str, str]]) -> ApiError:
    """E6: adding numbers, 400 with a JSON list as the body."""
    return ApiError(400, [{"errors": errors}])


def person_failure(key: str, reason: str) -> dict[str, Any]:
    """E7: not an answer of its own, but the `errors` dict inside a person of a 200."""
    return {key: {"code": "calling_failure", "reason": reason}}


def gateway(status: int = 502) -> ApiError:
    """E8: plain HTML from the edge. The server sends a str body as text/html."""
    return ApiError(status, f"<html><head><title>{status} Bad Gateway</title></head><body></body></html>")


def running_job() -> ApiError:
    """A second job of a family (wxcli provisioning.md, live 2026-10-13, of deleteCallingLocation)."""
    text, code = "Customer has job of same type already running.", "BATCH-1001004"
    body = {"message": text, "errorCode": code, "errors": [{"description": text, "errorCode": code}]}
    return ApiError(409, {**body, "trackingId": tracking_id()}, code)


def job_item(item: str, number: int, code: str, text: str) -> dict[str, Any]:
    """E9: one entry of a job's error list."""
    return {
        "item": item,
        "itemNumber": number,
        "trackingId": tracking_id(),
        "errorType": "ERROR",
        "error": {"key": "400", "message": [{"code": code, "description": text}]},
    }


def backend_failure(code: int) -> ApiError:
    """502 with a JSON body that has no code; only the header tells (T:telephony_location_number)."""
    failed = platform(502, "Upstream service returned an error.")
    return ApiError(502, failed.body, code)


def not_found() -> ApiError:
    return platform(404, "The requested resource could not be found.")


def unauthorized() -> ApiError:
    text = "The request requires a valid access token set in the Authorization request header."
    return platform(401, text, prefix="ROUTER")


def forbidden() -> ApiError:
    return platform(403, "Access to the requested resource is forbidden.")


def missing_field(name: str) -> ApiError:
    return telephony(400, 25008, f"Missing Mandatory field name: {name}")


def missing_fields(*names: str) -> ApiError:
    """What newer endpoints say of one missing field or several (recorded in a tenant, February 2026)."""
    return telephony(400, 25008, f"message=Missing required field(s).;detail=Missing fields: {', '.join(names)}")


def invalid_value(text: str) -> ApiError:
    return telephony(400, 25024, text)


def missing_body() -> ApiError:
    return invalid_value("Invalid JSON format in request body: Required request body is missing")


def wrong_id(text: str) -> ApiError:
    return platform(404, f"Could not find an object with id '{text}'.")


def wrong_id_kind(text: str) -> ApiError:
    return platform(400, text)


def not_calling(oci_request: str, status: int = 400) -> ApiError:
    """4003 is what the back end says about a user or workspace without calling (§1.2, §13)."""
    return broadworks(status, 4003, f"Unauthorized request: {oci_request}")
