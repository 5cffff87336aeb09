"""The two clients of the SDK, pointed at the simulator. Whatever is addressed to webexapis.com goes there too; any
other host is refused."""

from __future__ import annotations

import warnings
from typing import Any
from urllib.parse import urlsplit

from wxc_sdk import WebexSimpleApi
from wxc_sdk.rest import RestSession
from wxc_sdk.tokens import Tokens

from reconciler.simulator import Simulator

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from wxc_sdk.as_api import AsWebexSimpleApi
    from wxc_sdk.as_rest import AsRestSession

    class _AsSession(AsRestSession):
        def request(self, method: str, url: str, **kwargs: Any) -> Any:
            return super().request(method, _local(self.BASE, str(url)), **kwargs)


def _local(base: str, url: str) -> str:
    host = urlsplit(url).netloc
    if host.endswith("webexapis.com"):
        return base.removesuffix("/v1") + url.split(host, 1)[1]
    if not url.startswith(base.removesuffix("/v1")):
        raise PermissionError(f"a request to {host}")
    return url


def look(method: str, path: str, status: int, text: str) -> None:
    """What looks at every answer of the synchronous client; the contract run puts its own here (responses.py)."""


class _Session(RestSession):
    def request(self, method: str, url: str, **kwargs: Any) -> Any:
        answer = super().request(method, _local(self.BASE, str(url)), **kwargs)
        look(method, urlsplit(str(answer.url)).path.removeprefix("/v1"), answer.status_code, answer.text)
        return answer


def sync_api(simulator: Simulator) -> WebexSimpleApi:
    session = _Session(tokens=Tokens(access_token=simulator.token), concurrent_requests=2)
    session.BASE, session.trust_env = simulator.base_url, False
    return WebexSimpleApi(tokens="unused", session=session)


def async_api(simulator: Simulator) -> AsWebexSimpleApi:
    """To be made inside a running loop."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        session = _AsSession(tokens=Tokens(access_token=simulator.token), concurrent_requests=2)
    session.BASE = simulator.base_url
    return AsWebexSimpleApi(tokens="unused", session=session)
