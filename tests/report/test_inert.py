"""Whatever a tenant calls its things, it is shown and does nothing."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from reconciler.inert import visible
from reconciler.model.outcome import Outcome, Verdict
from reconciler.model.plan import Change, Finding, Plan
from reconciler.report.html import plan_html
from reconciler.report.markdown import plan_markdown
from reconciler.report.outcomes import outcomes_view
from reconciler.report.text import outcomes_text, plan_text, progress_line
from reconciler.report.view import PlanView, plan_view

NASTY = ["`", "```", "````diff", "~~~", "\n", "\r", "\x1b[2J", "\x9b", "\u202e", "\u2066", "<!--", "-->", "<script>"]
NASTY += ["@team", "#1", "|", "](http://x)", "</code>", "</details>", "\n\n# h", "\n- l", "https://x.test", "{{ 7 }}"]
NASTY += ["\\", '"', "'", "&amp;", "&#64;", "\u2028", "\x85", " ", "*a*", "_b_", "acme/repo#3", "www.x.test", "$x$"]
names = st.lists(st.sampled_from(NASTY) | st.text(max_size=5), min_size=1, max_size=8).map("".join).filter(bool)


def view_of(name: str) -> PlanView:
    """A view in which the name stands everywhere that a name can."""
    fields = {"notes": name, "location": name, "names": [name, "w" * 120], "nested": {name or "k": name}}
    more = {"reason": name, "source": f"{name}:3", "notes": [name]}
    changes = [
        Change(f"person/{name}", "person", name, "update", want=fields, before={"notes": "x" + name}, **more),  # type: ignore[arg-type]
        Change(f"person/b{name}", "person", "b" + name, "delete", before=fields, blocked=name, **more),  # type: ignore[arg-type]
    ]
    findings = [Finding("rule", f"person/b{name}", name, name), Finding("other", f"person/{name}", name, name)]
    return plan_view(Plan(name, name, name, name, changes, [], findings, 1, 3, incomplete=[name]), saved=name)


@given(names)
def test_text_has_no_control_characters_but_its_own_line_ends(name: str) -> None:
    text = plan_text(view_of(name), color=False)
    outcome = Outcome(f"person/{name}", "op", name, Verdict.FAILED, name, True, {name: name}, name)
    text += progress_line(1, 2, outcome, 3) + outcomes_text(outcomes_view([outcome], run=name), color=False)
    assert text.replace("\n", "").isprintable()


@given(names)
def test_text_keeps_its_number_of_lines(name: str) -> None:
    lines = plan_text(view_of(name), color=True).splitlines()
    assert all(line.replace("\x1b[", "").isprintable() for line in lines)
    assert len(lines) == plan_text(view_of(name), color=False).count("\n")


@settings(deadline=None)
@given(names)
def test_markdown_holds_names_only_in_code(name: str) -> None:
    tokens, plain, summaries = _parsed(plan_markdown(view_of(name)))
    calm_tokens, calm_plain, calm_summaries = _parsed(plan_markdown(view_of("calm")))
    assert tokens == calm_tokens
    assert plain == calm_plain
    assert len(summaries) == len(calm_summaries)
    assert all(not re.search(r"[@<>`|#](?!\d+;)", text) for text in summaries)


@given(names)
def test_no_name_passes_for_the_marker(name: str) -> None:
    comment = plan_markdown(view_of(name))
    assert comment.count("<!--") == comment.count("-->") == 1
    assert comment.startswith("<!-- reconciler:plan:")
    assert comment.partition("\n")[0].endswith(" -->")


@settings(deadline=None)
@given(names)
def test_html_escapes_every_name(name: str) -> None:
    page, calm = _Page(plan_html(view_of(name))), _Page(plan_html(view_of("calm")))
    assert page.tags == calm.tags
    assert visible(f"person/{name}") in page.text
    assert page.text.replace("\n", "").isprintable()


def test_escapes_can_be_seen() -> None:
    assert visible("a\x1b[0m\u202eb\nc\td\U000e0041") == r"a\x1b[0m\u202eb\nc\td\U000e0041"


class _Page(HTMLParser):
    """The tags of a page with their attributes, in order, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[object] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, attrs))

    def handle_comment(self, data: str) -> None:
        self.tags.append(("comment", data))

    def handle_data(self, data: str) -> None:
        self.text += data


def _parsed(comment: str) -> tuple[list[str], list[str], list[str]]:
    """Token types; text that stands outside code; the `<code>` content of summaries."""
    tokens, plain, summaries = [], [], []
    for token in MarkdownIt("commonmark", {"html": True}).enable("table").parse(comment.partition("\n")[2]):
        tokens.append(token.type)
        if token.type == "html_block":
            summaries += re.findall(r"<code>(.*?)</code>", token.content)
            plain.append(re.sub(r"<code>.*?</code>", "", token.content))
        for child in token.children or []:
            tokens.append(child.type)
            if child.type in ("text", "html_inline", "link_open", "image"):
                plain.append(child.content)
    return tokens, plain, summaries
