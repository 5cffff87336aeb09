"""The inventory as a page and as a few lines: what it says, that it does nothing else, and that it can be read."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from reconciler.insights import judge
from reconciler.inventory.status import Status
from reconciler.model.snapshot import Current, MemorySnapshot
from reconciler.outputs.redaction import Redactor
from reconciler.outputs.report import report_view
from reconciler.report.inventory import SPARK_HEIGHT, SPARK_WIDTH, InventoryView, sparkline
from reconciler.report.inventory_html import inventory_html
from reconciler.report.inventory_resources import ROWS
from reconciler.report.inventory_text import insights_text, inventory_text
from tests.report.test_inert import NASTY

names = st.lists(st.sampled_from([*NASTY, "</script>"]) | st.text(max_size=5), min_size=1, max_size=8).map("".join)

#: A row of the table of what was read: artefact, count, result.
ROW = re.compile(
    r'<tr><th scope="row" class="key"><span class="mono">([^<]*)</span>.*?<td class="amount">([\d,]+)</td>'
    r'.*?<span class="tag tone">(\w+)</span>'
)


def tenant(name: str = "Madrid", people: int = 3) -> MemorySnapshot:
    """A location without a way out, people without numbers, a queue without agents; the name stands wherever it can."""
    snapshot = MemorySnapshot(org={"id": f"org {name}", "name": name})
    calling = {"main_number": "+34910000000", "routing_prefix": "81"}
    fields = {"name": name, "calling": calling, "pstn": {"trunk": None}, "address": {"country": "ES"}}
    snapshot.add(Current("location", name, "l", fields))
    for number in range(people):
        key = f"{name}{number:05}@example.com"
        extension = f"{number + 1000}"
        own = {"display_name": f"{name} {number}", "location": name, "extension": extension, "phone_number": None}
        snapshot.add(Current("person", key, "p", own, {"calling": True}))
    snapshot.add(Current("call_queue", f"{name}/Help", "q", {"name": "Help", "location": name, "agents": []}))
    return snapshot


def statuses(snapshot: MemorySnapshot, why: str = "the token may not") -> list[Status]:
    read = [Status(kind, count=len(found)) for kind, found in snapshot.kinds.items()]
    refused = Status("device", "forbidden", 0, 0, 1, 403, "spark-admin:devices_read", why)
    return [*read, refused, Status("person.numbers", count=2, not_entitled=1)]


def view(snapshot: MemorySnapshot | None = None, **more: Any) -> InventoryView:
    found = snapshot or tenant()
    return report_view(found, statuses(found), **{"fingerprint": "3fe5a83fc3cbe7ab", **more})


class Page(HTMLParser):
    """The elements of a page, its text, and what is inside of scripts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.text = ""
        self._inside = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._inside = tag
        if tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "script":
            self.scripts[-1] += data
        elif self._inside != "style":
            self.text += data


def shape(page: Page) -> list[tuple[str, dict[str, str | None]]]:
    """The elements without what may differ with a name's length."""
    return [(tag, {k: v for k, v in attrs.items() if k != "content"}) for tag, attrs in page.elements]


def test_page(snapshot: SnapshotAssertion) -> None:
    assert inventory_html(view(earlier=[{"person": 2, "location": 1}])).partition("</style>")[2] == snapshot


def test_summary(snapshot: SnapshotAssertion) -> None:
    shown = view(earlier=[{"person": 2, "location": 1}])
    assert inventory_text(shown, "inventory/report.html", color=False) == snapshot
    assert inventory_text(shown, "", color=True) == snapshot


def test_insights_in_full(snapshot: SnapshotAssertion) -> None:
    judged = judge(tenant())
    assert insights_text(judged.insights, judged, color=False) == snapshot


def test_every_artefact_is_counted_and_every_failure_told() -> None:
    found = tenant()
    page = inventory_html(view(found))
    wanted = [(one.artefact, f"{one.count:,}", one.result) for one in statuses(found)]
    assert ROW.findall(page) == wanted
    for word in ("the token may not", "spark-admin:devices_read", "GET /devices", "(1 failed, 0 read)"):
        assert word in Page(page).text


def test_page_text_and_json_say_the_same() -> None:
    found = tenant()
    judged, shown = judge(found), view(found)
    page, text = Page(inventory_html(shown)).text, inventory_text(shown, "", color=False)
    counts = judged.to_json()["counts"]
    assert [one.count for one in shown.severities] == list(counts.values())
    for insight in judged.insights:
        assert insight.address in page and insight.what in page and insight.why in page and insight.fix in page
    for one in shown.severities:
        assert not one.count or f"{one.count} {one.word}" in text
        assert re.search(rf"{one.count} {one.word}", page)
    for risk in judged.risk:
        assert re.search(rf"{re.escape(risk.address.partition('/')[2])}{risk.score}", page)
    assert shown.verdict in page and shown.verdict in text


@given(names)
@settings(max_examples=25)
def test_whatever_a_name_holds_it_is_shown_and_does_nothing(name: str) -> None:
    shown = view(tenant(name), earlier=[{"person": 1}])
    page = Page(inventory_html(shown))
    assert shape(page) == shape(Page(inventory_html(view(earlier=[{"person": 1}]))))
    assert json.loads(page.scripts[0]) == [list(row) for row in _visible(shown)]
    text = inventory_text(shown, name, color=False)
    assert all(line.isprintable() for line in text.splitlines()), text


