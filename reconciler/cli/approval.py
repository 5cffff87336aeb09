"""Saying yes to one plan and no other: at a terminal, by its digest, or with --yes where it only adds or sets."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from reconciler.cli.show import present
from reconciler.errors import Exit, RefusedError, StaleError, UsageError

if TYPE_CHECKING:
    from reconciler.model.approval import Approval, Way
    from reconciler.model.plan import Change, Plan

#: As much of a digest as names one plan.
SHORT = 12
_LENGTH = 64
#: Answers that are none, before the question is taken back.
_ROUNDS = 20
_SHOWN = 20


@Parameter(name="*")
@dataclass(frozen=True)
class Approving:
    """How the plan is approved; asked for at a terminal where nothing of this is given."""

    yes: Annotated[bool, Parameter(name=["-y", "--yes", "--auto-approve"], negative="")] = False
    """Do not ask. Does not approve a plan that deletes, moves people, takes calling away, opens international or
    premium calls, forwards to numbers outside, or shortens extensions: that takes --approve."""
    approve: Annotated[str | None, Parameter(name="--approve")] = None
    "Approve the plan with this digest (at least 12 characters, as its last line says), and no other."

    def check(self) -> None:
        """UsageError where this makes no sense, before anything is asked of the tenant."""
        if self.approve is None:
            return
        digest = self.approve.lower()
        if not (SHORT <= len(digest) <= _LENGTH and set(digest) <= set("0123456789abcdef")):
            raise UsageError(
                f"--approve {self.approve or repr('')}: this is no digest",
                do=f"give at least {SHORT} characters of it, as the last line of the plan says",
            )


def approved(root: Path, plan: Plan, how: Approving, *, again: str) -> tuple[Plan, Approval]:
    """The plan that is to be carried out, with its approval. It may be a part of the one that was given (only-safe).

    StaleError (5) where it is not the plan that was approved, RefusedError (4) where nobody said yes. `again` is the
    command that makes this plan again.
    """
    if how.approve:
        refuse_other(root, plan, how)
        return plan, _approval(plan, "digest")
    if how.yes:
        _refuse_destructive(plan, again)
        return plan, _approval(plan, "yes")
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise RefusedError(
            "not approved: there is no terminal to ask on",
            do=f"look at the plan, then: {again} --approve {plan.digest[:SHORT]}",
        )
    return _asked(root, plan)


def only_looked(root: Path, plan: Plan, how: Approving, *, again: str) -> int:
    """The end of a dry run: what was given as approval is refused here for what it would be refused for."""
    from reconciler.planning.ending import exit_code

    refuse_other(root, plan, how)
    if how.yes and not how.approve:
        _refuse_destructive(plan, again)
    _say("dry run: nothing was written\n")
    return exit_code(plan, Exit.PARTIAL)


def age_of(text: str) -> timedelta | None:
    """`24h`, `90m`, `7d`; None for `off`. UsageError for anything else."""
    if text == "off":
        return None
    units = {"m": "minutes", "h": "hours", "d": "days"}
    number, unit = text[:-1], text[-1:]
    if unit not in units or not number.isdecimal() or not 0 < int(number) <= 100_000:
        raise UsageError(f"--max-age {text}: not a time", do="give it like 90m, 24h or 7d, or off")
    return timedelta(**{units[unit]: int(number)})


def _approval(plan: Plan, how: Way) -> Approval:
    from reconciler.model.approval import Approval
    from reconciler.runs.lock import who

    at = datetime.now(UTC).isoformat(timespec="seconds")
    return Approval(plan.digest, who(), at, how, tuple(plan.overrides))


def refuse_other(root: Path, plan: Plan, how: Approving) -> None:
    """StaleError where another plan was approved by its digest."""
    from reconciler.repository.local import planned

    digest = (how.approve or "").lower()
    if plan.digest.startswith(digest):  # also where none was given
        return
    changed = planned.difference(root, digest, plan)
    raise StaleError(
        f"this is not the plan that was approved: {digest[:SHORT]} was, this is {plan.digest[:SHORT]}",
        why="; ".join(changed) or "desired, the tenant, or what was selected is different now; this plan is above",
        do=f"look at it again, then: --approve {plan.digest[:SHORT]}"
        if plan.operations
        else "nothing is left to apply",
    )


def _refuse_destructive(plan: Plan, again: str) -> None:
    """RefusedError where a plan does what --yes does not approve; each category with the first of it."""
    from reconciler.planning.consent import category
    from reconciler.planning.reversal import destructive

    destroyed: dict[str, list[str]] = {}
    explicit: dict[str, list[str]] = {}
    for change in _carried_out(plan):
        if words := destructive(change):
            destroyed.setdefault(words, []).append(change.address)
        for words in dict.fromkeys(map(category, change.explicit)):
            explicit.setdefault(words, []).append(change.address)
    told = [f"{words} {_first(addresses)}" for words, addresses in destroyed.items()]
    told += [f"{words}: {_first(addresses)}" for words, addresses in explicit.items()]
    if told:
        what = "what destroys something" if destroyed else "what may cost money or come of a spreadsheet"
        raise RefusedError(
            f"not approved: --yes does not approve {what}, and this plan {'; '.join(told)}",
            do=f"look at the plan, then: {again} --approve {plan.digest[:SHORT]}",
        )


def _first(addresses: list[str]) -> str:
    return addresses[0] + (f" and {len(addresses) - 1} more" if len(addresses) > 1 else "")


def _carried_out(plan: Plan) -> list[Change]:
    return [change for change in plan.changes if not change.blocked and change.action != "cannot_tell"]


def _asked(root: Path, plan: Plan) -> tuple[Plan, Approval]:
    """Ask until there is an answer. What is answered with another plan is asked again, for that one."""
    _say_lasting(plan, _SHOWN)
    for _ in range(_ROUNDS):
        deletes = sum(change.action == "delete" for change in _carried_out(plan))
        yes = f"delete {deletes}" if deletes else "yes"
        line = _answer(_question(plan, yes))
        answer = " ".join(line.split()).lower()
        if answer == yes:
            return plan, _approval(plan, "prompt")
        if not line or answer in ("", "n", "no"):
            break
        if answer in ("d", "details"):
            present(plan, full=True)
            _say_lasting(plan, len(plan.changes))
        elif answer in ("s", "only-safe"):
            plan = _only_safe(root, plan)
        elif answer in ("y", "yes"):
            _say(f"This deletes; to approve it, type: {yes}\n" if deletes else "Type the whole word: yes\n")
        elif deletes and answer.startswith("delete"):
            _say(f"{answer!a} is no answer: to approve it, type: {yes}\n")
        else:
            _say(f"{answer!a} is no answer\n")
    raise RefusedError("not approved, nothing was written")


def _answer(question: str) -> str:
    """A line of the keyboard, empty at its end (Ctrl-D). What is said next begins on a line of its own."""
    try:
        _say(question)
        line = sys.stdin.readline()
    except KeyboardInterrupt:
        _say("\nnot approved, nothing was written\n")
        raise
    if not line.endswith("\n"):
        _say("\n")
    return line


def _question(plan: Plan, yes: str) -> str:
    from reconciler.model.wording import counted

    lines = [
        f"\nCarry out {counted(len(plan.operations), 'operation')} (plan {plan.digest[:SHORT]})?",
        f"  {yes:<10} carry them out",
        "  no         leave everything as it is (default)",
        "  details    show everything, and ask again",
        *(["  only-safe  plan what destroys nothing and can be taken back, and ask again"] if _safe_left(plan) else []),
        "> ",
    ]
    return "\n".join(lines)


def _safe_left(plan: Plan) -> bool:
    """Whether some of it is safe and some is not."""
    from reconciler.planning.reversal import safe_part

    safe = safe_part(plan.changes, plan.operations)
    return bool(safe) and any(change.address not in safe for change in _carried_out(plan))


def _only_safe(root: Path, plan: Plan) -> Plan:
    from reconciler.planning.safe import safe
    from reconciler.repository import desired

    part = safe(plan, desired.load_tenant(root).model_dump(exclude_unset=True))
    if not part.operations:
        _say("nothing of this plan is safe\n")
        return plan
    present(part)
    return part


def _say_lasting(plan: Plan, most: int) -> None:
    """What cannot be taken back, by name, before anybody is asked."""
    from reconciler.inert import visible
    from reconciler.model.wording import counted

    lasting = [change for change in _carried_out(plan) if change.irreversible]
    if not lasting:
        return
    _say(f"\n{counted(len(lasting), 'change')} cannot be taken back, or only in part:\n")
    for change in lasting[:most]:
        _say(f"  {visible(change.address)}  {change.action}: {visible('; '.join(change.irreversible))}\n")
    if len(lasting) > most:
        _say(f"  and {len(lasting) - most:,} more: details\n")


def _say(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
