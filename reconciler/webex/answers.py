"""From an HTTP answer to an error that says what, where, why and what to do (webex-behaviour.md §1.2, §16)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from reconciler.errors import ApiError, AuthError, ForbiddenError, ReconcileError
from reconciler.masking import masked_text

_SCIM = "urn:ietf:params:scim:api:messages:2.0:Error"
_SCIM_DETAIL = "urn:scim:schemas:extension:cisco:webexidentity:api:messages:2.0:Error"
#: Which scopes an endpoint family wants; the 403 itself never says (§1.1, feedback #2).
_SCOPES = (
    ("/identity/scim/", "identity:people_rw"),
    ("/telephony/pstn/", "spark-admin:telephony_pstn_read, _write"),
    ("/telephony/config/", "spark-admin:telephony_config_read, _write"),
    ("/people", "spark-admin:people_read, _write"),
    ("/locations", "spark-admin:locations_read, _write"),
    ("/licenses", "spark-admin:licenses_read"),
    ("/workspaces", "spark-admin:workspaces_read, _write"),
    ("/devices", "spark-admin:devices_read, _write"),
    ("/groups", "identity:groups_read"),
    ("/adminAudit/", "audit:events_read"),
)


def error_of(method: str, url: str, status: int, headers: Mapping[str, str], body: bytes) -> ReconcileError:
    """The error behind a failed answer, whatever shape its body has (E1 to E9)."""
    path = urlsplit(url).path
    request = f"{method} {path}"
    document = _document(body)
    message, code = _message(document, status), _code(document)
    code = code or headers.get("Cisco-Spark-Error-Codes", "")
    tracking = str((document if isinstance(document, dict) else {}).get("trackingId", ""))
    tracking = tracking or headers.get("trackingid", "").partition(",")[0].strip()
    if status == 401:
        refused = AuthError(
            "the token is missing, expired or not valid",
            where=request,
            why=message,
            do="give a fresh one in WEBEX_ACCESS_TOKEN or with --token-file",
        )
        refused.answer = document
        return refused
    if status == 403:
        forbidden = ForbiddenError(status, message, code=code, tracking_id=tracking, request=request)
        scopes = forbidden.scopes = next((scopes for part, scopes in _SCOPES if part in path), "")
        where = f"the token's scopes ({scopes})" if scopes else "the token's scopes"
        forbidden.do = f"check the admin's role and {where}" if scopes else f"check {where}"
        forbidden.answer = document
        return forbidden
    error = ApiError(status, message, code=code, tracking_id=tracking, request=request)
    error.answer = document
    return error


def _document(body: bytes) -> Any:
    """The body as data or text. A gateway may quote what it was sent: no error of ours repeats a token."""
    text = masked_text(body.decode("utf-8", "replace"))
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text.strip()


def _message(document: Any, status: int) -> str:
    """The most telling text of a body: descriptions of errors, then messages; never a whole HTML page."""
    if isinstance(document, str):
        return f"the gateway answered {status}" if document.startswith("<") or not document else document[:200]
    if isinstance(document, list):
        return "; ".join(_number_error(entry) for entry in _listed(document)) or f"HTTP {status}"
    if not isinstance(document, dict):
        return f"HTTP {status}"
    if _SCIM_DETAIL in document:
        return str(_scim(document).get("details", "SCIM error"))
    described = [str(e["description"]) for e in _errors(document) if e.get("description")]
    text = "; ".join(dict.fromkeys(described)) or document.get("message") or document.get("errorMessage")
    return str(text or f"HTTP {status}")


def _number_error(entry: Mapping[str, Any]) -> str:
    return f"{entry.get('number')}: {entry.get('errorMessage')} ({entry.get('errorCode')})"


def _code(document: Any) -> str:
    """The inner code before the outer one: they can differ, and the inner is the cause (E2)."""
    if isinstance(document, list):
        return next((str(e["errorCode"]) for e in _listed(document) if e.get("errorCode")), "")
    if not isinstance(document, dict):
        return ""
    if _SCIM_DETAIL in document:
        return str(_scim(document).get("errorCode", ""))
    inner = next((str(e["errorCode"]) for e in _errors(document) if e.get("errorCode")), "")
    return inner or str(document.get("errorCode", "") or "")


def _scim(document: Mapping[str, Any]) -> Mapping[str, Any]:
    detail = document[_SCIM_DETAIL]
    return detail if isinstance(detail, dict) else {}


def _listed(document: list[Any]) -> list[Mapping[str, Any]]:
    """The errors of the numbers of a batch."""
    lists = [part.get("errors") for part in document if isinstance(part, dict)]
    return [entry for errors in lists if isinstance(errors, list) for entry in errors if isinstance(entry, dict)]


def _errors(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """`errors`, or what some telephony endpoints answer in its place: `error[].message[]` with `code` as a text."""
    errors = document.get("errors")
    if isinstance(errors, list):
        return [error for error in errors if isinstance(error, dict)]
    older = document.get("error")
    parts = [part for part in older if isinstance(part, dict)] if isinstance(older, list) else []
    lists = [part.get("message") for part in parts]
    told = [entry for some in lists if isinstance(some, list) for entry in some if isinstance(entry, dict)]
    return [{"description": entry.get("description"), "errorCode": entry.get("code")} for entry in told]
