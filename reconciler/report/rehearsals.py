"""What a rehearsal came to, in words: the facts of a plan, and a remark for each step that would not come about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from reconciler.inert import visible
from reconciler.model.rehearsal import RefusedStep, Rehearsal
from reconciler.model.wording import counted, number

_WORDS = {"failed": "refused", "drifted": "without effect", "skipped": "skipped"}
_MOST_UNKNOWN = 5


def rehearsal_facts(found: Rehearsal) -> Iterator[tuple[str, str]]:
    """Label and text: how much would come about, and what nobody could try."""
    steps, wrong = counted(found.steps, "step"), len(found.refusals)
    if wrong:
        kinds = Counter(refusal.verdict for refusal in found.refusals)
        by_kind = ", ".join(f"{number(kinds[verdict])} {word}" for verdict, word in _WORDS.items() if kinds[verdict])
        yield "rehearsal", f"{number(wrong)} of {steps} would not come about: {by_kind}"
    else:
        yield "rehearsal", f"{_all(found.steps)} accepted by a twin of the tenant"
    if found.unknown:
        shown = "; ".join(map(visible, found.unknown[:_MOST_UNKNOWN]))
        rest = len(found.unknown) - _MOST_UNKNOWN
        yield "not rehearsed", shown + (f"; and {number(rest)} more" if rest > 0 else "")


def _all(steps: int) -> str:
    return "the only step is" if steps == 1 else f"all {counted(steps, 'step')} are"


def rehearsal_remarks(found: Rehearsal) -> Iterator[tuple[str, str]]:
    """Address and text of every step that would not come about."""
    for refusal in found.refusals:
        said = f"rehearsal: {refusal.action} {_WORDS[refusal.verdict]}: {_why(refusal)}"
        yield visible(refusal.address), visible(said)


def _why(refusal: RefusedStep) -> str:
    code = f", code {refusal.code}" if refusal.code else ""
    return refusal.why + (f" (HTTP {refusal.status}{code})" if refusal.status else "")
