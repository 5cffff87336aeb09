"""Where a token may go: an address spelled one way, and whose leave another host than Webex's needs.

- Plain http shows the token to the whole way: only this machine is near enough.
- An address that stands in a file of the repository was perhaps committed by somebody else. It may lead to Webex or to
  this machine; to another host only with `--allow-host`, because the file alone is nobody's leave.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection
from urllib.parse import SplitResult, urlsplit

from reconciler.errors import RefusedError, UsageError

DEFAULT_URL = "https://webexapis.com/v1"
_WEBEX = re.compile(r"webexapis\.com|([a-z0-9-]+\.)+webex\.com")
#: A host as DNS has it; what only looks like one (other alphabets, %, backslashes) is read in two ways by two readers.
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*")


def spelled(url: str, name: str = "WEBEX_API_URL") -> str:
    """The address in its one spelling: host in lower case and without a dot at the end, no port that is implied,
    no slash at the end. UsageError where it is none, or says more than scheme, host, port and path."""
    try:
        parts = urlsplit(url)
        host, port = _host(parts), parts.port
    except ValueError:
        parts, host, port = SplitResult("", "", "", "", ""), "", None
    plain = url.isascii() and url.isprintable() and not set(url) & set(" \\@?#")
    if parts.scheme not in ("http", "https") or not host or not plain or port == 0:
        shown = "…@" + url.rpartition("@")[2] if "@" in url else url  # a password may stand before it
        raise UsageError(f"{name} is not a web address: {shown!r}", do=f"give it like {DEFAULT_URL}")
    own = port == (443 if parts.scheme == "https" else 80)
    return f"{parts.scheme}://{host}{f':{port}' if port and not own else ''}{parts.path.rstrip('/')}"


def _host(parts: SplitResult) -> str:
    """The host in one spelling, in brackets where it is of IPv6; empty where it is none."""
    host = (parts.hostname or "").removesuffix(".")
    if ":" in host:
        return f"[{ipaddress.IPv6Address(host)}]" if "%" not in host else ""
    return host if _HOST.fullmatch(host) else ""


def is_local(url: str) -> bool:
    """Whether this is a tenant on this machine (127/8, ::1, localhost): a simulator, whose limits are not assumed to be
    Webex's."""
    host = (urlsplit(url).hostname or "").removesuffix(".")
    if host in ("localhost", "::1"):
        return True
    try:
        return ipaddress.IPv4Address(host).is_loopback
    except ValueError:
        return False


def is_default(url: str) -> bool:
    """Whether it leads where a token goes anyway when nobody names an address."""
    return urlsplit(url)[:2] == urlsplit(DEFAULT_URL)[:2]


def refuse_open(url: str) -> None:
    """RefusedError when a token would go to another machine in clear."""
    if urlsplit(url).scheme != "https" and not is_local(url):
        raise RefusedError(
            f"refusing to send the token to {urlsplit(url).netloc} in clear",
            why="plain http is for this machine only (127.0.0.0/8, ::1, localhost)",
            do="give an https address in WEBEX_API_URL",
        )


def refuse_stranger(url: str, where: str, allowed: Collection[str]) -> None:
    """RefusedError when the address, out of the file `where`, leads to a host that is neither Webex's, nor this
    machine, nor among the `allowed` (`host` or `host:port`)."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if is_local(url) or _WEBEX.fullmatch(host):
        return
    port = parts.port or (443 if parts.scheme == "https" else 80)
    if not {host, f"{host}:{port}", f"[{host}]", f"[{host}]:{port}"} & {_allowed(text) for text in allowed}:
        raise RefusedError(
            f"refusing to send the token to {parts.netloc}",
            where=where,
            why="WEBEX_API_URL names a host that is not Webex's, and a file may be somebody else's work",
            do=f"if you trust it: --allow-host {host}, or give the address in the environment",
        )


def _allowed(text: str) -> str:
    """A host that somebody allows, in lower case; UsageError for an address or a pattern."""
    name = text.strip().lower()
    try:
        parts = urlsplit(f"//{name}")
        host, _ = _host(parts), parts.port
    except ValueError:
        host = ""
    if not host or parts.path or set(name) & set("@?#"):
        raise UsageError(f"--allow-host: {text!r} is not a host", do="give it like api.example.com or 10.0.0.5:8443")
    return host + name[name.rfind(":") :] if parts.port else host
