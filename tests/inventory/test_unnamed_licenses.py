"""A licence that somebody has and no list names: it is in the tables, as its id, and nobody manages it."""

from __future__ import annotations

import csv
import io

import pytest

from reconciler.cli.app import run
from reconciler.repository import store
from tests.support.live import Live, changes_of

pytestmark = pytest.mark.issue10(26)


def holder(live: Live) -> tuple[str, set[str], set[str]]:
    """Somebody who has one beside others: e-mail, the names of those that are listed, keys of the others."""
    state = live.state()
    listed = {one["id"]: one["name"] for one in state["licenses"] if one.get("listed", True)}
    person = next(one for one in state["people"] if set(one["licenses"]) - listed.keys())
    held = set(person["licenses"])
    return person["emails"][0], {listed[one] for one in held & listed.keys()}, held - listed.keys()


def test_it_stands_in_the_tables_as_its_id(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBEX_API_URL", live.server.base_url)
    monkeypatch.setenv("WEBEX_ACCESS_TOKEN", live.server.token)
    email, names, keys = holder(live)
    assert run(["export", "-q", "-C", str(live.root), "--kind", "person", "--format", "csv"]) == 0
    text = (live.root / "inventory/csv/person.csv").read_text(encoding="utf-8")
    row = next(one for one in csv.DictReader(io.StringIO(text, newline="")) if one["address"] == f"person/{email}")
    person = store.open(live.root / "state").get("person", email)
    assert person is not None
    assert set(person.fields["licenses"]) == names
    ids = person.facts["unnamed"]["licenses"]
    assert len(ids) == len(keys) and all(one in row["licenses"] for one in [*ids, *names])


def test_it_is_no_change_and_stays_when_others_go(live: Live) -> None:
    state = live.state()
    state["org"]["admin"] = state["people"][-1]["id"]  # nobody takes a licence from whose token it is
    live.server.load(state)
    email, names, keys = holder(live)
    live.describe({"people": [{"email": email, "licenses": sorted(names)}]})
    assert changes_of(live.plan()) == {}
    left = {name for name in names if name.startswith("Webex Calling")}
    assert left != names
    live.describe({"people": [{"email": email, "licenses": sorted(left)}]})
    plan = live.plan()
    assert changes_of(plan) == {f"person/{email}": "update"}
    assert [outcome.verdict for outcome in live.apply(plan).outcomes] == ["verified"]
    assert holder(live) == (email, left, keys)
