"""Token: --token-file or --token > environment > .env > keyring; never in a message (S52)."""

from __future__ import annotations

import io
import sys
import types
from pathlib import Path

import pytest

from reconciler.errors import AuthError, UsageError
from reconciler.webex.credentials import DEFAULT_URL, credentials


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WEBEX_ACCESS_TOKEN", "WEBEX_API_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setitem(sys.modules, "keyring", None)


@pytest.mark.parametrize(
    ("sources", "wins"),
    [
        ({"file", "env", "dotenv", "keyring"}, "from-file"),
        ({"env", "dotenv", "keyring"}, "from-env"),
        ({"dotenv", "keyring"}, "from-dotenv"),
        ({"keyring"}, "from-keyring"),
    ],
)
def test_precedence(sources: set[str], wins: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    token_file = ""
    if "file" in sources:
        token_file = str(tmp_path / "token")
        Path(token_file).write_text("from-file\n")
    if "env" in sources:
        monkeypatch.setenv("WEBEX_ACCESS_TOKEN", "from-env")
    if "dotenv" in sources:
        (tmp_path / ".env").write_text("WEBEX_ACCESS_TOKEN=from-dotenv\n")
    if "keyring" in sources:
        backend = types.ModuleType("keyring")
        backend.get_password = lambda service, url: "from-keyring"  # type: ignore[attr-defined]
        errors = types.ModuleType("keyring.errors")
        errors.KeyringError = RuntimeError  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "keyring", backend)
        monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    found = credentials(tmp_path, token_file=token_file)
    assert (found.token, found.url) == (wins, DEFAULT_URL)
    assert wins not in repr(found)


def test_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("piped\n"))
    assert credentials(tmp_path, token_file="-").token == "piped"


def test_none_at_all(tmp_path: Path) -> None:
    with pytest.raises(AuthError, match="no access token"):
        credentials(tmp_path)


def test_a_token_over_two_lines_is_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBEX_ACCESS_TOKEN", "secret one\nsecret two")
    with pytest.raises(AuthError) as error:
        credentials(tmp_path)
    assert "secret" not in str(error.value)


def test_token_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(AuthError, match="cannot read the token file"):
        credentials(tmp_path, token_file=str(tmp_path / "nosuch"))


@pytest.mark.issue10("C")
@pytest.mark.parametrize(("given", "encoding"), [("-", ""), ("token", "utf-8"), ("token", "utf-16-le")])
def test_a_byte_order_mark_is_no_part_of_the_token(
    given: str, encoding: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows' Notepad and PowerShell's Out-File write one, the latter in UTF-16."""
    monkeypatch.setattr(sys, "stdin", io.StringIO("\ufefftoken-of-mine\n"))
    (tmp_path / "token").write_text("\ufefftoken-of-mine\r\n", encoding=encoding or "utf-8")
    found = credentials(tmp_path, token_file=given if given == "-" else str(tmp_path / given))
    assert found.token == "token-of-mine"


@pytest.mark.issue10("C")
def test_what_is_too_long_for_a_token_is_not_read_to_its_end() -> None:
    with pytest.raises(AuthError, match="too long for a token"):
        credentials(Path(), token_file="/dev/zero")


@pytest.mark.issue10("C")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
def test_settings_with_a_byte_order_mark_are_read(encoding: str, tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes("\ufeffWEBEX_ACCESS_TOKEN=token-of-mine\r\n".encode(encoding))
    assert credentials(tmp_path).token == "token-of-mine"


@pytest.mark.issue10("C")
def test_settings_that_are_no_text_are_refused_with_their_line(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"WEBEX_ACCESS_TOKEN=token-of-mine\n# caf\xe9\n")
    with pytest.raises(UsageError, match=r"cannot read \.env") as error:
        credentials(tmp_path)
    assert error.value.where == f"{tmp_path / '.env'}:2" and "token-of-mine" not in str(error.value)


@pytest.mark.issue10("C")
@pytest.mark.parametrize("address", ["https://webexapis.com", "https://webexapis.com/", "http://127.0.0.1:8080"])
def test_an_address_without_version_gets_advice(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBEX_ACCESS_TOKEN", "t")
    monkeypatch.setenv("WEBEX_API_URL", address)
    with pytest.raises(UsageError) as error:
        credentials(tmp_path)
    assert error.value.do == f"give it with /v1: {address.rstrip('/')}/v1"


def test_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("WEBEX_API_URL=https://integration.webex.com/v1/\nWEBEX_ACCESS_TOKEN=t\n")
    assert credentials(tmp_path).url == "https://integration.webex.com/v1"
    monkeypatch.setenv("WEBEX_API_URL", "ftp://x")
    with pytest.raises(UsageError):
        credentials(tmp_path)


@pytest.mark.parametrize("given", ["-", "token"])
def test_an_empty_token_file_is_not_replaced_by_another_token(
    given: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be that of another tenant."""
    monkeypatch.setenv("WEBEX_ACCESS_TOKEN", "of-somebody-else")
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n"))
    (tmp_path / "token").write_text(" \n")
    with pytest.raises(AuthError, match="there is no token in"):
        credentials(tmp_path, token_file=given if given == "-" else str(tmp_path / given))


def test_s110_a_password_in_the_address_is_not_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBEX_ACCESS_TOKEN", "t")
    monkeypatch.setenv("WEBEX_API_URL", "https://ana:pa@ss@proxy.example.org/v1")
    with pytest.raises(UsageError, match="web address") as error:
        credentials(tmp_path)
    said = str(error.value)
    assert "@proxy.example.org/v1" in said and "ana" not in said and "pa@ss" not in said and "@ss" not in said
