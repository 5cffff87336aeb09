"""A secret of this machine that somebody planted in a desired file comes out of no verb, asks it a tenant or not."""

from __future__ import annotations

import base64
from urllib.parse import quote

import pytest

from reconciler.cli.app import run
from tests.support.live import Live

TOKEN = "a-token/of+this machine".replace(" ", "-")
FORMS = {"plain": TOKEN, "base64": base64.b64encode(b"its " + TOKEN.encode()).decode(), "url": quote(TOKEN, safe="")}


@pytest.mark.issue10("C")
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("source", ["environment", "file"])
def test_no_verb_without_a_tenant_shows_what_was_planted(
    form: str, source: str, live: Live, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    live.describe({"workspaces": [{"name": "Lobby"}]})
    live.remember()
    live.describe({"workspaces": [{"name": "Lobby", "notes": f"see {FORMS[form]} there"}]})
    if source == "environment":
        monkeypatch.setenv("WEBEX_ACCESS_TOKEN", TOKEN)
    else:
        monkeypatch.delenv("WEBEX_ACCESS_TOKEN", raising=False)
        (live.root / ".env").write_text(f"WEBEX_ACCESS_TOKEN={TOKEN}\n")
    saved = live.root / "plan.json"
    for words in (["plan", "--offline"], ["plan", "--offline", "-o", "json", "--out", str(saved)], ["validate"]):
        run([*words, "-C", str(live.root)])
        said = capsys.readouterr()
        assert FORMS[form].rstrip("=")[4:] not in said.out + said.err, words
    assert FORMS[form].rstrip("=")[4:] not in saved.read_text()