def _visible(shown: InventoryView) -> list[list[str]]:
    from reconciler.inert import visible

    return [[visible(part) for part in row] for row in shown.search]


def test_a_name_cannot_end_the_block_of_rows() -> None:
    name = '</script><script>alert(1)</script><!-- "\\'
    page = inventory_html(view(tenant(name)))
    assert "<script>alert" not in page and "</script><script>alert" not in page
    assert len(Page(page).scripts) == 2
    assert json.loads(Page(page).scripts[0])[0][2] == name


def test_one_file_that_asks_for_nothing_and_runs_one_script() -> None:
    page = inventory_html(view(tenant("https://example.com/x.png")))
    parsed = Page(page)
    for tag, attrs in parsed.elements:
        assert not {"src", "srcset", "action", "onclick"} & attrs.keys(), (tag, attrs)
        assert tag != "link" and (attrs.get("href") or "#").startswith("#")
    assert "url(" not in page and "@import" not in page and "fetch(" not in page
    (policy,) = [attrs["content"] or "" for _, attrs in parsed.elements if attrs.get("http-equiv")]
    digest = base64.b64encode(hashlib.sha256(parsed.scripts[1].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy and policy.startswith("default-src 'none';")
    assert "innerHTML" not in parsed.scripts[1]


def test_without_script_everything_but_searching_is_there() -> None:
    hidden = [
        attrs.get("id") for tag, attrs in Page(inventory_html(view())).elements if "hidden" in attrs and tag != "div"
    ]
    assert hidden == ["search"]


def test_the_same_tenant_gives_the_same_bytes() -> None:
    assert inventory_html(view(tenant())) == inventory_html(view(tenant()))


def test_trends() -> None:
    shown = view(earlier=[{"person": 1, "location": 1}, {"person": 5, "location": 1}])
    rows = {row.artefact: row for row in shown.artefacts}
    assert (rows["person"].trend, rows["person"].change) == ("1 → 5 → 3", "-2")
    assert (rows["location"].trend, rows["location"].change) == ("1 → 1 → 1", "")
    assert (rows["call_queue"].trend, rows["call_queue"].spark) == ("", "")
    page = inventory_html(shown)
    assert page.count("<polyline") == 2 and 'aria-label="1 → 5 → 3"' in page


@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=20))
def test_a_sparkline_stays_in_its_box_and_goes_with_the_counts(values: list[int]) -> None:
    points = [tuple(map(float, point.split(","))) for point in sparkline(values).split()]
    assert all(0 <= x <= SPARK_WIDTH and 0 <= y <= SPARK_HEIGHT for x, y in points)
    assert [x for x, _ in points] == sorted({x for x, _ in points}) and len(points) == len(values)
    for (_, before), (_, after), one, other in zip(points, points[1:], values, values[1:], strict=False):
        assert before >= after if other >= one else before <= after  # up on the screen is less


def test_a_large_tenant_makes_a_page_of_bearable_size() -> None:
    shown = view(tenant(people=20_000), tables="csv")
    page = inventory_html(shown)
    assert len(page) < 4_000_000
    assert f"The first {ROWS} of 20,000; all of them: csv/person.csv" in page
    assert "and 19,950 more: reconcile insights -o json" in page
    assert len(shown.search) == 20_002 and "All 20,002 resources are searched." in page


def test_what_is_not_searched_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reconciler.report.inventory_resources.SEARCHED", 2)
    shown = view()
    assert [row[0] for row in shown.search] == ["person/Madrid00000@example.com", "person/Madrid00001@example.com"]
    assert shown.search_note == "2 of 5 resources are searched, people first."


def test_masked_it_tells_nobody_s_name() -> None:
    found = tenant()
    found.kinds["person"]["Madrid00000@example.com"].fields["phone_number"] = "+34910000001"
    shown = report_view(found, statuses(found, "no Madrid00001@example.com"), redactor=Redactor(b"k" * 32))
    for text in (inventory_html(shown), inventory_text(shown, "", color=False)):
        assert not re.search(r"Madrid0000|\+34910000001", text)
    assert "@redacted.example" in inventory_html(shown)
    assert [one.count for one in shown.severities] == [one.count for one in view(found).severities]


def test_nothing_found_is_said() -> None:
    empty = MemorySnapshot(org={"id": "org"}, kinds={"location": {}})
    shown = report_view(empty, [Status("location")])
    assert shown.verdict == "1 list read in full. Nothing found that needs attention."
    page = Page(inventory_html(shown)).text
    assert "Nothing was found." in page and "No location or queue was read." in page


def _luminance(color: str) -> float:
    digits = color.lstrip("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [0, 1, 2], ids=["light", "dark", "print"])
def test_contrasts_are_those_of_wcag_aa(scheme: int) -> None:
    style = inventory_html(view()).partition("<style>")[2].partition("</style>")[0]
    colors = dict(re.findall(r"--(\w+): (#[0-9a-f]{3,6})", re.findall(r":root \{(.*?)\}", style, re.DOTALL)[scheme]))
    for ground in ("page", "card", "zebra"):
        for ink in ("ink", "soft", "critical", "serious", "warning", "info", "good", "bar"):
            assert _contrast(colors[ink], colors[ground]) >= 4.5, (ink, ground)


def test_the_text_is_what_a_reader_sees() -> None:
    """The page escapes; what is read is the name itself."""
    shown = replace(view(tenant("A&B <i>")), search=())
    page = inventory_html(shown)
    assert "A&amp;B &lt;i&gt;" in page and "A&B <i>" in html.unescape(Page(page).text)
