"""`reconcile demo`: export → adopt → edit → plan → apply → verify, on a simulated tenant."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from reconciler.cli.options import colored
from reconciler.errors import Exit
from reconciler.repository import git, yamlfile

_HIRE = {
    "email": "nora.field@example.com",
    "first_name": "Nora",
    "last_name": "Field",
    "display_name": "Nora Field",
    "location": "London HQ",
    "extension": "0199",
    "phone_number": "+442079460098",
    "licenses": ["Messaging", "Webex Calling - Professional"],
    "forwarding": {"no_answer": {"destination": "+442079460001", "rings": 4}},
}
_ROOM = {
    "name": "Studio",
    "location": "London HQ",
    "license": "Webex Calling - Professional",
    "extension": "7090",
    "type": "huddle",
}


def demo(*, keep: Annotated[Path | None, Parameter(name="--keep")] = None) -> int:
    """Run the whole loop on a simulated tenant: no token, no network, nothing left behind.

    Exit codes: 0 the loop closed, else that of the step that failed; 64 the folder of --keep is not empty.

    Parameters
    ----------
    keep
        Work in this new folder and leave it there to look at.
    """
    from reconciler.errors import UsageError
    from reconciler.simulator import Simulator, sample_tenant

    if keep is not None and keep.exists() and any(keep.iterdir()):
        raise UsageError(f"{keep} is not empty", do="name a new folder")
    with _folder(keep) as root, Simulator(sample_tenant()) as tenant, _environment(tenant.base_url, tenant.token):
        code = _loop(root)
        if keep is not None:
            print(f"\nThe repository of this demo is in {keep}", file=sys.stderr)
    return code


def _loop(root: Path) -> int:
    _say("A Webex Calling tenant as it is: read it, and write it down in git.")
    for arguments in (["export"], ["adopt"]):
        if code := _run(root, arguments):
            return code
    git.commit_all(root, "The tenant as it is")
    if code := _run(root, ["plan", "--detailed-exitcode"]):
        return code
    _say("An engineer edits desired/ on a branch.")
    _edit(root / "desired")
    print(git.diff(root))
    if (code := _run(root, ["validate"])) or (code := _run(root, ["plan", "--out", str(root / "plan.json")])):
        return code
    _say("After the merge, an operator approves exactly that plan: it moves somebody, so --yes would not do.")
    if code := _run(root, ["apply", str(root / "plan.json"), "--approve", _digest(root / "plan.json")]):
        return code
    _say("Is it so? And is anything left to do?")
    if code := _run(root, ["verify"]):
        return code
    code = _run(root, ["plan", "--detailed-exitcode"])
    return Exit.ERROR if code else Exit.OK


def _digest(plan: Path) -> str:
    """As much of it as the last line of the plan says."""
    return str(json.loads(plan.read_text(encoding="utf-8"))["digest"])[:12]


def _edit(desired: Path) -> None:
    """What a telephony team does on a Monday: a hire, a room, a forward, numbers, a move."""
    london = desired / "london-hq"
    with _document(london / "people.yaml") as document:
        people = document["people"]
        people[0]["forwarding"] = {"always": {"destination": "53{extension}"}}
        people[1]["display_name"] = f"{people[1]['display_name']} (Reception)"
        people[2]["location"] = "Manchester"
        people[2]["extension"] = "0398"
        people[2].pop("phone_number", None)
        people.append(yamlfile.styled(_HIRE))
    with _document(london / "workspaces.yaml") as document:
        document["workspaces"].append(yamlfile.styled(_ROOM))
    with _document(london / "location.yaml") as document:
        permissions = document["locations"][0]["outgoing_permissions"]
        permissions["NATIONAL"] = {"action": "ALLOW", "transfer": False}
    (london / "more-numbers.yaml").write_text(
        'numbers:\n  - range: ["+442079460100", "+442079460149"]\n    location: London HQ\n    state: inactive\n',
        encoding="utf-8",
    )


@contextmanager
def _document(path: Path) -> Iterator[Any]:
    """A desired file to edit in place, comments kept."""
    text = path.read_text(encoding="utf-8")
    document = yamlfile.edit(text)
    yield document
    path.write_text(yamlfile.edited(document, text), encoding="utf-8")


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep
        return
    with tempfile.TemporaryDirectory() as name:
        root = Path(name) / "example-telephony"
        root.mkdir()
        yield root


@contextmanager
def _environment(url: str, token: str) -> Iterator[None]:
    """Point this process at the simulated tenant, and nothing else at it afterwards."""
    names = {"WEBEX_API_URL": url, "WEBEX_ACCESS_TOKEN": token}
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(names)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _run(root: Path, arguments: list[str]) -> int:
    from reconciler.cli.app import run

    shown = " ".join(argument.removeprefix(f"{root}/") for argument in arguments)
    print(f"\n$ reconcile {shown}", flush=True)
    code = run([arguments[0], "-C", str(root), *arguments[1:]])
    sys.stdout.flush()
    return code


def _say(text: str) -> None:
    bold, plain = ("\x1b[1m", "\x1b[0m") if colored(sys.stdout) else ("", "")
    print(f"\n{bold}# {text}{plain}", flush=True)
