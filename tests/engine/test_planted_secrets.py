"""A token that somebody has written into the desired state: it is in no output, and goes no further into the tenant."""

from __future__ import annotations

import base64
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.support.office import ANA, BEN, Office

TOKEN = "planted+token/with=odd&characters"


@pytest.fixture(autouse=True)
def _secret_in_the_environment(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBEX_CLIENT_ID", "client")
    monkeypatch.setenv("WEBEX_CLIENT_SECRET", TOKEN)
    monkeypatch.setenv("WEBEX_REFRESH_TOKEN", "refresh-of-nobody")


def planted(form: str) -> str:
    return {
        "as it is": TOKEN,
        "base64": base64.b64encode(TOKEN.encode()).decode(),
        "base64 after something": base64.b64encode(b"x:" + TOKEN.encode()).decode(),
        "url": quote(TOKEN, safe=""),
        "url in lower case": quote(TOKEN, safe="").replace("%2B", "%2b").replace("%2F", "%2f"),
    }[form]


@pytest.mark.issue10("C")
@pytest.mark.parametrize("form", ["as it is", "base64", "base64 after something", "url", "url in lower case"])
def test_a_secret_in_a_desired_value_is_blocked_and_in_no_output(office: Office, form: str, tmp_path: Path) -> None:
    secret = planted(form)
    assert TOKEN not in secret or form == "as it is"
    office.describe(people=[{"email": ANA, "last_name": f"Note {secret}"}, {"email": BEN, "last_name": "Plain"}])
    for output in ("text", "json", "md", "html"):
        said = office.reconcile("plan", "-o", output, "--out", str(tmp_path / "plan.json"))
        assert said.code == 4
        for text in (said.out, said.err, (tmp_path / "plan.json").read_text()):
            assert secret not in text
    assert "stands in last_name" in said.out
    office.server.reset_requests()
    said = office.reconcile("apply", "--yes")
    assert said.code == 4 and office.writes() == [] and secret not in said.out + said.err


@pytest.mark.issue10("C")
def test_a_secret_in_a_key_is_in_no_output_either(office: Office) -> None:
    office.describe(workspaces=[{"name": f"Room {TOKEN[:20]}"}, {"name": TOKEN[:30] + "zz"}, {"name": f"R {TOKEN}"}])
    for output in ("text", "json", "md", "html"):
        said = office.reconcile("plan", "-o", output)
        assert said.code == 4 and TOKEN not in said.out + said.err
