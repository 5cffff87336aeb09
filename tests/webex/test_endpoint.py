"""Where a token goes: never to an address that a file named and nobody approved, never in clear off this machine."""

from __future__ import annotations

import asyncio
import sys
import types
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from reconciler.cli.app import run
from reconciler.errors import AuthError, ReconcileError, RefusedError, UsageError
from reconciler.simulator import Simulator
from reconciler.webex import tenant as webex
from reconciler.webex.credentials import credentials
from tests.support.live import Live

pytestmark = pytest.mark.issue10(7)
GRANT = {"WEBEX_CLIENT_ID": "its-id", "WEBEX_CLIENT_SECRET": "its-secret", "WEBEX_REFRESH_TOKEN": "its-refresh"}


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)


def dotenv(root: Path, **lines: str) -> None:
    (root / ".env").write_text("".join(f"{name}={value}\n" for name, value in lines.items()))


def keyring(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A keyring with a token for every address; the addresses that it is asked for."""
    asked: list[str] = []
    backend, errors = types.ModuleType("keyring"), types.ModuleType("keyring.errors")
    backend.get_password = lambda service, url: asked.append(url) or "from-keyring"  # type: ignore[attr-defined]
    errors.KeyringError = RuntimeError  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", backend)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    return asked


@pytest.mark.parametrize("source", ["environment", "token file", "token", "the environment's, spelled in the file"])
def test_a_token_from_elsewhere_does_not_go_to_an_address_out_of_a_file(
    source: str, live: Live, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The whole command, and a server that would have heard it."""
    dotenv(live.root, WEBEX_API_URL=httpserver.url_for("/v1"))
    given: list[str] = []
    if source == "token file":
        (live.root / "t").write_text("a-token")
        given = ["--token-file", str(live.root / "t")]
    elif source == "token":
        given = ["--token", "a-token"]
    else:
        monkeypatch.setenv("WEBEX_ACCESS_TOKEN", "a-token")
    if "spelled" in source:
        lines = {"WEBEX_API_URL": httpserver.url_for("/v1"), "WEBEX_ACCESS_TOKEN": "${WEBEX_ACCESS_TOKEN}"}
        dotenv(live.root, **lines)
    code = run(["plan", "-C", str(live.root), *given])
    said = capsys.readouterr().err
    assert code == 4 and httpserver.log == []
    assert "out of a file counts only with a token out of the same file" in said and "a-token" not in said


@pytest.mark.parametrize("part", sorted(GRANT))
def test_no_part_of_a_refresh_grant_goes_to_an_address_out_of_a_file(
    part: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = {name: value for name, value in GRANT.items() if name == part}
    file = {name: value for name, value in GRANT.items() if name != part}
    dotenv(tmp_path, WEBEX_API_URL="http://127.0.0.1:9/v1", WEBEX_ACCESS_TOKEN="its", **file)
    for name, value in here.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(RefusedError, match=part) as error:
        credentials(tmp_path)
    assert GRANT[part] not in str(error.value)


def test_a_keyring_is_not_asked_for_an_address_out_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = keyring(monkeypatch)
    dotenv(tmp_path, WEBEX_API_URL="https://integration.webex.com/v1")
    with pytest.raises(AuthError, match="no access token"):
        credentials(tmp_path)
    assert asked == []
    monkeypatch.setenv("WEBEX_API_URL", "https://integration.webex.com/v1")
    assert credentials(tmp_path).token == "from-keyring"


def test_an_address_and_its_token_out_of_one_file_are_used(server: Simulator, tmp_path: Path) -> None:
    dotenv(tmp_path, WEBEX_API_URL=server.base_url, WEBEX_ACCESS_TOKEN=server.token)
    found = credentials(tmp_path)
    assert (found.url, found.token) == (server.base_url, server.token)


def test_the_usual_address_in_a_file_is_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBEX_ACCESS_TOKEN", "t")
    dotenv(tmp_path, WEBEX_API_URL="https://WebexApis.com.:443/v1/")
    assert credentials(tmp_path).url == "https://webexapis.com/v1"


@pytest.mark.parametrize(
    ("host", "known"),
    [
        ("webexapis.com", True),
        ("api-usgov.webex.com", True),
        ("integration.eu.webex.com", True),
        ("WEBEXAPIS.COM.", True),
        ("webexapis.com.evil.example", False),
        ("evilwebexapis.com", False),
        ("evil-webex.com", False),
        ("notwebex.com", False),
        ("webex.com.evil.example", False),
        ("x.webexapis.com", False),
        ("webex.com", False),
        ("10.0.0.5:8443", False),
        ("[2001:db8::1]", False),
    ],
)
def test_a_file_names_webex_or_needs_leave(
    host: str, known: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dotenv(tmp_path, WEBEX_API_URL=f"https://{host}/v1", WEBEX_ACCESS_TOKEN="its")
    if known:
        assert credentials(tmp_path).token == "its"
        return
    with pytest.raises(RefusedError, match="--allow-host"):
        credentials(tmp_path)
    assert credentials(tmp_path, allow_hosts=[host.upper()]).token == "its"
    with pytest.raises(RefusedError):
        credentials(tmp_path, allow_hosts=["other.example"])
    monkeypatch.setenv("WEBEX_API_URL", f"https://{host}/v1")
    monkeypatch.setenv("WEBEX_ACCESS_TOKEN", "mine")
    assert credentials(tmp_path).token == "mine"  # who sets the environment has said so himself


def test_the_leave_is_an_option_of_the_command(
    live: Live, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    dotenv(live.root, WEBEX_API_URL="https://proxy.invalid/v1", WEBEX_ACCESS_TOKEN="its")
    monkeypatch.setattr("reconciler.webex.session.CONNECT_RETRIES", 0)
    assert run(["plan", "-C", str(live.root)]) == 4
    assert run(["plan", "-C", str(live.root), "--allow-host", "https://proxy.invalid"]) == 64
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: (_ for _ in ()).throw(OSError("no such host")))
    assert run(["plan", "-C", str(live.root), "--allow-host", "proxy.invalid"]) == 75
    monkeypatch.setenv("RECONCILE_ALLOW_HOST", "proxy.invalid")
    assert run(["plan", "-C", str(live.root)]) == 75
    assert "no answer from proxy.invalid" in capsys.readouterr().err


@pytest.mark.parametrize("source", ["environment", "file"])
@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("127.0.0.1:9", True),
        ("127.8.7.6", True),
        ("[::1]:9", True),
        ("LocalHost.:9", True),
        ("webexapis.com", False),
        ("0.0.0.0", False),
        ("10.0.0.5", False),
        ("127.0.0.1.example.com", False),
        ("localhost.example.com", False),
        ("[::ffff:10.0.0.5]", False),
        ("[2001:db8::1]", False),
    ],
)
def test_plain_http_stays_on_this_machine(
    host: str, here: bool, source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {"WEBEX_API_URL": f"http://{host}/v1", "WEBEX_ACCESS_TOKEN": "t"}
    if source == "file":
        dotenv(tmp_path, **settings)
    for name, value in settings.items() if source == "environment" else ():
        monkeypatch.setenv(name, value)
    if here:
        assert credentials(tmp_path).token == "t"
        return
    with pytest.raises(RefusedError, match="in clear"):
        credentials(tmp_path, allow_hosts=[host])


@pytest.mark.parametrize(
    "url",
    [
        "//webexapis.com/v1",
        "webexapis.com/v1",
        "https:webexapis.com/v1",
        "https:///webexapis.com/v1",
        "https://me@webexapis.com/v1",
        "https://webexapis.com@evil.example/v1",
        "https://webexapis.com\\@evil.example/v1",
        "https://webexapis.com\\.evil.example/v1",
        "https://evil.example#.webex.com/v1",
        "https://evil.example?.webex.com/v1",
        "https://webexapis.com /v1",
        "https://webexapis.com\t.evil.example/v1",
        "https://wеbexapis.com/v1",  # noqa: RUF001 - a Cyrillic letter
        "https://evil%2e.webex.com/v1",
        "https://webexapis.com:0/v1",
        "https://webexapis.com:99999/v1",
        "https://[::1%25eth0]/v1",
        "https://.webex.com/v1",
        "ftp://webexapis.com/v1",
    ],
)
def test_what_two_readers_read_in_two_ways_is_no_address(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEBEX_ACCESS_TOKEN", "t")
    monkeypatch.setenv("WEBEX_API_URL", url)
    with pytest.raises(UsageError, match="is not a web address"):
        credentials(tmp_path)


def test_other_files_name_no_address(
    live: Live, server: Simulator, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`.env` of a folder above, proxies and certificates in `.env`, an address in tenant.yaml."""
    nested = live.root / "tenants" / "one"
    nested.mkdir(parents=True)
    (live.root / "desired").rename(nested / "desired")
    dotenv(live.root, WEBEX_API_URL=httpserver.url_for("/v1"), WEBEX_ACCESS_TOKEN="its")
    proxies = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy"), httpserver.url_for("/"))
    dotenv(nested, **proxies, OTEL_EXPORTER_OTLP_ENDPOINT=httpserver.url_for("/"), SSL_CERT_FILE="/nowhere")
    monkeypatch.setenv("WEBEX_API_URL", server.base_url)
    monkeypatch.setenv("WEBEX_ACCESS_TOKEN", server.token)
    assert run(["plan", "-C", str(nested)]) == 0 and httpserver.log == []
    (nested / "desired" / "tenant.yaml").write_text(
        f"schema_version: 1\norg: {{name: Case, id: {live.org_id}}}\napi_url: {httpserver.url_for('/v1')}\n"
    )
    assert run(["plan", "-C", str(nested)]) == 1 and httpserver.log == []


def test_a_redirect_to_plain_http_on_the_same_port_gets_nothing(tmp_path: Path) -> None:
    """The address is compared whole: scheme, host and port."""

    async def asked() -> None:
        from reconciler.webex.credentials import Credentials

        access = Credentials("https://tenant.example:8443/v1", "secret-token")
        async with webex.reader(access, concurrency=1, waiting=lambda *_: None) as reader:
            await reader.get("http://tenant.example:8443/v1/people/me")

    with pytest.raises(ReconcileError, match=r"refusing to send the token to tenant\.example:8443 in clear"):
        asyncio.run(asked())
