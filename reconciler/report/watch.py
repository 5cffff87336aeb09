"""What a watch over settings that nobody describes saw, in lines that every view shows."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.inert import visible
from reconciler.model.watch import Watch
from reconciler.model.wording import counted
from reconciler.report.fields import value_text

_MOST = 20


def watch_lines(watch: Watch) -> Iterator[str]:
    """New ones one by one, older ones as a number, and what was not looked at."""
    for one in watch.new[:_MOST]:
        fields = ", ".join(
            f"{visible(name)} {value_text(one.was.get(name), path=name, full=False)} -> "
            f"{value_text(value, path=name, full=False)}"
            for name, value in one.now.items()
        )
        what = "is of somebody new since the snapshot" if one.made else "changed since the snapshot"
        yield f"watch: {visible(one.address)} {what}, and nobody describes it: {fields}"
    if len(watch.new) > _MOST:
        yield f"watch: … {counted(len(watch.new), 'setting')} changed in all"
    if watch.older:
        yield f"watch: {counted(watch.older, 'setting')} not at rest in state/ from before (reconcile insights)"
    if watch.unlooked:
        yield f"watch: not looked at: {visible(watch.unlooked)}"
