"""What the real API checks of a trunk before it is made (webex-behaviour.md §14): password, device type and size, and
the address of a certificate-based one, with the two actions that only check."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import StrictBool, StrictInt

from ..core import errors, switches
from ..core.bodies import Body, parse
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store

switches.declare(
    "trunk_bad_domain", "25024", "25252", row="14",
    text="a trunk's domain that cannot be one: 400 with 25024, or 409 with 25252 as an older live test has it",
)  # fmt: skip

PATH = "/telephony/config/premisePstn/trunks"
TrunkType = Literal["REGISTERING", "CERTIFICATE_BASED"]

_CUBE = "Cisco Unified Border Element"
# (least, most) concurrent calls by type, and the devices of each type
_SIZES = {"REGISTERING": (1, 250), "CERTIFICATE_BASED": (250, 6500)}
_DEVICES = {
    "REGISTERING": (_CUBE,),
    "CERTIFICATE_BASED": (
        _CUBE,
        "Oracle ACME Session Border Controller",
        "AudioCodes Session Border Controller",
        "Ribbon Session Border Controller",
    ),
}
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"^{_LABEL}(?:\.{_LABEL})*$", re.IGNORECASE)
_DOMAIN = re.compile(rf"^(?:{_LABEL}\.)+[a-z]{{2,63}}$", re.IGNORECASE)
_FORBIDDEN = frozenset("?!")


def check_password(password: str) -> None:
    """25015: FB#32 names the question and exclamation marks; nothing is known of other characters."""
    if not password:
        raise errors.missing_field("password")
    if _FORBIDDEN & set(password):
        raise errors.telephony(400, 25015, "The password contains invalid characters.")


def device_type(kind: str, wanted: str | None) -> str:
    if wanted is not None and wanted not in _DEVICES[kind]:
        raise errors.invalid_value(f"Invalid field value: deviceType {wanted}")
    return wanted or _CUBE


def check_size(kind: str, calls: int | None) -> None:
    least, most = _SIZES[kind]
    if calls is not None and not least <= calls <= most:
        raise errors.invalid_value(f"Invalid field value: maxConcurrentCalls must be between {least} and {most}")


def default_size(kind: str) -> int:
    return 250 if kind == "REGISTERING" else _SIZES[kind][1]


def check_fqdn(store: Store, address: str | None, domain: str | None, port: int | None) -> None:
    """Both parts present and possible, and no other trunk at that place. Without port it is an SRV record, which is
    a place of its own (T:trunks test_005)."""
    if not address:
        raise errors.missing_field("address")
    if not domain:
        raise errors.missing_field("domain")
    if not _DOMAIN.match(domain):
        text = f"Invalid domain: {domain}"
        old = store.switches["trunk_bad_domain"] == "25252"
        raise errors.telephony(409, 25252, text) if old else errors.invalid_value(text)
    if not _HOST.match(address):
        raise errors.invalid_value(f"Invalid field value: address {address}")
    if port is not None and not 1 <= port <= 65535:
        raise errors.invalid_value(f"Invalid field value: port {port}")
    wanted = (address.lower(), domain.lower(), port)
    if any(_place(trunk) == wanted for trunk in store.trunks.values()):
        raise errors.telephony(409, 27571, f"The FQDN {address}.{domain} is already in use.")


def _place(trunk: Json) -> tuple[str, str, int | None]:
    return str(trunk.get("address", "")).lower(), str(trunk.get("domain", "")).lower(), trunk.get("port")


@route("GET", PATH + "/trunkTypes")
def list_trunk_types(request: Request) -> Reply:
    """Read the List of Trunk Types: not paged."""
    types = [
        {
            "trunkType": kind,
            "deviceTypes": [
                {"deviceType": device, "minConcurrentCalls": _SIZES[kind][0], "maxConcurrentCalls": _SIZES[kind][1]}
                for device in devices
            ],
        }
        for kind, devices in _DEVICES.items()
    ]
    return Reply(200, {"trunkTypes": types})


class _Address(Body):
    address: str | None = None
    domain: str | None = None
    port: StrictInt | None = None


class _Trunk(Body):
    fqdn_address: str | None = None
    fqdn_domain: str | None = None
    fqdn_port: StrictInt | None = None
    trunk_type: TrunkType | None = None
    is_restricted_to_dedicated_instance: StrictBool | None = None
    peer_identity: str | None = None


@route("POST", PATH + "/actions/fqdnValidation/invoke")
def validate_fqdn(request: Request) -> Reply:
    """Validate Local Gateway FQDN and Domain for a Trunk: 204, or the refusal that creating it would give."""
    body = parse(_Address, request.document())
    check_fqdn(request.store, body.address, body.domain, body.port)
    return Reply(204)


@route("POST", PATH + "/actions/validate/invoke")
def validate_trunk(request: Request) -> Reply:
    """Validate a Trunk: the successor of the above; every field is optional, a certificate-based one needs its
    address."""
    body = parse(_Trunk, request.document())
    named = body.fqdn_address is not None or body.fqdn_domain is not None or body.fqdn_port is not None
    if named or body.trunk_type == "CERTIFICATE_BASED":
        check_fqdn(request.store, body.fqdn_address, body.fqdn_domain, body.fqdn_port)
    return Reply(204)
